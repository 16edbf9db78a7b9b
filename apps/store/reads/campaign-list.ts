/** Who is on a campaign's list, and what was tried: pages. */
import { sql } from "kysely";
import type { AttemptEnding, ContactState } from "../../core/dialling/campaign.ts";
import type { Db } from "../database.ts";
import { containing } from "./containing.ts";
import { type Cursor, pageOf } from "./page.ts";

export interface ListWanted {
  readonly campaign: string;
  readonly id?: string | undefined;
  readonly state?: ContactState | undefined;
  readonly ending?: AttemptEnding | undefined;
  /** Part of the name. */
  readonly q?: string | undefined;
  /** E.164. */
  readonly phone?: string | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

/** One page of the list, by when they are called next. */
export async function listListed(db: Db, wanted: ListWanted) {
  let query = db
    .selectFrom("campaign_contact")
    .select(["id", "contact_id as contactId", "name", "state", "priority", "next_at as nextAt", "attempts"])
    .select(["agent_id as agentId", "last_ending as lastEnding", "done_reason as reason"])
    .select(["taken_at as takenAt", "ended_at as endedAt"])
    .select([
      sql<ListedNumber[]>`(
        select coalesce(jsonb_agg(jsonb_build_object('phone', phone, 'attempts', attempts, 'zone', zone,
                 'score', score, 'lastEnding', last_ending) order by position), '[]')
          from campaign_number where campaign_contact_id = campaign_contact.id)`.as("numbers"),
      sql<string>`next_at::text`.as("cursorAt"),
    ])
    .where("campaign_id", "=", wanted.campaign);
  if (wanted.id) query = query.where("id", "=", wanted.id);
  if (wanted.state) query = query.where("state", "=", wanted.state);
  if (wanted.ending) query = query.where("last_ending", "=", wanted.ending);
  if (wanted.q) query = query.where("name", "ilike", containing(wanted.q));
  if (wanted.phone)
    query = query.where(
      sql<boolean>`id in (select campaign_contact_id from campaign_number
                           where campaign_id = ${wanted.campaign} and phone = ${wanted.phone})`,
    );
  const { after } = wanted;
  if (after) query = query.where(sql<boolean>`(next_at, id) > (${after.at}::timestamptz, ${after.id}::uuid)`);
  const rows = await query
    .orderBy("next_at")
    .orderBy("id")
    .limit(wanted.limit + 1)
    .execute();
  return pageOf(rows, wanted.limit);
}

export interface ListedNumber {
  readonly phone: string;
  readonly attempts: number;
  readonly zone: string | null;
  readonly score: number | null;
  readonly lastEnding: AttemptEnding | null;
}

export interface AttemptsWanted {
  readonly campaign: string;
  readonly ending?: AttemptEnding | undefined;
  /** Only those in flight. */
  readonly open?: boolean | undefined;
  readonly phone?: string | undefined;
  readonly after?: AttemptCursor | undefined;
  readonly limit: number;
}

/** Attempts have ids of their own kind. */
export interface AttemptCursor {
  readonly at: string;
  readonly id: string;
}

const ATTEMPT_COLUMNS = [
  ...["id", "call_id as callId", "number", "contact_id as contactId", "agent_id as agentId"],
  ...["campaign_contact_id as listedId", "trunk_key as trunkKey", "caller_number as callerNumber"],
  ...["state", "ending", "cause", "created_at as dialledAt", "answered_at as answeredAt"],
  ...["greeting_ended_at as greetingEndedAt", "connected_at as connectedAt", "abandoned_at as abandonedAt"],
  ...["message_played_at as messagePlayedAt", "ended_at as endedAt", "amd", "pressed", "because"],
] as const;

/** One page of a campaign's attempts, the newest first. */
export async function listAttempts(db: Db, wanted: AttemptsWanted) {
  let query = db
    .selectFrom("attempt")
    .select(ATTEMPT_COLUMNS)
    .select(sql<string>`created_at::text`.as("cursorAt"))
    .where("campaign_id", "=", wanted.campaign);
  if (wanted.ending) query = query.where("ending", "=", wanted.ending);
  if (wanted.open) query = query.where("ending", "is", null);
  if (wanted.phone) query = query.where("number", "=", wanted.phone);
  const { after } = wanted;
  if (after) query = query.where(sql<boolean>`(created_at, id) < (${after.at}::timestamptz, ${after.id})`);
  const rows = await query
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(wanted.limit + 1)
    .execute();
  const items = await withWhatIsKnown(db, rows.slice(0, wanted.limit));
  const last = rows.length > wanted.limit ? items.at(-1) : undefined;
  return { items, next: last ? Buffer.from(`${last.cursorAt}|${last.id}`).toString("base64url") : null };
}

/** Of attempts in flight the row learns when they end; their calls know before. */
async function withWhatIsKnown<
  Row extends {
    id: string;
    ending: unknown;
    agentId: string | null;
    answeredAt: Date | null;
    connectedAt: Date | null;
  },
>(db: Db, rows: readonly Row[]): Promise<Row[]> {
  const open = rows.flatMap(({ id, ending }) => (ending === null ? id : []));
  if (open.length === 0) return [...rows];
  const calls = await db
    .selectFrom("attempt")
    .innerJoin("call", "call.id", "attempt.call_id")
    .leftJoin("call_leg as own", (join) =>
      join.onRef("own.call_id", "=", "call.id").onRef("own.channel", "=", "attempt.id"),
    )
    .leftJoin("call_leg as customer", (join) =>
      join
        .onRef("customer.call_id", "=", "call.id")
        .onRef("customer.to_number", "=", "attempt.number")
        .onRef("customer.channel", "<>", "attempt.id"),
    )
    .select(["attempt.id", "call.agent_id as agentId", "call.connected_at as connectedAt"])
    // A preview's own channel is its agent's phone.
    .select(
      sql<Date | null>`case when own.agent_id is null then own.answered_at else customer.answered_at end`.as(
        "answeredAt",
      ),
    )
    .where("attempt.id", "in", open)
    .execute();
  const known = new Map(calls.map(({ id, ...call }) => [id, call]));
  return rows.map((row) => {
    const { agentId = null, answeredAt = null, connectedAt = null } = known.get(row.id) ?? {};
    return {
      ...row,
      agentId: row.agentId ?? agentId,
      answeredAt: row.answeredAt ?? answeredAt,
      connectedAt: row.connectedAt ?? connectedAt,
    };
  });
}

/** How the campaign's call ended; null: it goes on; undefined: no campaign placed it. */
export async function endingOfCall(db: Db, callId: string): Promise<AttemptEnding | null | undefined> {
  const row = await db
    .selectFrom("attempt")
    .select("ending")
    .where("call_id", "=", callId)
    .where("campaign_id", "is not", null)
    .executeTakeFirst();
  return row?.ending;
}

/** Reads the cursor of attempts back; undefined when it is none of ours. */
export function attemptCursor(text: string): AttemptCursor | undefined {
  const [at, id] = Buffer.from(text, "base64url").toString("utf8").split("|");
  if (!at || !id || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/.test(at))
    return undefined;
  return Number.isNaN(Date.parse(at.replace(/([+-]\d\d)$/, "$1:00"))) ? undefined : { at, id };
}

/** The evidence of abandoned calls between two moments, the oldest first. At most 100,000. */
export async function listAbandoned(db: Db, campaign: string, from: Date, to: Date) {
  return db
    .selectFrom("attempt")
    .select(ATTEMPT_COLUMNS)
    .where("campaign_id", "=", campaign)
    .where("answered_at", ">=", from)
    .where("answered_at", "<", to)
    .where((row) => row.or([row("ending", "=", "abandoned"), row("abandoned_at", "is not", null)]))
    .orderBy("answered_at")
    .limit(100_000)
    .execute();
}
