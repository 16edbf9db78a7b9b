/** What is said of this moment and of the last few minutes. */
import type { Figure } from "./figure.ts";

export const LIVE = {
  waiting: {
    name: "Waiting now",
    unit: "callers",
    definition: "Callers who are waiting in the queue at this moment (ROUTE-12).",
  },
  longestWaitMs: {
    name: "Longest wait now",
    unit: "ms",
    definition:
      "How long the caller who has been in the queue longest has been there; null when nobody waits.",
  },
  agents: {
    name: "Agents by status",
    unit: "agents",
    definition: "Agents who serve the queue, by the status that colleagues see (AGENT-01).",
  },
  last15Minutes: {
    name: "Last 15 minutes",
    unit: "calls",
    definition: "The figures of calls that arrived within the 15 minutes before this moment.",
  },
  last30Minutes: {
    name: "Last half hour",
    unit: "calls",
    definition: "The figures of calls that arrived within the 30 minutes before this moment.",
  },
  today: {
    name: "Today",
    unit: "calls",
    definition:
      "The figures of calls that arrived since midnight in the zone that is asked for, else that of the working hours of the queue's first line that has some, else UTC.",
  },
} as const satisfies Readonly<Record<string, Figure>>;
