/**
 * Names in Asterisk's record → rows, from the floor as it is now.
 */
import type { Floor } from "../core/floor.ts";
import type { Names } from "../core/records/fold.ts";

/** What the fold of a record asks. */
export function namesOf(floor: () => Floor): Names {
  return {
    agentByPhone: (phone) => floor().phones.get(phone),
    lineByKey: (key) => floor().lineKeys.get(key),
    queueByKey: (key) => find(floor().queues, (queue) => queue.key === key),
  };
}

function find<Row extends { id: string }>(
  rows: ReadonlyMap<string, Row>,
  fits: (row: Row) => boolean,
): string | undefined {
  for (const row of rows.values()) if (fits(row)) return row.id;
  return undefined;
}
