/**
 * How long each agent had to do with a call after its talk (WRAP-07), from the engine's own decisions.
 */
import type { AgentId, Millis } from "../floor.ts";
import type { Fact } from "./facts.ts";

export interface WrapUpRecord {
  readonly agentId: AgentId;
  readonly startedAt: Millis;
  readonly until: Millis | undefined;
  /** Undefined while it is open. */
  readonly endedAt: Millis | undefined;
  readonly endedBy: "completed" | "limit" | undefined;
}

/** One per talk that a wrap-up followed. A restart writes the beginning down again, with the same time. */
export function foldWrapUps(ordered: readonly Fact[]): WrapUpRecord[] {
  const open = new Map<AgentId, WrapUpRecord>();
  const ended: WrapUpRecord[] = [];
  for (const { source, kind, at, data } of ordered) {
    if (source !== "engine" || (kind !== "WrapUpStarted" && kind !== "WrapUpEnded")) continue;
    const agentId = String(data.agent);
    const before = open.get(agentId);
    if (kind === "WrapUpStarted") {
      if (ended.some((other) => other.agentId === agentId && other.startedAt === at)) continue;
      const until = typeof data.until === "number" ? data.until : undefined;
      open.set(agentId, { agentId, startedAt: at, until, endedAt: undefined, endedBy: undefined });
    } else if (before) {
      open.delete(agentId);
      ended.push({ ...before, endedAt: at, endedBy: data.how === "limit" ? "limit" : "completed" });
    }
  }
  return [...ended, ...open.values()];
}
