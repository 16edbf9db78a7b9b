/** What the gate would say now of those of a list who are due. Read only: nobody is taken or put off. */
import type { Campaign } from "../../core/dialling/campaign.ts";
import { createGate } from "../../core/dialling/gate.ts";
import type { ListOutlook } from "../../core/dialling/hindrances.ts";
import { isInService } from "../../core/dialling/retry.ts";
import type { Refused, Verdict } from "../../core/dialling/verdict.ts";
import type { Db } from "../database.ts";
import { NOT_ALLOWED } from "../take.ts";
import { type Candidate, numbersOf, readFacts } from "../take-facts.ts";
import { isDue, type ListReason, listReasons } from "./list-reasons.ts";

/** So many of those who are due are looked at. */
const MOST_LOOKED_AT = 50;

/**
 * What the gate would say now of the first of those who are due.
 * @param mayDial whether a number may be called from here at all
 */
export async function listOutlook(
  db: Db,
  campaign: Campaign,
  { now, mayDial }: { now: number; mayDial(phone: string): boolean },
): Promise<ListOutlook> {
  const at = new Date(now);
  const waits = (await listReasons(db, campaign.id, now)).filter(({ state }) => state === "waiting");
  const later = waits.filter(({ code }) => !isDue(code));
  const sum = (rows: readonly ListReason[]) => rows.reduce((all, { count }) => all + count, 0);
  const times = later.flatMap(({ nextAt }) => nextAt?.getTime() ?? []);
  const first = await db
    .selectFrom("campaign_contact")
    .select(["id", "contact_id as contactId", "attempts"])
    .where("campaign_id", "=", campaign.id)
    .where("state", "=", "waiting")
    .where("next_at", "<=", at)
    .orderBy("priority", "desc")
    .orderBy("next_at")
    .limit(MOST_LOOKED_AT)
    .execute();
  const verdicts = first.length > 0 ? await verdictsOf(db, campaign, first, { now, mayDial }) : [];
  const refusals = verdicts.flatMap((verdict) => (verdict.allowed ? [] : verdict));
  const refused: Record<string, number> = {};
  for (const { code } of refusals) refused[code] = (refused[code] ?? 0) + 1;
  const opens = refusals.flatMap(({ notBefore }) => notBefore ?? []);
  return {
    due: sum(waits) - sum(later),
    later: Object.fromEntries(later.map(({ code, count }) => [code, count])),
    nextAt: times.length > 0 ? Math.min(...times) : undefined,
    ...{ looked: verdicts.length, allowed: verdicts.length - refusals.length, refused },
    opensAt: opens.length > 0 ? Math.min(...opens) : undefined,
  };
}

/** As if the campaign ran: for each the first number that may be called, else the refusal that ends soonest. */
async function verdictsOf(
  db: Db,
  campaign: Campaign,
  people: readonly Candidate[],
  { now, mayDial }: { now: number; mayDial(phone: string): boolean },
): Promise<Verdict[]> {
  const numbers = await numbersOf(db, people);
  const facts = await readFacts(db, people, numbers, { purpose: campaign.purpose, now });
  const gate = createGate({ ...campaign, state: "running", agentKept: false, at: now });
  return people.map(({ id }): Verdict => {
    const own = facts.filter(({ candidate, ...number }) => candidate === id && isInService(number));
    const verdicts = own.map(({ phone, callee }) => (mayDial(phone) ? gate(callee) : NOT_ALLOWED));
    const refusals = verdicts.flatMap((verdict): Refused[] => (verdict.allowed ? [] : [verdict]));
    if (refusals.length < verdicts.length) return { allowed: true };
    const [soonest] = refusals.sort((a, b) => (a.notBefore ?? Infinity) - (b.notBefore ?? Infinity));
    return soonest ?? { allowed: false, code: "exhausted", text: "no number is in service" };
  });
}

/** Whether any trunk that the campaign may use places calls (core/dialling/trunks.ts). */
export async function placesCalls(db: Db, { trunkIds }: Pick<Campaign, "trunkIds">): Promise<boolean> {
  const trunk = await db
    .selectFrom("trunk")
    .select("id")
    .where("host", "is not", null)
    .$if(trunkIds.length > 0, (query) => query.where("id", "in", trunkIds))
    .limit(1)
    .executeTakeFirst();
  return trunk !== undefined;
}
