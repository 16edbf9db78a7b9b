/**
 * A call that goes on, out of its record: where it is, who is in it, and what of its past routing still has to know.
 * The engine rebuilds its floor from this after a restart.
 */
import { type Regroup, type Target, targetAgent } from "../conversation/regroup.ts";
import type { SupervisionMode } from "../conversation/supervise.ts";
import { LOST } from "../events.ts";
import type { AgentId, Call, LineId, Millis } from "../floor.ts";
import type { RecoveredCall, RecoveredPart } from "../recovered.ts";
import type { ChannelFact, Fact } from "./facts.ts";

/** An agent's channel that is still there. */
export interface OpenLeg {
  readonly channel: string;
  readonly agentId: AgentId;
  readonly startedAt: Millis;
  readonly answered: boolean;
}

/** What the record's row says of the call. */
export interface OpenRow {
  readonly kind: Call["kind"];
  /** The channel whose talk the call's is. */
  readonly main: string;
  readonly arrivedAt: Millis;
  /** The agent who talked last, or who placed the call. */
  readonly agentId: AgentId | undefined;
}

export type OpenCall = Pick<
  RecoveredCall,
  | "phase"
  | "phaseSince"
  | "agentId"
  | "agentChannel"
  | "regroup"
  | "tried"
  | "urgent"
  | "cutOff"
  | "calledBack"
  | "parts"
>;

/** Where the call is, as far as it has been told: the last of talks, waits and decisions. */
interface Standing {
  phase: Call["phase"];
  since: Millis;
  agentId?: AgentId | undefined;
  /** The talk is one with a number outside. */
  outside?: boolean | undefined;
}

/** @param facts in the record's order (`inOrder`) */
export function foldOpenCall(row: OpenRow, facts: readonly Fact[], legs: readonly OpenLeg[]): OpenCall {
  const regroup = regroupOf(facts);
  const { last, talkedAt, inBridge } = follow(row, facts);
  const bridge = inBridge.get(row.main);
  const partner = legs.find(
    ({ channel }) => channel !== row.main && bridge !== undefined && inBridge.get(channel) === bridge,
  );
  const known = last.outside && row.kind !== "outbound" ? last.agentId : row.agentId;
  const theirs = regroup && regroup.kind !== "transferring" ? regroup.by : undefined;
  const talking = isTogether(inBridge, row.main) || theirs !== undefined || last.phase === "talking";
  const standing: Standing = talking
    ? {
        phase: "talking",
        since: talkedAt ?? last.since,
        agentId: theirs ?? partner?.agentId ?? known,
      }
    : last;
  const placing = row.kind === "outbound" && talkedAt === undefined ? row.agentId : undefined;
  const agentId = standing.agentId ?? placing;
  const round = sinceLine(facts);
  return {
    phase: standing.phase,
    phaseSince: standing.since,
    agentId,
    agentChannel: legs.find((leg) => leg.agentId === agentId)?.channel,
    regroup,
    tried: triedIn(round.facts),
    urgent: round.facts.some(({ kind }) => kind === "PhoneLost") || undefined,
    cutOff: round.facts.some(isCutOff) || undefined,
    calledBack:
      round.facts.some(({ kind, data }) => kind === "CallArrived" && data.calledBack === true) || undefined,
    parts: legs
      .filter((leg) => leg.agentId !== agentId)
      .flatMap((leg) => partOf(leg, facts, regroup, standing.phase, inBridge) ?? []),
  };
}

/** Goes through the call's life: the last step it took, when its last talk began, and who is in which bridge now. */
function follow({ main, arrivedAt }: OpenRow, facts: readonly Fact[]) {
  const inBridge = new Map<string, string>();
  let last: Standing = { phase: "deciding", since: arrivedAt };
  let talkedAt: Millis | undefined;
  let together = false;
  for (const fact of facts) {
    if (fact.source === "cel") {
      follows(inBridge, fact);
      const before = together;
      together = isTogether(inBridge, main);
      if (!together || before) continue;
      talkedAt = fact.at;
      const outside = last.phase === "external";
      last = { phase: "talking", since: fact.at, outside, ...(outside && { agentId: last.agentId }) };
    } else last = stepOf(fact, last) ?? last;
  }
  return { last, talkedAt, inBridge };
}

function isTogether(inBridge: ReadonlyMap<string, string>, main: string): boolean {
  const bridge = inBridge.get(main);
  if (bridge === undefined) return false;
  return [...inBridge].some(([channel, theirs]) => channel !== main && theirs === bridge);
}

function follows(inBridge: Map<string, string>, { kind, data }: Fact): void {
  const { uniqueId, extra } = data as unknown as ChannelFact;
  if (kind === "BRIDGE_ENTER") inBridge.set(uniqueId, String(extra?.bridge_id));
  if (kind === "BRIDGE_EXIT" || kind === "HANGUP") inBridge.delete(uniqueId);
}

