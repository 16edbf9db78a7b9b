/**
 * All rows that steer calls, as the core and the renderer see them: agents, queues, lines and trunks.
 */
import { type Selectable, sql } from "kysely";
import type {
  Agent,
  AgentId,
  Trunk as Carrier,
  Line,
  LineId,
  Outside,
  Overflow,
  Queue,
  WrapUp,
} from "../core/floor.ts";
import type { NumberPlan, OwnNumber } from "../core/numbers.ts";
import type { Prompts } from "../core/routing/prompts.ts";
import type { Db } from "./database.ts";
import { readNumberPlan, readOwnNumbers } from "./numbers.ts";
import { readPrompts } from "./prompts.ts";
import { type Menu, menuOf, readMenus } from "./reads/menus.ts";
import type { LineTable, TrunkTable } from "./tables.ts";

export type { Menu, MenuAction } from "./reads/menus.ts";

export type Language = "ru" | "en";

/** A carrier's connection, as in its row. */
export type Trunk = Readonly<
  Selectable<
    Omit<TrunkTable, "created_at" | "kind" | "number" | "domain" | "max_lines" | "calls_per_second">
  > & {
    kind?: "carrier" | "pbx";
    number?: string | null;
    /** Of the own PBX: what our SIP addresses there end with, when that is not the server's. */
    domain?: string | null;
  }
>;

/** A queue with what only Asterisk's configuration needs to know. */
export interface QueueSettings extends Queue {
  readonly weight: number;
  readonly announcePosition: boolean;
  readonly announceWait: boolean;
  readonly announceEverySeconds: number;
}

/** One consistent reading. `agents`, `queues`, `lines` and `carriers` are what the core needs; the rest is for rendering. */
export interface Settings {
  readonly agents: readonly Agent[];
  readonly queues: readonly QueueSettings[];
  readonly lines: readonly Line[];
  readonly menus: readonly Menu[];
  readonly trunks: readonly Trunk[];
  /** The trunks as the core knows them. */
  readonly carriers: readonly Carrier[];
  /** MD5(phone:realm:password) of each agent; kept apart so that it never gets onto the floor. */
  readonly digests: ReadonlyMap<AgentId, string>;
  readonly languages: ReadonlyMap<LineId, Language>;
  /** Of the lines that play something else than the standard prompts. */
  readonly prompts: ReadonlyMap<LineId, Prompts>;
  /** Whose number customers see. */
  readonly numbers?: NumberPlan | undefined;
}

/**
 * Reads everything. Agents come in the order of their short numbers, queues and lines in the order of creation.
 * Phones are `unreachable` and idle-less until Asterisk says otherwise.
 */
export async function readSettings(db: Db): Promise<Settings> {
  const [agentRows, queueRows, menus, lineRows, trunks] = [
    await readAgents(db),
    await readQueues(db),
    await readMenus(db),
    await db.selectFrom("line").selectAll().orderBy("created_at").orderBy("key").execute(),
    await db.selectFrom("trunk").selectAll().orderBy("created_at").orderBy("key").execute(),
  ];
  const prompts = await readPrompts(db);
  const [numbers, owned] = [await readNumberPlan(db), await readOwnNumbers(db)];
  const everybody = agentRows.map((row) => row.id);
  return {
    agents: agentRows.map(({ sip_ha1: _, ...row }) => toAgent(row, owned.get(row.id))),
    queues: queueRows.map((row) => toQueue(row, everybody)),
    lines: lineRows.map((row) => ({
      ...toLine(row, menus),
      welcome: prompts.get(row.id)?.arrival !== "none",
    })),
    menus,
    trunks: trunks.map(({ created_at: _, ...row }) => row),
    carriers: trunks.map(toCarrier),
    numbers,
    digests: new Map(agentRows.map((row) => [row.id, row.sip_ha1])),
    languages: new Map(lineRows.map((row) => [row.id, row.language])),
    prompts,
  };
}

function readAgents(db: Db) {
  const lastTalk = db
    .selectFrom("call")
    .select(["agent_id", sql<Date>`max(connected_at + talk_ms * interval '1 millisecond')`.as("ended_at")])
    .where("agent_id", "is not", null)
    .groupBy("agent_id")
    .as("talk");
  return db
    .selectFrom("agent")
    .leftJoin(lastTalk, "talk.agent_id", "agent.id")
    .select([
      "id",
      "name",
      "short_number",
      "phone",
      "sip_ha1",
      "state",
      "state_since",
      "pending_state",
      "call_mode",
      "mobile",
      "auto_answer",
      "forward_number",
      "forward_state",
    ])
    .select(["acceptance_needed", "consultation_only"])
    .select("talk.ended_at")
    .orderBy(sql`length(short_number)`)
    .orderBy("short_number")
    .execute();
}

