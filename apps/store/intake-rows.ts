/** Facts and records as the rows that the intake writes, for json_populate_recordset. */
import type { AgentCall } from "../core/records/agent-calls.ts";
import type { CallRecord } from "../core/records/fold.ts";
import type { TakenFact } from "./intake.ts";

/** A fact as a row of call_event. */
export function eventRow({ origin, call, at, source, kind, data }: TakenFact): Record<string, unknown> {
  return { origin, call_id: call, at: iso(at), source, kind, data };
}

/** A record as a row of call. */
export function callRow(id: string, linkedid: string, record: CallRecord): Record<string, unknown> {
  return {
    id,
    linkedid,
    type: record.type,
    from_number: record.fromNumber,
    to_number: record.toNumber,
    line_id: record.lineId,
    queue_id: record.queueId,
    contact_id: record.contactId,
    owner_id: record.ownerId,
    agent_id: record.agentId,
    first_offered_id: record.firstOfferedId,
    arrived_at: iso(record.arrivedAt),
    connected_at: iso(record.connectedAt),
    ended_at: iso(record.endedAt),
    wait_ms: record.waitMs,
    talk_ms: record.talkMs,
    ending: record.ending,
    culprit: record.culprit,
    cause: record.cause,
    fallback: record.fallback,
    hold_ms: record.holdMs,
    wrap_up_ms: record.wrapUpMs,
    transfers: record.transfers,
    forwarded_to: record.forwardedTo,
  };
}

/** A part as a row of call_part; parts are replaced place by place. */
export function partRow(
  call: string,
  part: CallRecord["parts"][number],
  position: number,
): Record<string, unknown> {
  const { kind, agentId, channel, from, to } = part;
  return { call_id: call, position, kind, agent_id: agentId, channel, from_at: iso(from), to_at: iso(to) };
}

/** A leg as a row of call_leg. */
export function legRow(call: string, leg: CallRecord["legs"][number]): Record<string, unknown> {
  return {
    channel: leg.channel,
    call_id: call,
    name: leg.name,
    agent_id: leg.agentId,
    started_at: iso(leg.startedAt),
    answered_at: iso(leg.answeredAt),
    ended_at: iso(leg.endedAt),
    cause: leg.cause,
    talk_ms: leg.talkMs,
    to_number: leg.toNumber,
  };
}

/** A wrap-up as a row of call_wrap_up. */
export function wrapUpRow(call: string, wrapUp: CallRecord["wrapUps"][number]): Record<string, unknown> {
  return {
    call_id: call,
    agent_id: wrapUp.agentId,
    started_at: iso(wrapUp.startedAt),
    until_at: iso(wrapUp.until),
    ended_at: iso(wrapUp.endedAt),
    ended_by: wrapUp.endedBy,
  };
}

/** An agent's part as a row of agent_call. */
export function agentCallRow(call: string, record: CallRecord, part: AgentCall): Record<string, unknown> {
  return {
    ...{ call_id: call, agent_id: part.agentId, type: record.type, arrived_at: iso(record.arrivedAt) },
    ...{ called: part.called, involved: part.involved, owned: part.owned },
    ...{ talk_ms: part.talkMs, ring_ms: part.ringMs, rings: part.rings, wrap_up_ms: part.wrapUpMs },
    owner_answered: part.ownerAnswered,
  };
}

/** What an agent was busy with as rows of agent_busy. */
export function busyRows(call: string, { agentId, busy }: AgentCall): Record<string, unknown>[] {
  return busy.map(({ from, to }) => ({
    ...{ call_id: call, agent_id: agentId, from_at: iso(from), to_at: iso(to) },
  }));
}

/** PostgreSQL's text holds no NUL; nothing else in a line can upset it. */
export function toJson(rows: readonly object[]): string {
  const text = JSON.stringify(rows);
  if (!text.includes("\\u0000")) return text;
  return JSON.stringify(rows, (_, value: unknown) =>
    typeof value === "string" ? value.replaceAll("\0", "\uFFFD") : value,
  );
}

function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
