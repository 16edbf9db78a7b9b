/** The compliance gate for calls that go to an agent's phone first and then to the customer: one person at a time. */
import type { CampaignMode, Purpose } from "../core/dialling/campaign.ts";
import { createGate } from "../core/dialling/gate.ts";
import type { Calendar } from "../core/dialling/policy.ts";
import { PRESETS, type PresetName } from "../core/dialling/presets.ts";
import { type Refused, refuse } from "../core/dialling/verdict.ts";
import type { Db } from "./database.ts";
import { type Candidate, contactKey, lockKeys, type NumberRow, readFacts } from "./take-facts.ts";

/** What is asked: for what, how, and by which policy. */
export interface Asked {
  readonly purpose: Purpose;
  readonly mode: CampaignMode;
  readonly preset: string;
  /** Instead of the preset's hours. */
  readonly week: Calendar["week"] | null;
}

/**
 * The first of somebody's numbers that may be dialled now, kept from other takers until the transaction ends; else the
 * refusal that ends soonest.
 */
export async function firstAllowed(
  trx: Db,
  { purpose, mode, preset: name, week }: Asked,
  candidate: Candidate,
  numbers: readonly NumberRow[],
): Promise<{ number: string } | Refused> {
  const keys = numbers.map(({ phone }) => phone);
  if (candidate.contactId !== null) keys.push(contactKey(candidate.contactId));
  const ours = await lockKeys(trx, keys);
  // Read after the wait for whoever changes facts: the calendar may have closed meanwhile.
  const now = Date.now();
  if (keys.some((key) => !ours.has(key)))
    return refuse("in-flight", "somebody decides about this person now", now);
  const facts = await readFacts(trx, [candidate], numbers, { purpose, now });
  const preset = PRESETS[name as PresetName];
  const policy = week ? { ...preset, calendar: { week } } : preset;
  const gate = createGate({ state: "running", mode, purpose, agentKept: true, at: now, policy });
  const verdicts = facts.map(({ phone, callee }) => ({ phone, verdict: gate(callee) }));
  const allowed = verdicts.find(({ verdict }) => verdict.allowed);
  if (allowed) return { number: allowed.phone };
  const refusals = verdicts.flatMap(({ verdict }) => (verdict.allowed ? [] : [verdict]));
  const soonest = refusals.sort((a, b) => (a.notBefore ?? Infinity) - (b.notBefore ?? Infinity))[0];
  return soonest ?? refuse("exhausted", "there is no number");
}
