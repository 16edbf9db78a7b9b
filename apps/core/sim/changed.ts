/**
 * What a change changes, setting by setting, for the one who reads the answer.
 */
import type { QueueId } from "../floor.ts";
import type { Change } from "./change.ts";
import type { Rows } from "./rows.ts";

export interface ChangedSetting {
  readonly setting: string;
  /** null: nothing; of several lines one value each. */
  readonly before: unknown;
  readonly after: unknown;
}

const OF_THE_QUEUE = ["strategy", "answerSeconds", "maxWaitSeconds"] as const;
const OF_ITS_LINES = ["hours", "ownerFirst"] as const;

/** Only what differs. @param after the rows with the change applied */
export function changedSettings(
  before: Rows,
  after: Rows,
  queueId: QueueId,
  change: Change,
): ChangedSetting[] {
  const [old, queue] = [before, after].map((rows) => rows.queues.find(({ id }) => id === queueId));
  if (!old || !queue) return [];
  const found = OF_THE_QUEUE.map((setting) => ({ setting, before: old[setting], after: queue[setting] }));
  const lines = [before, after].map((rows) => rows.lines.filter((line) => line.queueId === queueId));
  const ofLines = OF_ITS_LINES.map((setting) => {
    const [then = [], now = []] = lines.map((list) => list.map((line) => line[setting] ?? null));
    return { setting, before: then.length === 1 ? then[0] : then, after: change[setting] ?? now[0] ?? null };
  });
  return [{ setting: "agents", before: old.agents, after: queue.agents }, ...found, ...ofLines].filter(
    (each) => change[each.setting as keyof Change] !== undefined && !isSame(each.before, each.after),
  );
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
