/**
 * The parts that a conversation consists of: who was with whom, from when to when (WRAP-06, SOFT-13, XFER-12).
 *
 * Read from bridges, so it does not matter who moved the channels: the API, a phone's own transfer key, or the dialplan
 * alone.
 */
import type { AgentId, Millis } from "../floor.ts";
import type { ChannelFact, Fact } from "./facts.ts";

export type PartKind = "talk" | "conference" | "consult" | "hold";

export interface Part {
  /**
   * talk: with the customer alone; conference: with the customer and others; consult: with a colleague, without the
   * customer; hold: the customer alone, put there by an agent.
   */
  readonly kind: PartKind;
  readonly channel: string;
  /** Undefined for the customer's hold and for somebody outside. */
  readonly agentId: AgentId | undefined;
  readonly from: Millis;
  /** Undefined while it goes on. */
  readonly to: Millis | undefined;
}

/** Decisions after which a customer waits for somebody new, and not for the agent who held them. */
const UNHELD: ReadonlySet<string> = new Set(["CallReturned", "CallTransferred", "CallParted"]);

/**
 * The parts in the order of their beginnings.
 * @param ordered the call's facts in the order in which they happened
 * @param linkedId the call's first channel: the customer's
 * @param agentOf whose phone a channel is
 * @param endedAt closes what the record left open
 */
export function foldParts(
  ordered: readonly Fact[],
  linkedId: string,
  agentOf: (channel: string) => AgentId | undefined,
  endedAt: Millis | undefined,
): Part[] {
  const inBridge = new Map<string, string>();
  const open = new Map<string, { kind: PartKind; from: Millis }>();
  const parts: Part[] = [];
  const set = (channel: string, kind: PartKind | undefined, at: Millis): void => {
    const before = open.get(channel);
    if (before?.kind === kind) return;
    if (before) parts.push({ ...before, channel, agentId: agentOf(channel), to: at });
    if (kind) open.set(channel, { kind, from: at });
    else open.delete(channel);
  };
  for (const fact of ordered) {
    if (fact.source === "engine") {
      if (UNHELD.has(fact.kind)) set(linkedId, undefined, fact.at);
      continue;
    }
    if (fact.source !== "cel") continue;
    const { uniqueId, extra, userEvent } = fact.data as unknown as ChannelFact;
    if (fact.kind === "USER_DEFINED" && userEvent === "HELD" && uniqueId === linkedId) {
      set(linkedId, "hold", fact.at);
      continue;
    }
    if (fact.kind === "BRIDGE_ENTER") inBridge.set(uniqueId, String(extra?.bridge_id));
    else if (fact.kind === "BRIDGE_EXIT" || fact.kind === "HANGUP") inBridge.delete(uniqueId);
    else continue;
    if (inBridge.has(linkedId) || (uniqueId === linkedId && fact.kind === "HANGUP"))
      set(linkedId, undefined, fact.at);
    for (const channel of new Set([...inBridge.keys(), ...open.keys()]))
      if (channel !== linkedId) set(channel, kindOf(inBridge, linkedId, channel), fact.at);
  }
  for (const [channel, { kind, from }] of open)
    parts.push({ kind, from, channel, agentId: agentOf(channel), to: endedAt });
  return parts.sort((a, b) => a.from - b.from || (a.channel < b.channel ? -1 : 1));
}

/** What a channel other than the customer's does in its bridge. */
function kindOf(
  inBridge: ReadonlyMap<string, string>,
  linkedId: string,
  channel: string,
): PartKind | undefined {
  const bridge = inBridge.get(channel);
  if (bridge === undefined) return undefined;
  let size = 0;
  for (const other of inBridge.values()) if (other === bridge) size++;
  if (size < 2) return undefined;
  if (inBridge.get(linkedId) !== bridge) return "consult";
  return size > 2 ? "conference" : "talk";
}

/** Milliseconds that the customer was on hold. */
export function holdMs(parts: readonly Part[], now: Millis | undefined): number {
  const held = parts.filter((part) => part.kind === "hold");
  return Math.round(
    held.reduce((sum, part) => sum + Math.max(0, (part.to ?? now ?? part.from) - part.from), 0),
  );
}
