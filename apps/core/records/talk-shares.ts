/**
 * A call's talk, shared out among its channels: who was in one bridge with the customer, for how long.
 *
 * The record's own talk is the customer's; with a transfer it is several agents' work, and each agent's figures
 * count the part that was theirs.
 */
import type { Millis } from "../floor.ts";
import type { ChannelFact, Fact } from "./facts.ts";

const MOVING: ReadonlySet<string> = new Set(["BRIDGE_ENTER", "BRIDGE_EXIT", "HANGUP"]);

/**
 * Milliseconds by channel; a channel that never met the customer is not in the map. The first channel's own time
 * is that with anybody.
 * @param ordered the call's facts in the order in which they happened
 * @param linkedId the call's first channel
 * @param endedAt closes what the record left open; undefined while the call goes on
 */
export function shareTalk(
  ordered: readonly Fact[],
  linkedId: string,
  endedAt: Millis | undefined,
): Map<string, number> {
  const inBridge = new Map<string, string>();
  const since = new Map<string, Millis>();
  const shares = new Map<string, number>();
  const close = (channel: string, at: Millis): void => {
    const from = since.get(channel);
    if (from === undefined) return;
    since.delete(channel);
    shares.set(channel, (shares.get(channel) ?? 0) + Math.max(0, Math.round(at - from)));
  };
  for (const fact of ordered) {
    if (fact.source !== "cel" || !MOVING.has(fact.kind)) continue;
    const { uniqueId, extra } = fact.data as unknown as ChannelFact;
    if (fact.kind === "BRIDGE_ENTER") inBridge.set(uniqueId, String(extra?.bridge_id));
    else inBridge.delete(uniqueId);
    const together = withFirst(inBridge, linkedId);
    for (const channel of [...since.keys()]) if (!together.has(channel)) close(channel, fact.at);
    for (const channel of together) {
      if (!since.has(channel)) since.set(channel, fact.at);
      if (!shares.has(channel)) shares.set(channel, 0);
    }
  }
  if (endedAt !== undefined) for (const channel of [...since.keys()]) close(channel, endedAt);
  return shares;
}

/** Everybody in the first channel's bridge, itself included; nobody while it is alone there. */
function withFirst(inBridge: ReadonlyMap<string, string>, linkedId: string): Set<string> {
  const bridge = inBridge.get(linkedId);
  if (bridge === undefined) return new Set();
  const together = [...inBridge].filter(([, theirs]) => theirs === bridge).map(([channel]) => channel);
  return new Set(together.length > 1 ? together : []);
}
