/**
 * Takes whom a campaign may dial now: who is due, what the compliance gate says of them, and the attempts' rows, in one
 * transaction. When any of it cannot be done nothing is taken (it fails closed), and nobody is dialled without a
 * committed row of their own (law L4).
 */
import type { Campaign } from "../core/dialling/campaign.ts";
import { createGate } from "../core/dialling/gate.ts";
import { BY_ITSELF } from "../core/dialling/preview.ts";
import { isInService } from "../core/dialling/retry.ts";
import { type RefusalCode, type Refused, refuse } from "../core/dialling/verdict.ts";
import { loadCampaign } from "./campaigns.ts";
import type { Db } from "./database.ts";
import { amongTakers, contactKey, lockKeys, numbersOf, readFacts } from "./take-facts.ts";
import {
  type Allowed,
  type Decided,
  type Due,
  dueContacts,
  isForGood,
  keepContacts,
  namedContact,
  previewCalled,
  previewRefused,
  putOff,
  type Taken,
  type TakeRequest,
  writeAttempt,
} from "./take-rows.ts";

export type { Minted, Taken, TakeRequest } from "./take-rows.ts";

export interface TakeAnswer {
  readonly taken: readonly Taken[];
  /** Whom the gate refused, by the reason; each is put off or off the list. */
  readonly refused: Readonly<Partial<Record<RefusalCode, number>>>;
  /** People of whom another taker decides at this moment. */
  readonly busy: number;
}

/** How many are looked at in one round, and in one transaction. */
const ROUND = 60;
const MOST_LOOKED_AT = 360;

const NOTHING: TakeAnswer = { taken: [], refused: {}, busy: 0 };

/**
 * Takes up to `most` contacts of a running campaign. @throws whatever the database throws; nothing is taken then
 */
export async function takeContacts(db: Db, asked: TakeRequest): Promise<TakeAnswer> {
  if (asked.most <= 0) return NOTHING;
  return inOneTransaction(db, async (trx) => {
    const campaign = await lockCampaign(trx, asked.campaign);
    if (!campaign || !mayDialAtAll(campaign)) return NOTHING;
    await amongTakers(trx);
    const request = { ...asked, now: asked.now ?? Date.now() };
    const taken: Taken[] = [];
    const refused: Partial<Record<RefusalCode, number>> = {};
    const seen: string[] = [];
    let busy = 0;
    while (taken.length < request.most && seen.length < MOST_LOOKED_AT) {
      const due = await dueContacts(trx, { ...request, seen, limit: Math.min(ROUND, 2 * request.most + 8) });
      if (due.length === 0) break;
      seen.push(...due.map(({ id }) => id));
      for (const one of await judge(trx, campaign, due, request)) {
        if (one === "busy") busy++;
        else if ("refused" in one) {
          await putOff(trx, one.due, one.refused, request.now);
          refused[one.refused.code] = (refused[one.refused.code] ?? 0) + 1;
        } else if (taken.length < request.most) taken.push(await writeAttempt(trx, campaign, one, request));
      }
    }
    return { taken, refused, busy };
  });
}

/**
 * Takes one contact that was shown to an agent (store/previews.ts), who says now that it is to be called; the showing is
 * over with it. Called because the time was over (`byItself`), it is a machine's dial to the gate.
 * @param phone one of the contact's numbers; undefined: the one that the gate allows first
 * @returns why not, when the gate refuses, and whether the showing is over with that, because none of the contact's
 * numbers may be called; undefined: it is not shown to this agent any more
 */
export async function takeShown(
  db: Db,
  wanted: Omit<TakeRequest, "most"> & {
    contact: string;
    agentId: string;
    phone?: string | undefined;
    byItself?: boolean | undefined;
  },
): Promise<Taken | { refused: Refused; over: boolean } | undefined> {
  return inOneTransaction(db, async (trx) => {
    const campaign = await lockCampaign(trx, wanted.campaign);
    // In the order of a skip (store/previews.ts), or each might wait for the other.
    await amongTakers(trx);
    const due = campaign && (await namedContact(trx, wanted));
    if (!due) return undefined;
    const request = { ...wanted, most: 1, now: wanted.now ?? Date.now() };
    const asked = { ...request, agents: [request.agentId], agentKept: true };
    const asWhat = request.byItself ? { ...campaign, mode: BY_ITSELF } : campaign;
    const [one] = await judge(trx, asWhat, [due], asked, request.phone);
    if (one === undefined) return undefined;
    if (one === "busy")
      return {
        refused: refuse("in-flight", "somebody decides about this number now", request.now),
        over: false,
      };
    if ("refused" in one) {
      const { byItself = false, phone, now } = request;
      // What a machine may not dial an agent may, and what holds for everybody is nobody's own.
      if (byItself || !mayDialAtAll(campaign)) return { refused: one.refused, over: false };
      const [any] = phone === undefined ? [one] : await judge(trx, campaign, [due], asked);
      const over = any !== undefined && any !== "busy" && "refused" in any;
      if (over) {
        await previewRefused(trx, due.id, now);
        await putOff(trx, due, any.refused, now);
      }
      return { refused: one.refused, over };
    }
    const taken = await writeAttempt(
      trx,
      campaign,
      { ...one, due: { ...due, agentId: request.agentId } },
      request,
    );
    await previewCalled(trx, due.id, {
      attempt: taken.id,
      byItself: request.byItself === true,
      now: request.now,
    });
    return taken;
  });
}

