/** A whole day's calls and agents, for the simulator. */
import { sql } from "kysely";
import type { Ending } from "../../core/ending.ts";
import type { AgentState } from "../../core/floor.ts";
import type { RecordedDay, StateAt } from "../../core/records/day.ts";
import { type CallOfDay, foldDay, type LegOfDay, type WrapUpOfDay } from "../../core/records/day-fold.ts";
import type { Rows } from "../../core/sim/rows.ts";
import { endingsOf } from "../../core/statistics/outcomes.ts";
import type { Db } from "../database.ts";
import { readSettings } from "../settings.ts";

/** Callers who wait at midnight are served by whoever is there then. */
const AFTERWARDS_MS = 6 * 3_600_000;

/** The instants between which a day lies in a zone; 23 to 25 hours. @param day ISO 8601, such as 2026-11-20 */
export async function boundsOfDay(db: Db, day: string, zone: string): Promise<{ from: Date; to: Date }> {
  const { rows } = await sql<{ from: Date; to: Date }>`
    select ${day}::date::timestamp at time zone ${zone} as "from",
           (${day}::date + 1)::timestamp at time zone ${zone} as "to"`.execute(db);
  return rows[0] as { from: Date; to: Date };
}

/** How many customers' calls of our lines arrived between these instants and are over. */
export async function countCalls(db: Db, from: Date, to: Date): Promise<number> {
  const { n } = await customersCalls(db, from, to)
    .select((row) => row.fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** Everything that the records have of these hours. Calls that go on, and lines that are gone, are left out. */
export async function readDay(db: Db, from: Date, to: Date): Promise<RecordedDay> {
  const until = new Date(to.getTime() + AFTERWARDS_MS);
  const [calls, legs, wrapUps] = [
    await callsOf(db, from, to),
    await legsOf(db, from, until),
    await wrapUpsOf(db, from, until),
  ];
  const folded = foldDay(calls, legs, wrapUps);
  const start = from.getTime();
  return {
    ...{ from: start, to: to.getTime(), calls: folded.calls, states: await statesOf(db, from, until) },
    occupied: folded.occupied.map((use) => ({ ...use, from: Math.max(start, use.from) })),
  };
}

/** The settings of now, as the core takes them. */
export async function readRows(db: Db): Promise<Rows> {
  const { agents, queues, lines, carriers } = await readSettings(db);
  return { agents, queues, lines, trunks: carriers };
}

function customersCalls(db: Db, from: Date, to: Date) {
  return db
    .selectFrom("call")
    .where("type", "in", ["inbound", "missed"])
    .where("line_id", "is not", null)
    .where("ended_at", "is not", null)
    .where((row) => row.or([row("ending", "is", null), row("ending", "not in", endingsOf("not-ours"))]))
    .where("arrived_at", ">=", from)
    .where("arrived_at", "<", to);
}

async function callsOf(db: Db, from: Date, to: Date): Promise<CallOfDay[]> {
  const saidAt = sql<Date | null>`(
    select max(at) from call_event
     where ending = 'no_answer' and call_id = call.id and kind = 'USER_DEFINED' and data ->> 'userEvent' = 'ENDING')`;
  const rows = await customersCalls(db, from, to)
    .select(["id", "line_id", "from_number", "contact_id", "owner_id", "arrived_at", "connected_at"])
    .select(["ended_at", "ending", saidAt.as("said_at")])
    .orderBy("arrived_at")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    lineId: row.line_id as string,
    from: row.from_number ?? undefined,
    contactId: row.contact_id ?? undefined,
    ownerId: row.owner_id ?? undefined,
    arrivedAt: row.arrived_at.getTime(),
    connectedAt: row.connected_at?.getTime(),
    endedAt: (row.ended_at as Date).getTime(),
    ending: (row.ending ?? "failed") as Ending,
    endingSaidAt: row.said_at?.getTime(),
  }));
}

async function legsOf(db: Db, from: Date, until: Date): Promise<LegOfDay[]> {
  const rows = await db
    .selectFrom("call_leg")
    .select(["call_id", "agent_id", "started_at", "answered_at", "ended_at", "cause"])
    .where("agent_id", "is not", null)
    .where("started_at", "<", until)
    .where("ended_at", ">", from)
    .execute();
  return rows.map((row) => ({
    call: row.call_id,
    agentId: row.agent_id as string,
    startedAt: row.started_at.getTime(),
    answeredAt: row.answered_at?.getTime(),
    endedAt: row.ended_at?.getTime(),
    cause: row.cause ?? undefined,
  }));
}

async function wrapUpsOf(db: Db, from: Date, until: Date): Promise<WrapUpOfDay[]> {
  const rows = await db
    .selectFrom("call_wrap_up")
    .select(["call_id", "agent_id", "started_at", "ended_at", "ended_by"])
    .where("started_at", ">=", from)
    .where("started_at", "<", until)
    .where("ended_at", "is not", null)
    .execute();
  return rows.map(({ call_id, agent_id, started_at, ended_at, ended_by }) => ({
    ...{ call: call_id, agentId: agent_id, completed: ended_by === "completed" },
    ms: (ended_at as Date).getTime() - started_at.getTime(),
  }));
}

/** Changes of the day, after the one with which each agent came into it. */
async function statesOf(db: Db, from: Date, until: Date): Promise<StateAt[]> {
  const { rows } = await sql<{ agent_id: string; state: AgentState; at: Date }>`
    select agent_id, state, at from (
      select distinct on (agent_id) agent_id, state, at from agent_state_change
       where at < ${from} order by agent_id, at desc, id desc) before
    union all
    (select agent_id, state, at from agent_state_change where at >= ${from} and at < ${until} order by at, id)`.execute(
    db,
  );
  const states = rows.map(({ agent_id, state, at }) => ({ agentId: agent_id, state, at: at.getTime() }));
  return states.sort((a, b) => a.at - b.at);
}