function readQueues(db: Db) {
  const penalties = sql<
    Record<string, number>
  >`(select coalesce(jsonb_object_agg(agent_id, penalty), '{}') from queue_penalty where queue_id = queue.id)`;
  const ticked = sql<
    string[]
  >`(select coalesce(array_agg(agent_id::text order by position), '{}') from queue_agent where queue_id = queue.id)`;
  return db
    .selectFrom("queue")
    .selectAll()
    .select([ticked.as("ticked"), penalties.as("penalties")])
    .orderBy("created_at")
    .orderBy("key")
    .execute();
}

type TrunkRow = Pick<TrunkTable, "key" | "name" | "host"> & {
  number_format: "e164" | "digits";
  id: string;
  kind: "carrier" | "pbx";
  number: string | null;
  max_lines: number | null;
  calls_per_second: number | null;
};

type AgentRow = Omit<Awaited<ReturnType<typeof readAgents>>[number], "sip_ha1">;

function toCarrier({ id, key, name, host, kind, ...row }: TrunkRow): Carrier {
  return {
    ...{ id, key, name, kind, dials: host !== null },
    number: row.number ?? undefined,
    numberFormat: row.number_format,
    maxLines: row.max_lines ?? undefined,
    callsPerSecond: row.calls_per_second ?? undefined,
  };
}

function toAgent(row: AgentRow, shown: OwnNumber | undefined): Agent {
  return {
    id: row.id,
    name: row.name,
    shortNumber: row.short_number,
    phone: row.phone,
    state: row.state,
    stateSince: row.state_since.getTime(),
    pendingState: row.pending_state ?? undefined,
    callMode: row.call_mode,
    mobile: row.mobile ?? undefined,
    autoAnswer: row.auto_answer,
    shown,
    device: "unreachable",
    call: undefined,
    lastTalkEndedAt: row.ended_at?.getTime(),
    acceptanceNeeded: row.acceptance_needed,
    consultationOnly: row.consultation_only,
    ownNumber:
      row.forward_number === null
        ? undefined
        : { number: row.forward_number, approved: row.forward_state === "approved" },
  };
}

function toQueue(row: Awaited<ReturnType<typeof readQueues>>[number], everybody: string[]): QueueSettings {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    strategy: row.strategy,
    answerSeconds: row.answer_seconds,
    maxWaitSeconds: row.max_wait_seconds,
    wrapUp: toWrapUp(row),
    maxLength: row.max_length ?? undefined,
    joinWhenEmpty: row.join_when_empty,
    overflow: overflowOf(row),
    callback: callbackOf(row),
    weight: row.weight,
    announcePosition: row.announce_position,
    announceWait: row.announce_wait,
    announceEverySeconds: row.announce_every_seconds,
    penalties: new Map(Object.entries(row.penalties)),
    agents: row.all_agents ? everybody : row.ticked,
  };
}

function toWrapUp(row: { wrap_up: string; wrap_up_seconds: number }): WrapUp | undefined {
  if (row.wrap_up === "limit") return { mode: "limit", seconds: row.wrap_up_seconds };
  return row.wrap_up === "until-completed" ? { mode: "until-completed" } : undefined;
}

function callbackOf(row: Awaited<ReturnType<typeof readQueues>>[number]): Queue["callback"] {
  if (!row.callback_offer) return undefined;
  return {
    afterSeconds: row.callback_after_seconds,
    digit: row.callback_digit,
    attempts: row.callback_attempts,
    retryMinutes: row.callback_retry_minutes,
    withinHoursOnly: row.callback_within_hours_only,
  };
}

function overflowOf(row: {
  overflow_queue_id: string | null;
  overflow_number: string | null;
}): Overflow | undefined {
  if (row.overflow_queue_id) return { queueId: row.overflow_queue_id };
  return row.overflow_number ? { number: row.overflow_number } : undefined;
}

function toLine(row: Selectable<LineTable>, menus: readonly Menu[]): Line {
  return {
    id: row.id,
    key: row.key,
    number: row.number,
    name: row.name,
    queueId: row.queue_id,
    ownerFirst: row.owner_first,
    priority: row.priority,
    ownerWaitSeconds: row.owner_wait_seconds,
    hours: row.hours ?? undefined,
    recording: row.recording,
    announceRecording: row.announce_recording,
    voicemail: row.voicemail,
    voicemailSeconds: row.voicemail_seconds,
    shortNumber: row.short_number ?? undefined,
    project: row.project ?? undefined,
    city: row.city ?? undefined,
    consultationOnly: row.consultation_only,
    blindNoAnswer: row.blind_no_answer,
    menu: menuOf(row, menus),
    outside: {
      trunkId: row.trunk_id ?? undefined,
      seconds: row.forward_seconds,
      callerId: row.forward_caller_id,
      forward: forwardOf(row),
    },
  };
}

function forwardOf(row: Selectable<LineTable>): Outside["forward"] {
  const { forward_mode: mode, forward_number: number, forward_attempts: attempts } = row;
  if (mode === "agents") return { mode, attempts };
  if (mode === "off" || number === null) return { mode: "off" };
  return { mode, number, attempts, verified: row.forward_number_verified_at !== null };
}
