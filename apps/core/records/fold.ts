/**
 * One call's facts, folded into its record (law L5).
 *
 * The fold is pure and total: the same facts give the same record, in whatever order and however often they
 * came. So a record can be rebuilt at any time, and taking a line in twice changes nothing.
 */

import { ATTEMPT_CULPRITS, CALL_ENDINGS } from "../dialling/endings.ts";
import {
  CULPRITS,
  type Culprit,
  type Ending,
  endingOf,
  OUTBOUND_CULPRITS,
  outboundEnding,
} from "../ending.ts";
import type { AgentId, Millis } from "../floor.ts";
import { type AttemptRecord, DIALLED, foldAttempt } from "./attempt.ts";
import { foldPreviewed, PREVIEWED } from "./attempt-previewed.ts";
import { countTransfers, wrapUpTime } from "./call-sums.ts";
import { type Connection, foldConnections } from "./connections.ts";
import type { ChannelFact, Fact } from "./facts.ts";
import { withJoined } from "./joined.ts";
import { foldParts, holdMs, type Part } from "./parts.ts";
import { shareTalk } from "./talk-shares.ts";
import { foldWrapUps, type WrapUpRecord } from "./wrap-ups.ts";

/** Names as the record has them → rows; what the fold needs to know of the settings. */
export interface Names {
  agentByPhone(phone: string): AgentId | undefined;
  lineByKey(key: string): string | undefined;
  queueByKey(key: string): string | undefined;
}

export interface Leg {
  readonly channel: string;
  readonly name: string;
  readonly agentId: AgentId | undefined;
  readonly startedAt: Millis;
  readonly answeredAt: Millis | undefined;
  readonly endedAt: Millis | undefined;
  readonly cause: number | undefined;
  /** The number outside that it called (FWD-08); undefined: a phone of the house, or the caller. */
  readonly toNumber?: string | undefined;
  /** How long it was in one bridge with the customer (the customer's own: with anybody); undefined: never. */
  readonly talkMs: number | undefined;
}

export interface CallRecord {
  readonly type: "inbound" | "internal" | "missed" | "outbound";
  readonly fromNumber: string | undefined;
  readonly toNumber: string | undefined;
  readonly lineId: string | undefined;
  readonly queueId: string | undefined;
  readonly contactId: string | undefined;
  readonly ownerId: AgentId | undefined;
  /** The agent who talked; with several, the last one. */
  readonly agentId: AgentId | undefined;
  readonly firstOfferedId: AgentId | undefined;
  readonly arrivedAt: Millis;
  readonly connectedAt: Millis | undefined;
  readonly endedAt: Millis | undefined;
  /** From arrival to an agent's voice, or to the end (ROUTE-12). */
  readonly waitMs: number | undefined;
  readonly talkMs: number | undefined;
  readonly ending: Ending | undefined;
  readonly culprit: Culprit | undefined;
  readonly cause: number | undefined;
  readonly fallback: boolean;
  readonly transfers: number;
  /** Of completed wrap-ups, all agents together. */
  readonly wrapUpMs: number | undefined;
  /** The number outside that took the call. */
  readonly forwardedTo?: string | undefined;
  readonly legs: readonly Leg[];
  /** Agents' time after their talks (WRAP-07). */
  readonly wrapUps: readonly WrapUpRecord[];
  /** To numbers outside: what is billed (XFER-12). */
  readonly connections: readonly Connection[];
  /** Who was with whom, in order. */
  readonly parts: readonly Part[];
  /** Undefined: never connected. */
  readonly holdMs: number | undefined;
  /** Of a campaign's call that is over. */
  readonly attempt?: AttemptRecord | undefined;
}

/** How the channels of calls begin that we place to numbers outside: known before the decision's line is taken in. */
export const PLACED = "outbound-";
/** How the channels of customers begin whom we call back: the first leg is the customer's own. */
export const CALLED_BACK = "callback-";

