/**
 * "What if …": the settings and the day as they would have been with a change.
 */
import type { Agent, AgentId, Line, Queue, QueueId, Strategy } from "../floor.ts";
import type { RecordedDay, StateAt } from "../records/day.ts";
import type { Hours } from "../routing/hours.ts";
import { onDuty } from "./figures.ts";
import type { Rows } from "./rows.ts";

/** What is left out stays as it is. `hours`, `ownerFirst`: of every line that leads to the queue. */
export interface Change {
  readonly agents?: AgentChange | undefined;
  readonly strategy?: Strategy | undefined;
  readonly answerSeconds?: number | undefined;
  readonly maxWaitSeconds?: number | undefined;
  /** null: always open. */
  readonly hours?: Hours | null | undefined;
  readonly ownerFirst?: boolean | undefined;
}

/** Everybody; exactly these, in the order of offers; or some more and without some. */
export type AgentChange =
  | "all"
  | readonly AgentId[]
  | { readonly add?: number | undefined; readonly remove?: readonly AgentId[] | undefined };

export interface Changed {
  readonly rows: Rows;
  readonly day: RecordedDay;
}

/** Applies a change to one queue. Ids that are not there change nothing. */
export function applyChange(rows: Rows, day: RecordedDay, queueId: QueueId, change: Change): Changed {
  const before = rows.queues.find(({ id }) => id === queueId);
  if (!before) return { rows, day };
  const { strategy, answerSeconds, maxWaitSeconds, hours, ownerFirst } = change;
  const added = addedAgents(rows, day, before, change.agents);
  const queue: Queue = {
    ...before,
    ...(strategy !== undefined && { strategy }),
    ...(answerSeconds !== undefined && { answerSeconds }),
    ...(maxWaitSeconds !== undefined && { maxWaitSeconds }),
    agents: [...membersAfter(rows, before, change.agents), ...added.agents.map(({ id }) => id)],
  };
  const lines = rows.lines.map(
    (line): Line =>
      line.queueId === queueId
        ? {
            ...line,
            ...(hours !== undefined && { hours: hours ?? undefined }),
            ...(ownerFirst !== undefined && { ownerFirst }),
          }
        : line,
  );
  return {
    rows: {
      ...rows,
      agents: [...rows.agents, ...added.agents],
      queues: rows.queues.map((each) => (each.id === queueId ? queue : each)),
      lines,
    },
    day: { ...day, states: [...day.states, ...added.states].sort((a, b) => a.at - b.at) },
  };
}

function membersAfter(rows: Rows, queue: Queue, change: AgentChange | undefined): readonly AgentId[] {
  if (change === undefined) return queue.agents;
  if (change === "all") return rows.agents.map(({ id }) => id);
  if (isList(change)) return change;
  const { remove = [] } = change;
  return queue.agents.filter((id) => !remove.includes(id));
}

/** New agents work the shifts of those who were in the inbound state longest; with nobody there, all day. */
function addedAgents(
  rows: Rows,
  day: RecordedDay,
  queue: Queue,
  change: AgentChange | undefined,
): { agents: Agent[]; states: StateAt[] } {
  const agents: Agent[] = [];
  const states: StateAt[] = [];
  if (change === undefined || change === "all" || isList(change)) return { agents, states };
  const models = queue.agents
    .filter((id) => !change.remove?.includes(id))
    .map((id) => ({ id, ms: onDuty(day, id) }))
    .filter(({ ms }) => ms > 0)
    .sort((a, b) => b.ms - a.ms);
  for (let n = 0; n < (change.add ?? 0); n++) {
    const id = newId(rows, n);
    agents.push({
      ...{ id, name: `Added ${n + 1}`, shortNumber: "", phone: id },
      ...{ state: "offline", stateSince: day.from, device: "idle" },
    });
    const model = models[n % models.length]?.id;
    if (model === undefined) states.push({ agentId: id, state: "inbound", at: day.from - 1 });
    else for (const each of day.states) if (each.agentId === model) states.push({ ...each, agentId: id });
  }
  return { agents, states };
}

function newId(rows: Rows, n: number): string {
  const id = `added-${n + 1}`;
  return rows.agents.some((agent) => agent.id === id || agent.phone === id) ? newId(rows, n + 1000) : id;
}

function isList(change: AgentChange): change is readonly AgentId[] {
  return Array.isArray(change);
}
