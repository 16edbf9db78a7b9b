/**
 * Calls that the record says are still going on: where the engine takes up again after a restart.
 */
import type { Regroup } from "../core/conversation/regroup.ts";
import type { Call } from "../core/floor.ts";
import type { OpenWrapUp } from "../core/inputs.ts";
import type { RecoveredCall } from "../core/recovered.ts";
import type { Db } from "./database.ts";

export interface OpenCall extends RecoveredCall {
  /** The last thing that Asterisk's record says of it. */
  readonly lastFactAt: number;
}

/** Open calls as the floor knows calls; their phase comes from the last decision and the record. */
export async function readOpenCalls(db: Db): Promise<OpenCall[]> {
  const rows = await db.selectFrom("call").selectAll().where("ended_at", "is", null).execute();
  if (rows.length === 0) return [];
  const events = await db
    .selectFrom("call_event")
    .select(["call_id", "kind", "source", "at", "data"])
    .where(
      "call_id",
      "in",
      rows.map((row) => row.id),
    )
    .orderBy("at")
    .execute();
  const legs = await db
    .selectFrom("call_leg")
    .select(["call_id", "agent_id", "channel"])
    .where("ended_at", "is", null)
    .where("agent_id", "is not", null)
    .where(
      "call_id",
      "in",
      rows.map((row) => row.id),
    )
    .execute();
  return rows.map((row) => {
    const own = events.filter((event) => event.call_id === row.id);
    const decisions = own.filter((event) => event.source === "engine");
    const last = decisions.at(-1);
    const offered = decisions
      .filter((event) => event.kind === "OfferEnded")
      .map((event) => String(event.data.agent));
    const talking = row.connected_at !== null;
    return {
      id: row.id,
      channel: lastChannel(decisions, "SidesChanged") ?? row.linkedid,
      far: lastChannel(decisions, "FarSideSeen"),
      kind: row.type === "internal" || row.type === "outbound" ? row.type : "inbound",
      lineId: row.line_id ?? undefined,
      from: row.from_number ?? undefined,
      to: row.type === "outbound" ? (row.to_number ?? undefined) : undefined,
      contactId: row.contact_id ?? undefined,
      ownerId: row.owner_id ?? undefined,
      arrivedAt: row.arrived_at.getTime(),
      phase: talking
        ? "talking"
        : phaseAfter(
            last?.kind,
            own.some((event) => event.kind === "ENTERQUEUE"),
          ),
      phaseSince: (talking ? row.connected_at : last?.at)?.getTime() ?? row.arrived_at.getTime(),
      agentId:
        talking || row.type === "outbound"
          ? (row.agent_id ?? undefined)
          : last?.kind === "AgentOffered"
            ? String(last.data.agent)
            : undefined,
      agentChannel: legs.find((leg) => leg.call_id === row.id && leg.agent_id === row.agent_id)?.channel,
      regroup: regroupAfter(decisions),
      queueId: row.queue_id ?? undefined,
      tried: offered,
      ...choicesIn(decisions),
      welcomed: decisions.some((event) => event.kind === "CallerWelcomed"),
      ownerAwaited: decisions.some((event) => event.kind === "OwnerAwaited"),
      servedBy: lastQueueOf(decisions),
      recorded: decisions.some((event) => isRecording(event.data.step)),
      lastFactAt: own.at(-1)?.at.getTime() ?? row.arrived_at.getTime(),
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

/** Every decision about who is with whom says what it is from then on. */
function regroupAfter(
  decisions: readonly { kind: string; data: Readonly<Record<string, unknown>> }[],
): Regroup | undefined {
  const last = decisions.filter(({ kind, data }) => "regroup" in data || kind === "CallReturned").at(-1);
  return (last?.data.regroup as Regroup | null | undefined) ?? undefined;
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

function isRecording(step: unknown): boolean {
  const record = (step as { record?: unknown } | undefined)?.record;
  return record === "stereo" || record === "mixed";
}

function phaseAfter(kind: string | undefined, queued: boolean): Call["phase"] {
  if (kind === "AgentOffered") return "offered";
  if (kind === "MenuPlayed") return "menu";
  if (kind === "CallWelcomed") return "welcome";
  if (kind === "OwnerAwaited") return "awaiting-owner";
  if (kind === "ExternalDialled") return "external";
  if (kind === "CallQueued" || queued) return "queued";
  if (kind === "CallRefused") return "ending";
  return "deciding";
}
