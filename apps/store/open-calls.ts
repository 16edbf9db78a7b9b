/**
 * Calls that the record says are still going on: where the engine takes up again after a restart.
 */
import type { Call } from "../core/floor.ts";
import type { OpenWrapUp } from "../core/inputs.ts";
import type { Errand } from "../core/outgoing/errand.ts";
import { inOrder } from "../core/records/fold.ts";
import { foldOpenCall, sinceLine } from "../core/records/open-call.ts";
import type { RecoveredCall } from "../core/recovered.ts";
import type { Db } from "./database.ts";

export interface OpenCall extends RecoveredCall {
  /** The last thing that Asterisk's record says of it. */
  readonly lastFactAt: number;
}

/** Open calls as the floor knows calls; where they are comes from the decisions and Asterisk's record. */
export async function readOpenCalls(db: Db): Promise<OpenCall[]> {
  const rows = await db.selectFrom("call").selectAll().where("ended_at", "is", null).execute();
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const events = await db
    .selectFrom("call_event")
    .select(["call_id", "origin", "kind", "source", "at", "data"])
    .where("call_id", "in", ids)
    .execute();
  const legs = await db
    .selectFrom("call_leg")
    .select(["call_id", "agent_id", "channel", "started_at", "answered_at"])
    .where("ended_at", "is", null)
    .where("agent_id", "is not", null)
    .where("call_id", "in", ids)
    .execute();
  return rows.map((row) => {
    const own = events.filter((event) => event.call_id === row.id);
    const facts = inOrder(own.map((event) => ({ ...event, at: event.at.getTime() })));
    const decisions = facts.filter((event) => event.source === "engine");
    const { line, facts: round } = sinceLine(decisions);
    const channel = lastChannel(decisions, "SidesChanged") ?? row.linkedid;
    const kind = row.type === "internal" || row.type === "outbound" ? row.type : "inbound";
    const open = legs
      .filter((leg) => leg.call_id === row.id)
      .map((leg) => ({
        channel: leg.channel,
        agentId: leg.agent_id ?? "",
        startedAt: leg.started_at.getTime(),
        answered: leg.answered_at !== null,
      }));
    const arrivedAt = row.arrived_at.getTime();
    const agentId = row.agent_id ?? undefined;
    return {
      ...foldOpenCall({ kind, main: channel, arrivedAt, agentId }, facts, open),
      id: row.id,
      channel,
      far: lastChannel(decisions, "FarSideSeen"),
      kind,
      lineId: line ?? row.line_id ?? undefined,
      handedToLine: line === undefined ? undefined : true,
      from: row.from_number ?? undefined,
      to: row.type === "outbound" ? (row.to_number ?? undefined) : undefined,
      contactId: row.contact_id ?? undefined,
      ownerId: row.owner_id ?? undefined,
      arrivedAt,
      queueId: line === undefined ? (row.queue_id ?? undefined) : lastQueueOf(round),
      ...choicesIn(round),
      welcomed: round.some((event) => event.kind === "CallerWelcomed"),
      errand: errandIn(decisions),
      ownerAwaited: round.some((event) => event.kind === "OwnerAwaited"),
      servedBy: lastQueueOf(round),
      recorded: decisions.some((event) => isRecording(event.data.step)),
      lastFactAt: facts.at(-1)?.at ?? arrivedAt,
    };
  });
}

/** Wrap-ups that nobody has ended. */
export async function readOpenWrapUps(db: Db): Promise<OpenWrapUp[]> {
  const rows = await db.selectFrom("call_wrap_up").selectAll().where("ended_at", "is", null).execute();
  return rows.map((row) => ({
    call: row.call_id,
    agent: row.agent_id,
    since: row.started_at.getTime(),
    until: row.until_at?.getTime(),
  }));
}

/** The queue that the last decision was made for. */
function lastQueueOf(
  decisions: readonly { kind: string; data: Record<string, unknown> }[],
): string | undefined {
  const queue = decisions.filter((event) => typeof event.data.queue === "string").at(-1)?.data.queue;
  return queue === undefined ? undefined : String(queue);
}

function lastChannel(
  decisions: readonly { kind: string; data: Readonly<Record<string, unknown>> }[],
  kind: string,
): string | undefined {
  const channel = decisions.findLast((event) => event.kind === kind)?.data.channel;
  return typeof channel === "string" ? channel : undefined;
}

/** What the caller chose in a menu, and which numbers outside were called. */
function choicesIn(
  decisions: readonly { kind: string; data: Record<string, unknown> }[],
): Pick<Call, "menuPlayed" | "chosen" | "dialled"> {
  const dialled = decisions.filter(({ kind }) => kind === "ExternalDialled");
  const choice = decisions.findLast(({ kind }) => kind === "MenuChose");
  const chosen = choice?.data.chosen as Call["chosen"];
  return {
    menuPlayed: decisions.some(({ kind }) => kind === "MenuPlayed" || kind === "MenuChose"),
    chosen,
    ...(dialled.length > 0 && { dialled: dialled.map(({ data }) => String(data.number)) }),
  };
}

/** What an agent placed the call for. */
function errandIn(decisions: readonly { kind: string; data: Record<string, unknown> }[]): Call["errand"] {
  const placed = decisions.find(({ kind }) => kind === "CallPlaced")?.data;
  const errand = placed?.errand as Errand | undefined;
  return errand && { ...errand, by: String(placed?.agent) };
}

function isRecording(step: unknown): boolean {
  const record = (step as { record?: unknown } | undefined)?.record;
  return record === "stereo" || record === "mixed";
}