/** The record, or undefined when the facts hold no channel yet (a decision whose CEL lines are still to come). */
export function foldCall(linkedId: string, facts: readonly Fact[], names: Names): CallRecord | undefined {
  const ordered = inOrder(facts);
  const legs = foldLegs(ordered, names);
  const own = legs.get(linkedId);
  if (!own) return undefined;
  const arrival = ordered.find((fact) => fact.source === "engine" && fact.kind === "CallArrived")?.data;
  const start = channelFacts(ordered, "CHAN_START").find((fact) => fact.uniqueId === linkedId);
  const lineKey = channelFacts(ordered).find(
    (fact) => fact.uniqueId === linkedId && fact.accountCode,
  )?.accountCode;
  const back = linkedId.startsWith(CALLED_BACK) || linkedId.startsWith(DIALLED);
  const placed = back || arrival?.type === "outbound" || isPlaced(linkedId);
  const internal = lineKey === "internal" || start?.context === "from-agent";
  const main = mainChannel(ordered, legs, linkedId);
  const endedAt = callEnd(ordered, legs.get(main) ?? own);
  const talk = foldTalk(ordered, main, legs, endedAt);
  const wrapUps = foldWrapUps(ordered);
  const shares = shareTalk(ordered, main, endedAt);
  const parts = foldParts(ordered, main, (channel) => legs.get(channel)?.agentId, endedAt);
  const attempt =
    linkedId.startsWith(DIALLED) && endedAt !== undefined
      ? foldAttempt(linkedId, ordered, { connectedAt: talk.connectedAt, endedAt })
      : undefined;
  const previewed =
    linkedId.startsWith(PREVIEWED) && endedAt !== undefined
      ? foldPreviewed(linkedId, ordered, { connectedAt: talk.connectedAt, endedAt })
      : undefined;
  const ending =
    endedAt === undefined
      ? undefined
      : attempt
        ? CALL_ENDINGS[attempt.ending]
        : placed
          ? outboundEnding(
              talk.connectedAt !== undefined,
              back ? [own] : [...legs.values()],
              back ? "" : linkedId,
            )
          : endingOf(talk.connectedAt !== undefined, saidEnding(ordered), own.cause);
  const served = talk.connectedAt !== undefined || ending === "self_service";
  return {
    type: placed
      ? "outbound"
      : internal
        ? "internal"
        : endedAt !== undefined && !served
          ? "missed"
          : "inbound",
    fromNumber: text(arrival?.from) ?? text(start?.callerNumber),
    toNumber: text(arrival?.to) ?? text(start?.exten),
    lineId: text(arrival?.lineId) ?? (lineKey ? names.lineByKey(lineKey) : undefined),
    queueId: lastQueue(ordered, names),
    contactId: text(arrival?.contactId),
    ownerId: text(arrival?.ownerId),
    agentId: placed && !back && main === linkedId ? text(arrival?.agent) : talk.agentId,
    firstOfferedId: firstOffered(ordered, legs),
    arrivedAt: own.startedAt,
    connectedAt: talk.connectedAt,
    endedAt,
    waitMs: until(own.startedAt, talk.connectedAt ?? endedAt),
    talkMs: talk.connectedAt === undefined ? undefined : talk.talkMs,
    ending,
    culprit: attempt
      ? ATTEMPT_CULPRITS[attempt.ending]
      : (ending && (placed ? OUTBOUND_CULPRITS[ending] : undefined)) || (ending && CULPRITS[ending]),
    cause: own.cause,
    fallback: channelFacts(ordered).some((fact) => fact.userEvent === "FALLBACK"),
    forwardedTo: [...legs.values()].findLast((leg) => leg.toNumber && shares.has(leg.channel))?.toNumber,
    legs: [...legs.values()].map((leg) => ({ ...leg, talkMs: shares.get(leg.channel) })),
    connections: foldConnections(ordered, linkedId, legs.values(), endedAt),
    wrapUps,
    transfers: countTransfers(ordered),
    wrapUpMs: wrapUpTime(wrapUps),
    parts,
    holdMs: talk.connectedAt === undefined ? undefined : holdMs(parts, endedAt),
    ...((attempt ?? previewed) && { attempt: attempt ?? previewed }),
  };
}