type Judged = Allowed | { readonly due: Due; readonly refused: Refused } | "busy";

/** What the gate says of each: the first number that may be dialled, else the refusal that ends soonest. */
export async function judge(
  trx: Db,
  campaign: Campaign,
  due: readonly Due[],
  { now, agentKept = false, mayDial = () => true }: Pick<Decided, "now" | "agentKept" | "mayDial">,
  phone?: string,
): Promise<Judged[]> {
  const numbers = await numbersOf(trx, due);
  const keysOf = ({ id, contactId }: Due) => [
    ...numbers
      .filter(({ candidate }) => candidate === id)
      .flatMap(({ phone, owners = [] }) => [phone, ...owners.map(contactKey)]),
    ...(contactId ? [contactKey(contactId)] : []),
  ];
  const kept = await keepContacts(trx, due);
  const ours = await lockKeys(trx, due.flatMap(keysOf));
  const facts = await readFacts(trx, due, numbers, { purpose: campaign.purpose, now });
  const gate = createGate({ ...campaign, agentKept, at: now });
  // Two of a round may be the same person: the second is looked at again when the first one's attempt can be seen.
  const decided = new Set<string>();
  return due.map((one): Judged => {
    const keys = keysOf(one);
    if (one.contactId !== null && !kept.has(one.contactId)) return "busy";
    if (keys.some((key) => !ours.has(key) || decided.has(key))) return "busy";
    for (const key of keys) decided.add(key);
    const own = facts.filter(({ candidate, ...number }) => candidate === one.id && isInService(number));
    const wanted = phone === undefined ? own : own.filter((number) => number.phone === phone);
    const verdicts = wanted.map((number) => ({
      number,
      verdict: mayDial(number.phone) ? gate(number.callee) : NOT_ALLOWED,
    }));
    const allowed = verdicts.find(({ verdict }) => verdict.allowed);
    if (allowed) return { due: one, number: allowed.number };
    const refusals = verdicts.flatMap(({ verdict }) => (verdict.allowed ? [] : verdict));
    return { due: one, refused: soonest(refusals) ?? NO_NUMBER };
  });
}

/** A number of a country that nobody may call from here: else a stolen key and a costly list were an expensive night. */
export const NOT_ALLOWED = refuse(
  "not-allowed",
  "numbers of this country may not be called (DOZVON_DIAL_ALLOW)",
);
const NO_NUMBER = refuse("exhausted", "no number is in service");

/** Unknown is before never: who is kept off for good at one number may still be called at another one some day. */
function soonest(refusals: readonly Refused[]): Refused | undefined {
  const order = (refused: Refused) =>
    refused.notBefore ?? (isForGood(refused) ? Number.MAX_VALUE : Number.MAX_SAFE_INTEGER);
  return [...refusals].sort((a, b) => order(a) - order(b))[0];
}

/** Nobody can stop or change it until what is taken here is written. */
export async function lockCampaign(trx: Db, id: string): Promise<Campaign | undefined> {
  await trx.selectFrom("campaign").select("id").where("id", "=", id).forShare().execute();
  return loadCampaign(trx, id);
}

/** What the gate would say of everybody: nobody is put off for it. */
export function mayDialAtAll({ state, mode, purpose, policy }: Campaign): boolean {
  return state === "running" && policy.modes[purpose].includes(mode);
}

/**
 * Each statement sees what was committed before it: facts are read after the locks are had.
 * @param db may be a transaction, of which the work becomes a part
 */
export function inOneTransaction<Result>(db: Db, work: (trx: Db) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? work(db) : db.transaction().setIsolationLevel("read committed").execute(work);
}
