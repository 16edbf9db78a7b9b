/** Why people of a campaign's list wait, and what the gate would say of them now. Read only: nobody is taken or put off. */
import { sql } from "kysely";
import type { Campaign, ContactState } from "../../core/dialling/campaign.ts";
import { createGate } from "../../core/dialling/gate.ts";
import type { ListOutlook } from "../../core/dialling/hindrances.ts";
import { isInService } from "../../core/dialling/retry.ts";
import type { Refused, Verdict } from "../../core/dialling/verdict.ts";
import type { Db } from "../database.ts";
import { NOT_ALLOWED } from "../take.ts";
import { type Candidate, numbersOf, readFacts } from "../take-facts.ts";

/** So many of those who are due are looked at. */
const MOST_LOOKED_AT = 50;

export interface ListReason {
  readonly state: ContactState;
  /** core/dialling/list-words.ts. */
  readonly code: string;
  readonly count: number;
  /** Of those who wait: when the first is due, or is looked at again. */
  readonly nextAt: Date | null;
}

/** How many of the list stand as they do for which reason, the commonest first. */
export async function listReasons(db: Db, campaign: string, now: number): Promise<ListReason[]> {
  const { rows } = await sql<ListReason>`
    select state, code, count(*)::int as count, min(next_at) filter (where state = 'waiting') as "nextAt"
      from (select state, next_at,
                   case when state = 'taken' then 'in-hand'
                        when state <> 'waiting' then coalesce(done_reason, state)
                        when next_at <= ${new Date(now)} then
                          case when agent_id is null then 'due' else 'for-an-agent' end
                        else coalesce(done_reason, case when last_ending is null then 'not-before' else 'retry' end)
                   end as code
              from campaign_contact where campaign_id = ${campaign}) listed
     group by state, code
     order by count(*) desc, code`.execute(db);
  return rows;
}

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
  const later = waits.filter(({ code }) => code !== "due" && code !== "for-an-agent");
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