/** Whether an agent placed it from the workplace: the agent's phone was called first. */
function isPlaced(linkedId: string): boolean {
  return linkedId.startsWith(PLACED) || linkedId.startsWith(PREVIEWED);
}

/** A call's facts as they happened. */
export function inOrder(facts: readonly Fact[]): readonly Fact[] {
  return withJoined([...facts].sort((a, b) => a.at - b.at || byOrigin(a.origin, b.origin)));
}

/** Lines of the same millisecond: in their file's order. */
function byOrigin(a: string, b: string): number {
  const [fileA, offsetA] = splitOrigin(a);
  const [fileB, offsetB] = splitOrigin(b);
  if (fileA !== fileB) return fileA < fileB ? -1 : 1;
  return offsetA - offsetB;
}

function splitOrigin(origin: string): [string, number] {
  const colon = origin.lastIndexOf(":");
  return [origin.slice(0, colon), Number(origin.slice(colon + 1))];
}

/**
 * Asterisk's word for the phone behind a channel: `PJSIP/a101-x7-0000002a` → `a101-x7`, and for the leg of an agent with
 * an open line `Local/a101-x7@open-line-0000002a;1` → `a101-x7`.
 */
export function phoneOfChannel(name: string): string | undefined {
  const found = /^(?:PJSIP\/(.+)-[0-9a-f]{8,}|Local\/(.+)@open-line-[0-9a-f]{8,};1)$/.exec(name);
  return found?.[1] ?? found?.[2];
}

function foldLegs(ordered: readonly Fact[], names: Names): Map<string, Leg> {
  const legs = new Map<string, Leg>();
  let outside: string | undefined;
  for (const fact of ordered) {
    if (fact.source !== "cel") continue;
    const { uniqueId, channel, extra, userEvent } = asChannel(fact);
    const leg = legs.get(uniqueId);
    if (fact.kind === "USER_DEFINED" && userEvent === "EXTERNAL") outside = text(extra?.extra);
    // A channel that a phone's own transfer brought here began in another call.
    if (fact.kind === "CHAN_START" || (!leg && fact.kind === "BRIDGE_ENTER")) {
      const phone = phoneOfChannel(channel);
      const agentId = phone === undefined ? undefined : names.agentByPhone(phone);
      // The dialplan says whom it is about to call outside; the next channel that is nobody's phone is that leg.
      const toNumber = agentId === undefined && legs.size > 0 ? outside : undefined;
      if (toNumber !== undefined) outside = undefined;
      legs.set(uniqueId, {
        channel: uniqueId,
        name: channel,
        agentId,
        startedAt: fact.at,
        answeredAt: fact.kind === "CHAN_START" ? undefined : fact.at,
        endedAt: undefined,
        cause: undefined,
        talkMs: undefined,
        toNumber,
      });
    } else if (leg && fact.kind === "ANSWER")
      legs.set(uniqueId, { ...leg, answeredAt: leg.answeredAt ?? fact.at });
    else if (leg && fact.kind === "HANGUP")
      legs.set(uniqueId, { ...leg, endedAt: leg.endedAt ?? fact.at, cause: number(extra?.hangupcause) });
  }
  return legs;
}

