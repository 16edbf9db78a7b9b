/** A campaign in figures: its list, its attempts, and how many it abandoned. */
import { type RawBuilder, sql } from "kysely";
import { type AttemptEnding, type ContactState, LIVE_ENDINGS } from "../../core/dialling/campaign.ts";
import type { AbandonmentPolicy } from "../../core/dialling/policy.ts";
import type { Db } from "../database.ts";
import { isDue, type ListReason } from "./list-reasons.ts";

export interface Abandonment {
  /** From when on they are counted. */
  readonly since: Date;
  /** Calls that a person answered and no agent was there for. */
  readonly abandoned: number;
  /** Persons whom AMD took for machines, as far as somebody found out. */
  readonly falsePositives: number;
  /** Calls that a person answered, the abandoned ones among them. */
  readonly live: number;
  /** What is compared with the limit: with the false positives, if the policy counts them. */
  readonly numerator: number;
  readonly denominator: number;
  /** Null: nobody has answered. */
  readonly percent: number | null;
}

/** It was treated as a machine, NOTSURE too where the campaign says so; somebody who listened says person. */
const FALSE_POSITIVE = sql<boolean>`(ending = 'machine' and amd->'corrected'->>'verdict' = 'person')`;

/** It was treated as a person; somebody who listened says machine: then nobody was there who could be abandoned. */
const NOBODY = sql<boolean>`coalesce(amd->'corrected'->>'verdict' = 'machine', false)`;

/** Abandonment in the window of the policy, backwards from now. */
export async function abandonmentOf(
  db: Db,
  campaign: string,
  policy: AbandonmentPolicy,
  now: number,
): Promise<Abandonment> {
  const since = new Date(now - policy.windowHours * 3_600_000);
  return { since, ...(await countAbandoned(db, campaign, policy, since)) };
}

/**
 * Abandonment among the calls answered since then. A call that is still in the air counts as answered by a person once
 * an agent is there, and as abandoned as soon as that is written.
 */
export async function countAbandoned(
  db: Db,
  campaign: string,
  { countFalsePositives }: Pick<AbandonmentPolicy, "countFalsePositives">,
  since: Date,
): Promise<Omit<Abandonment, "since">> {
  const counts = await db
    .selectFrom("attempt")
    .select([
      counted(
        sql`(ending = 'abandoned' or ending is null and abandoned_at is not null) and not ${NOBODY}`,
      ).as("abandoned"),
      counted(FALSE_POSITIVE).as("falsePositives"),
      counted(
        sql`(ending = any(${LIVE_ENDINGS}) or ending is null and coalesce(connected_at, abandoned_at) is not null) and not ${NOBODY}`,
      ).as("live"),
    ])
    .where("campaign_id", "=", campaign)
    .where("answered_at", ">", since)
    .executeTakeFirstOrThrow();
  const added = countFalsePositives ? counts.falsePositives : 0;
  const numerator = counts.abandoned + added;
  const denominator = counts.live + added;
  const percent = denominator === 0 ? null : (100 * numerator) / denominator;
  return { ...counts, numerator, denominator, percent };
}

/** How many of the list are in which state, and how many of those who wait are due. */
export function listFigures(reasons: readonly ListReason[]): {
  states: Partial<Record<ContactState, number>>;
  due: number;
  nextAt: Date | null;
} {
  const states: Partial<Record<ContactState, number>> = {};
  let [due, first] = [0, Infinity];
  for (const { state, code, count, nextAt } of reasons) {
    states[state] = (states[state] ?? 0) + count;
    if (isDue(code)) due += count;
    first = Math.min(first, nextAt?.getTime() ?? Infinity);
  }
  return { states, due, nextAt: first === Infinity ? null : new Date(first) };
}

export interface AttemptFigures {
  readonly open: number;
  readonly endings: Partial<Record<AttemptEnding, number>>;
  readonly attempts: number;
  /** Seconds, of those that an agent was there for: from the answer to the agent. */
  readonly connectSeconds: { readonly mean: number | null; readonly p99: number | null };
  /** Seconds from the dial to the answer. */
  readonly answerSeconds: number | null;
  /** Talk of the calls that are over, in seconds. */
  readonly talkSeconds: number;
}

/** Its attempts since then, by ending. */
export async function attemptFigures(db: Db, campaign: string, since: Date): Promise<AttemptFigures> {
  const rows = await db
    .selectFrom("attempt")
    .select((row) => ["ending", row.fn.countAll<number>().as("count")])
    .where("campaign_id", "=", campaign)
    .where("created_at", ">=", since)
    .groupBy("ending")
    .execute();
  const times = await db
    .selectFrom("attempt")
    .leftJoin("call", "call.id", "attempt.call_id")
    .select([
      sql<number | null>`avg(${waited})::float8`.as("mean"),
      sql<number | null>`percentile_cont(0.99) within group (order by ${waited})`.as("p99"),
      sql<number | null>`avg(extract(epoch from attempt.answered_at - attempt.created_at))::float8`.as(
        "answer",
      ),
      sql<number>`coalesce(sum(call.talk_ms), 0)::float8 / 1000`.as("talk"),
    ])
    .where("campaign_id", "=", campaign)
    .where("attempt.created_at", ">=", since)
    .where("attempt.answered_at", "is not", null)
    .executeTakeFirstOrThrow();
  const endings = rows.filter(({ ending }) => ending !== null);
  return {
    open: rows.find(({ ending }) => ending === null)?.count ?? 0,
    endings: Object.fromEntries(endings.map(({ ending, count }) => [ending, count])),
    attempts: rows.reduce((sum, { count }) => sum + count, 0),
    connectSeconds: { mean: times.mean, p99: times.p99 },
    answerSeconds: times.answer,
    talkSeconds: times.talk,
  };
}

const waited = sql`extract(epoch from attempt.connected_at - attempt.answered_at)`;

function counted(condition: RawBuilder<unknown>) {
  return sql<number>`(count(*) filter (where ${condition}))::int`;
}

/** Why the pacer dialled as many as it did (law L6), the newest first. */
export async function listDecisions(db: Db, campaign: string, limit: number) {
  return db
    .selectFrom("pacing_decision")
    .select(["at", "dialled", "shed", "because"])
    .where("campaign_id", "=", campaign)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}
