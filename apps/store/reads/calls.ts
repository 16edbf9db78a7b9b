/** Calls, newest first, with their legs and their whole story. */
import { type SelectQueryBuilder, sql } from "kysely";
import type { Db } from "../database.ts";
import type { Database } from "../tables.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

export interface CallFilter {
  readonly id?: string | undefined;
  readonly type?: "inbound" | "missed" | "internal" | "outbound" | undefined;
  readonly lineId?: string | undefined;
  readonly queueId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly contactId?: string | undefined;
  /** Spellings of the caller's number, any of which matches. */
  readonly from?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
  /** ISO 8601; `since` included, `until` excluded, by the time of arrival. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly ending?: string | undefined;
  readonly open?: boolean | undefined;
  /** Narrows to calls that concerned this agent: talked, was offered first, or whose phone rang. */
  readonly only?: string | undefined;
  /** Narrows to calls in which this agent talked. */
  readonly talked?: string | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

/** One page of the calls that match all of the filter. */
export async function listCalls(db: Db, filter: CallFilter): Promise<Page<CallRow>> {
  let query = narrowed(selectCalls(db), filter);
  if (filter.from) query = query.where("call.from_number", "in", filter.from);
  if (filter.to) query = query.where("call.to_number", "in", filter.to);
  if (filter.since) query = query.where(sql<boolean>`call.arrived_at >= ${filter.since}::timestamptz`);
  if (filter.until) query = query.where(sql<boolean>`call.arrived_at < ${filter.until}::timestamptz`);
  if (filter.open !== undefined) query = query.where("call.ended_at", filter.open ? "is" : "is not", null);
  if (filter.only) query = query.where(concerns(filter.only));
  if (filter.talked) query = query.where(talkedIn(filter.talked));
  if (filter.after)
    query = query.where(
      sql<boolean>`(call.arrived_at, call.id) < (${filter.after.at}::timestamptz, ${filter.after.id}::uuid)`,
    );
  const rows = await query
    .orderBy("call.arrived_at", "desc")
    .orderBy("call.id", "desc")
    .limit(filter.limit + 1)
    .execute();
  return pageOf(rows, filter.limit);
}

export type CallRow = Awaited<ReturnType<ReturnType<typeof selectCalls>["execute"]>>[number];

function selectCalls(db: Db) {
  return db
    .selectFrom("call")
    .leftJoin("line", "line.id", "call.line_id")
    .leftJoin("recording", (join) =>
      join.onRef("recording.call_id", "=", "call.id").on("recording.kind", "=", "call"),
    )
    .select([
      "call.id",
      "call.type",
      "call.from_number as fromNumber",
      "call.to_number as toNumber",
      "call.line_id as lineId",
      "line.name as lineName",
      "call.queue_id as queueId",
      "call.contact_id as contactId",
      "call.owner_id as ownerId",
      "call.agent_id as agentId",
      "call.first_offered_id as firstOfferedId",
      "call.arrived_at as arrivedAt",
      "call.connected_at as connectedAt",
      "call.ended_at as endedAt",
      "call.wait_ms as waitMs",
      "call.talk_ms as talkMs",
      "call.hold_ms as holdMs",
      "call.transfers",
      "call.ending",
      "call.culprit",
      "call.cause",
      "call.fallback",
      "call.forwarded_to as forwardedTo",
      "recording.id as recordingId",
      sql<
        string | null
      >`(select v.id from recording v where v.call_id = call.id and v.kind = 'voicemail')`.as("voicemailId"),
      sql<string>`call.arrived_at::text`.as("cursorAt"),
    ]);
}

type Selecting<O> = SelectQueryBuilder<Database, "call" | "line" | "recording", O>;

function narrowed<O>(query: Selecting<O>, filter: CallFilter): Selecting<O> {
  const equal = [
    ["call.id", filter.id],
    ["call.type", filter.type],
    ["call.line_id", filter.lineId],
    ["call.queue_id", filter.queueId],
    ["call.agent_id", filter.agentId],
    ["call.contact_id", filter.contactId],
    ["call.ending", filter.ending],
  ] as const;
  let narrow = query;
  for (const [column, value] of equal)
    if (value !== undefined) narrow = narrow.where(sql.ref<string>(column), "=", value);
  return narrow;
}

/** Whether a call concerned an agent: the journal's rule, for which a phone that rang suffices (MISS-02). */
export function concerns(agentId: string) {
  return sql<boolean>`(call.agent_id = ${agentId} or call.first_offered_id = ${agentId} or exists (
    select from call_leg where call_leg.call_id = call.id and call_leg.agent_id = ${agentId}))`;
}

/**
 * Whether an agent had the conversation: the rule for what was said and written down about it. Whose phone only rang
 * hears nobody else's talk (REC-05, ROLE-06).
 */
export function talkedIn(agentId: string) {
  return sql<boolean>`(call.agent_id = ${agentId} or exists (
    select from call_leg where call_leg.call_id = call.id and call_leg.agent_id = ${agentId}
       and call_leg.talk_ms is not null))`;
}

/** The call's channels, in the order in which they began. */
export function legsOf(db: Db, callId: string) {
  return db
    .selectFrom("call_leg")
    .select([
      "channel",
      "name",
      "agent_id as agentId",
      "started_at as startedAt",
      "answered_at as answeredAt",
      "ended_at as endedAt",
      "cause",
      "talk_ms as talkMs",
      "to_number as toNumber",
    ])
    .where("call_id", "=", callId)
    .orderBy("started_at")
    .orderBy("channel")
    .execute();
}

/** Who was with whom, in order. */
export function partsOf(db: Db, callId: string) {
  return db
    .selectFrom("call_part")
    .select(["kind", "agent_id as agentId", "channel", "from_at as from", "to_at as to"])
    .where("call_id", "=", callId)
    .orderBy("position")
    .execute();
}

/** Every line of Asterisk's record and every decision of ours, in order. @param limit the oldest so many. */
export function eventsOf(db: Db, callId: string, limit: number) {
  return db
    .selectFrom("call_event")
    .select(["at", "source", "kind", "data"])
    .where("call_id", "=", callId)
    .orderBy("at")
    .orderBy("origin")
    .limit(limit)
    .execute();
}
