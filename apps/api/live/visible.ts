/** What one subscriber may see of the stream: supervisors everything, an agent what concerns them. */
import type { LiveRow } from "../../store/reads/live.ts";

export type StreamTopic = LiveRow["topic"];

/** Decides row by row, in order: it remembers which calls have become this agent's. */
export type Visibility = (row: LiveRow) => boolean;

const CALLS_REMEMBERED = 200;

/**
 * @param topics what was asked for.
 * @param agentId narrows to this agent's own state, the calls that concerned them, and the queues' counts.
 */
export function visibility(topics: ReadonlySet<StreamTopic>, agentId: string | undefined): Visibility {
  if (agentId === undefined) return (row) => topics.has(row.topic);
  const mine = new Set<string>();
  return ({ topic, kind, data }) => {
    if (topic === "queues") return topics.has(topic);
    if (topic === "agents" && kind === "notice.created") return data.agentId === agentId && topics.has(topic);
    if (topic === "agents") {
      const own = data.id === agentId;
      if (own && typeof data.callId === "string") remember(mine, data.callId);
      return own && topics.has(topic);
    }
    if (topic !== "calls" || typeof data.id !== "string") return false;
    if (data.agentId === agentId || data.colleagueId === agentId) remember(mine, data.id);
    return mine.has(data.id) && topics.has(topic);
  };
}

function remember(calls: Set<string>, call: string): void {
  calls.delete(call);
  calls.add(call);
  if (calls.size <= CALLS_REMEMBERED) return;
  for (const oldest of calls) {
    calls.delete(oldest);
    return;
  }
}