/** Talk: whenever the customer and an agent are in one bridge. */
function foldTalk(
  ordered: readonly Fact[],
  linkedId: string,
  legs: ReadonlyMap<string, Leg>,
  endedAt: Millis | undefined,
): { connectedAt: Millis | undefined; talkMs: number; agentId: AgentId | undefined } {
  const inBridge = new Map<string, string>();
  let connectedAt: Millis | undefined;
  let since: Millis | undefined;
  let talkMs = 0;
  let agentId: AgentId | undefined;
  for (const fact of ordered) {
    if (
      fact.source !== "cel" ||
      !(fact.kind === "BRIDGE_ENTER" || fact.kind === "BRIDGE_EXIT" || fact.kind === "HANGUP")
    )
      continue;
    const { uniqueId, extra } = asChannel(fact);
    if (fact.kind === "BRIDGE_ENTER") inBridge.set(uniqueId, String(extra?.bridge_id));
    else inBridge.delete(uniqueId);
    const partner = partnerOf(inBridge, linkedId, legs);
    if (partner) {
      agentId = partner.agentId ?? agentId;
      connectedAt ??= fact.at;
      since ??= fact.at;
    } else if (since !== undefined) {
      talkMs += fact.at - since;
      since = undefined;
    }
  }
  if (since !== undefined && endedAt !== undefined) talkMs += Math.max(0, endedAt - since);
  return { connectedAt, talkMs: Math.round(talkMs), agentId };
}

function partnerOf(
  inBridge: ReadonlyMap<string, string>,
  linkedId: string,
  legs: ReadonlyMap<string, Leg>,
): Leg | undefined {
  const bridge = inBridge.get(linkedId);
  if (bridge === undefined) return undefined;
  for (const [channel, theirs] of inBridge)
    if (channel !== linkedId && theirs === bridge) return legs.get(channel);
  return undefined;
}

/**
 * Whose talk the call's is: the caller's; of a call that an agent placed and then regrouped, the side that stays when
 * the agent has handed it over (core/conversation/sides.ts).
 */
function mainChannel(ordered: readonly Fact[], legs: ReadonlyMap<string, Leg>, linkedId: string): string {
  const changed = ordered.findLast((fact) => fact.source === "engine" && fact.kind === "SidesChanged");
  const channel = text(changed?.data.channel);
  return channel !== undefined && legs.has(channel) ? channel : linkedId;
}

/** The call is over when its last channel is: LINKEDID_END says so, or reconciliation (CallLost). */
function callEnd(ordered: readonly Fact[], own: Leg): Millis | undefined {
  const over =
    ordered.find((fact) => fact.kind === "LINKEDID_END") ?? ordered.find((fact) => fact.kind === "CallLost");
  return over && (own.endedAt ?? over.at);
}

function saidEnding(ordered: readonly Fact[]): string | undefined {
  const ended = ordered.some((fact) => fact.kind === "LINKEDID_END");
  if (!ended && ordered.some((fact) => fact.kind === "CallLost")) return "lost";
  const said = channelFacts(ordered)
    .filter((fact) => fact.userEvent === "ENDING")
    .at(-1)?.extra?.extra;
  return text(said);
}

function lastQueue(ordered: readonly Fact[], names: Names): string | undefined {
  let queue: string | undefined;
  for (const fact of ordered) {
    if (fact.source === "engine") queue = text(fact.data.queue) ?? queue;
    if (fact.source === "queue" && fact.kind === "ENTERQUEUE")
      queue = names.queueByKey(String(fact.data.queue)) ?? queue;
  }
  return queue;
}

/** Who was asked first (MISS-02): the engine's first offer, else the first agent whose channel was made. */
function firstOffered(ordered: readonly Fact[], legs: ReadonlyMap<string, Leg>): AgentId | undefined {
  const decided = ordered.find((fact) => fact.source === "engine" && fact.kind === "AgentOffered")?.data
    .agent;
  return text(decided) ?? [...legs.values()].find((leg, place) => place > 0 && leg.agentId)?.agentId;
}

function channelFacts(ordered: readonly Fact[], kind?: string): ChannelFact[] {
  return ordered
    .filter((fact) => fact.source === "cel" && (kind === undefined || fact.kind === kind))
    .map(asChannel);
}

function asChannel(fact: Fact): ChannelFact {
  return fact.data as unknown as ChannelFact;
}

function until(from: Millis, to: Millis | undefined): number | undefined {
  return to === undefined ? undefined : Math.max(0, Math.round(to - from));
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
