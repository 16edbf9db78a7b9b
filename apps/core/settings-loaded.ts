/**
 * Rows changed: the floor takes them all, and keeps what only lives here.
 */
import type { Agent, AgentId, Floor, Line, Queue, Trunk } from "./floor.ts";
import type { NumberPlan } from "./numbers.ts";

/** All rows that steer calls. */
export interface LoadedSettings {
  readonly agents: readonly Agent[];
  readonly queues: readonly Queue[];
  readonly lines: readonly Line[];
  readonly trunks: readonly Trunk[];
  readonly numbers?: NumberPlan | undefined;
}

/** Replaces the rows; agents keep their phones' states and their calls. */
export function replaceSettings(floor: Floor, settings: LoadedSettings): void {
  const before = new Map(floor.agents);
  const serving = membersOfLines(settings);
  floor.agents.clear();
  floor.phones.clear();
  floor.lineKeys.clear();
  for (const agent of settings.agents) {
    const known = before.get(agent.id);
    const live = known && {
      device: known.device,
      call: known.call,
      lastTalkEndedAt: known.lastTalkEndedAt,
      phoneLost: known.phoneLost,
      openLine: known.openLine,
      keptFor: known.keptFor,
    };
    floor.agents.set(agent.id, { ...agent, ...live, servesLines: serving.has(agent.id) });
    floor.phones.set(agent.phone, agent.id);
  }
  floor.queues.clear();
  for (const queue of settings.queues) floor.queues.set(queue.id, queue);
  floor.trunks.clear();
  for (const trunk of settings.trunks) floor.trunks.set(trunk.id, trunk);
  floor.numbers = settings.numbers;
  floor.lines.clear();
  for (const line of settings.lines) {
    floor.lines.set(line.id, line);
    floor.lineKeys.set(line.key, line.id);
  }
}

/** Who is in a queue that a line leads to. */
function membersOfLines({ queues, lines }: LoadedSettings): Set<AgentId> {
  const used = new Set(lines.map((line) => line.queueId));
  return new Set(queues.flatMap((queue) => (used.has(queue.id) ? queue.agents : [])));
}