/** Where this fact took the call; undefined: nowhere. The phases are those of `evolve`. */
function stepOf({ source, kind, at, data }: Fact, before: Standing): Standing | undefined {
  if (source === "queue")
    return kind === "ENTERQUEUE" && before.phase !== "queued" ? { phase: "queued", since: at } : undefined;
  const agentId = typeof data.agent === "string" ? data.agent : undefined;
  if (kind === "CallTransferred") return handedOver(targetOf(data), at);
  if (kind === "CallQueued")
    return { phase: "queued", since: typeof data.since === "number" ? data.since : at };
  if (kind === "CallbackKept" && !data.step) return undefined;
  const phase = PHASES[kind];
  if (!phase) return undefined;
  return { phase, since: at, ...((phase === "offered" || phase === "external") && { agentId }) };
}

const PHASES: Readonly<Record<string, Call["phase"]>> = {
  AgentOffered: "offered",
  MenuPlayed: "menu",
  CallWelcomed: "welcome",
  OwnerAwaited: "awaiting-owner",
  ExternalDialled: "external",
  CallRefused: "ending",
  CallbackKept: "ending",
  OfferEnded: "deciding",
  MenuChose: "deciding",
  CallerWelcomed: "deciding",
  OwnerMissed: "deciding",
  ExternalEnded: "deciding",
  CallReturned: "deciding",
};

function handedOver(target: Target | undefined, since: Millis): Standing {
  if (target?.kind === "agent") return { phase: "offered", since, agentId: target.id };
  return { phase: target?.kind === "number" ? "external" : "deciding", since };
}

/** Every decision about who is with whom says what it is from then on. */
function regroupOf(facts: readonly Fact[]): Regroup | undefined {
  const last = facts.findLast(
    ({ source, kind, data }) => source === "engine" && ("regroup" in data || kind === "CallReturned"),
  );
  const regroup = (last?.data.regroup as Regroup | null | undefined) ?? undefined;
  // A line's call is a new arrival.
  return regroup?.kind === "transferring" && regroup.target.kind === "line" ? undefined : regroup;
}

/**
 * What has happened since the call was handed to a line, where it began anew (XFER-07), and which; since its beginning
 * when it was not.
 */
export function sinceLine(facts: readonly Fact[]): { line: LineId | undefined; facts: readonly Fact[] } {
  const place = facts.findLastIndex(
    ({ kind, data }) => kind === "CallTransferred" && targetOf(data)?.kind === "line",
  );
  const target = targetOf(facts[place]?.data);
  return { line: target?.kind === "line" ? target.id : undefined, facts: facts.slice(place + 1) };
}

function targetOf(data: Fact["data"] | undefined): Target | undefined {
  return (data?.regroup as { target?: Target } | null | undefined)?.target;
}

/** Whose phone has rung in vain in this round. */
function triedIn(facts: readonly Fact[]): AgentId[] {
  let tried: AgentId[] = [];
  for (const fact of facts) {
    if (fact.kind === "CallReturned") tried = [];
    if (fact.kind === "OfferEnded") tried = [...(isCutOff(fact) ? [] : tried), String(fact.data.agent)];
  }
  return tried;
}

function isCutOff({ kind, data }: Fact): boolean {
  return kind === "OfferEnded" && data.result === LOST;
}

/** What an agent who is not the call's own does in it; undefined: leaves it. */
function partOf(
  { agentId, channel, startedAt, answered }: OpenLeg,
  facts: readonly Fact[],
  regroup: Regroup | undefined,
  phase: Call["phase"],
  inBridge: ReadonlyMap<string, string>,
): RecoveredPart | undefined {
  const common = { agent: agentId, channel, since: startedAt };
  const mode = supervising(facts, channel);
  if (mode) return { ...common, phase: "talking", as: "supervisor", mode };
  if (regroup?.kind !== "transferring" && targetAgent(regroup) === agentId) {
    const waits = regroup?.kind === "consulting" && !regroup.answered;
    return { ...common, phase: waits ? "offered" : "talking", as: "consultant" };
  }
  if (inBridge.has(channel)) return { ...common, phase: "talking" };
  return phase === "queued" && !answered ? { ...common, phase: "offered" } : undefined;
}

/** What the supervisor on this channel does; undefined: it is none's, or no more. */
function supervising(facts: readonly Fact[], channel: string): SupervisionMode | undefined {
  let mode: SupervisionMode | undefined;
  let agent: unknown;
  for (const { kind, data } of facts) {
    if (kind === "SupervisionStarted" && data.channel === channel) {
      agent = data.agent;
      mode = data.mode as SupervisionMode;
    }
    if (data.agent !== agent || mode === undefined) continue;
    if (kind === "SupervisionChanged") mode = data.mode as SupervisionMode;
    if (kind === "SupervisionEnded") mode = undefined;
  }
  return mode;
}
