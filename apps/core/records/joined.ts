/**
 * A phone's own transfer after a consultation (REFER with Replaces), as the record has it: the customer enters the
 * bridge of the colleague, who entered it in another call. So the colleague's entering is told here once more.
 */
import type { Fact } from "./facts.ts";

interface Bridged {
  readonly uniqueId: string;
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** The facts with a BRIDGE_ENTER for whom a phone brought together with the customer. @param ordered by time */
export function withJoined(ordered: readonly Fact[]): readonly Fact[] {
  if (!ordered.some(({ kind }) => kind === "ATTENDEDTRANSFER")) return ordered;
  const inBridge = new Set<string>();
  return ordered.flatMap((fact) => {
    if (fact.source !== "cel") return [fact];
    const { uniqueId, extra } = fact.data as unknown as Bridged;
    if (fact.kind === "BRIDGE_ENTER") inBridge.add(uniqueId);
    if (fact.kind === "BRIDGE_EXIT" || fact.kind === "HANGUP") inBridge.delete(uniqueId);
    const target = String(extra?.transfer_target_channel_uniqueid);
    // Asterisk may also have moved the colleague to the customer's bridge, and has said so already then.
    if (fact.kind !== "ATTENDEDTRANSFER" || inBridge.has(target)) return [fact];
    const channel = String(extra?.transfer_target_channel_name);
    if (!channel.startsWith("PJSIP/")) return [fact];
    inBridge.add(target);
    const data = { uniqueId: target, channel, extra: { bridge_id: extra?.bridge2_id } };
    return [fact, { ...fact, kind: "BRIDGE_ENTER", data }];
  });
}
