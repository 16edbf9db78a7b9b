/**
 * A day's rows, folded into what the simulator replays.
 */
import type { Ending } from "../ending.ts";
import type { AgentId, CallId, LineId, Millis } from "../floor.ts";
import type { DayAnswer, DayCall, DayWrapUp, Occupied, VainRing } from "./day.ts";

/** A customer's call of the day that is over. */
export interface CallOfDay {
  readonly id: CallId;
  readonly lineId: LineId;
  readonly from: string | undefined;
  readonly contactId: string | undefined;
  readonly ownerId: AgentId | undefined;
  readonly arrivedAt: Millis;
  readonly connectedAt: Millis | undefined;
  readonly endedAt: Millis;
  readonly ending: Ending;
  /** When the dialplan began to say how the call ends; the caller does not wait from then on. */
  readonly endingSaidAt: Millis | undefined;
}

/** An agent's channel in any call. */
export interface LegOfDay {
  readonly call: CallId;
  readonly agentId: AgentId;
  readonly startedAt: Millis;
  readonly answeredAt: Millis | undefined;
  /** Undefined: it goes on. */
  readonly endedAt: Millis | undefined;
  readonly cause: number | undefined;
}

/** An agent's work after a call; only one that has ended. */
export interface WrapUpOfDay extends DayWrapUp {
  readonly call: CallId;
  readonly agentId: AgentId;
}

/** What a phone says that does not want the call (Q.850: user busy, call rejected). */
const REFUSALS: readonly (number | undefined)[] = [17, 21];
/** A channel that was gone before a person could have heard it: another one had the agent's lock (law L7). */
const NOT_A_RING_MS = 200;
/** The records of a call's channels end within this of each other. */
const TOGETHER_MS = 250;

/**
 * Calls with the phones that rang for them; whatever else kept agents' phones in use is `occupied`: calls that are
 * not among these, and whoever was called into a conversation that was going on (a transfer).
 */
export function foldDay(
  calls: readonly CallOfDay[],
  legs: readonly LegOfDay[],
  wrapUps: readonly WrapUpOfDay[],
): { calls: DayCall[]; occupied: Occupied[] } {
  const byCall = new Map<CallId, LegOfDay[]>(calls.map(({ id }) => [id, []]));
  const occupied: Occupied[] = [];
  const afterwards = new Map(wrapUps.map((each) => [`${each.call} ${each.agentId}`, each]));
  for (const leg of legs) {
    const own = byCall.get(leg.call);
    if (own) own.push(leg);
    else occupied.push(...useOf(leg));
  }
  const folded = calls.map((call) => {
    const rang = (byCall.get(call.id) ?? []).sort((a, b) => a.startedAt - b.startedAt);
    const answering = rang.find((leg) => leg.answeredAt !== undefined && call.connectedAt !== undefined);
    for (const leg of rang) if (leg !== answering && isLater(leg, call)) occupied.push(...useOf(leg));
    const wrapUp = answering && afterwards.get(`${call.id} ${answering.agentId}`);
    return foldCallOfDay(call, rang, answering, wrapUp);
  });
  return { calls: folded, occupied };
}

function foldCallOfDay(
  call: CallOfDay,
  rang: readonly LegOfDay[],
  answering: LegOfDay | undefined,
  wrapUp: DayWrapUp | undefined,
): DayCall {
  const { id, lineId, from, contactId, ownerId, arrivedAt, ending } = call;
  const waitedUntil = call.connectedAt ?? call.endingSaidAt ?? call.endedAt;
  return {
    ...{ id, lineId, from, contactId, ownerId, arrivedAt, ending },
    waitMs: Math.max(0, waitedUntil - arrivedAt),
    answer: answerOf(call, answering, wrapUp),
    vain: rang.flatMap((leg) => (leg === answering || isLater(leg, call) ? [] : vainRing(leg, call))),
  };
}

function answerOf(
  call: CallOfDay,
  leg: LegOfDay | undefined,
  wrapUp: DayWrapUp | undefined,
): DayAnswer | undefined {
  const { connectedAt } = call;
  if (connectedAt === undefined) return undefined;
  return {
    agentId: leg?.agentId,
    ringMs: leg ? Math.max(0, connectedAt - leg.startedAt) : 0,
    talkMs: Math.max(0, (leg?.endedAt ?? call.endedAt) - connectedAt),
    wrapUp: wrapUp && { ms: wrapUp.ms, completed: wrapUp.completed },
  };
}

/** Called after the conversation had begun. */
function isLater(leg: LegOfDay, { connectedAt }: CallOfDay): boolean {
  return connectedAt !== undefined && leg.startedAt >= connectedAt;
}

/** A ring that the caller's hanging up cut short says nothing about the agent. */
function vainRing(leg: LegOfDay, call: CallOfDay): VainRing[] {
  const endedAt = leg.endedAt ?? call.endedAt;
  const ringMs = endedAt - leg.startedAt;
  const refused = REFUSALS.includes(leg.cause);
  const cut = call.connectedAt === undefined && !refused && endedAt >= call.endedAt - TOGETHER_MS;
  return cut || (ringMs < NOT_A_RING_MS && !refused) ? [] : [{ agentId: leg.agentId, ringMs, refused }];
}

function useOf({ agentId, startedAt, endedAt }: LegOfDay): Occupied[] {
  return endedAt === undefined ? [] : [{ agentId, from: startedAt, to: endedAt }];
}
