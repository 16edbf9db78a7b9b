/**
 * A campaign's calendar for somebody who may be in any of several zones: it is open when it is open in all of them.
 */
import type { Millis } from "../floor.ts";
import { isOpen } from "../routing/hours.ts";
import { nextTimes } from "../routing/opening-times.ts";
import type { Calendar } from "./policy.ts";

/** Zones that share no opening would be looked through for ever. */
const MOST_STEPS = 500;

/**
 * When people in these zones may be called next: `at` itself if they may be now; undefined: never, as far as can be
 * seen. @param zones at least one
 */
export function openFrom(calendar: Calendar, zones: readonly string[], at: Millis): Millis | undefined {
  let when = at;
  for (let step = 0; step < MOST_STEPS; step++) {
    const closed = zones.find((zone) => !isOpen({ ...calendar, zone }, when));
    if (closed === undefined) return when;
    const next = nextTimes({ ...calendar, zone: closed }, when).nextOpenAt;
    if (next === undefined) return undefined;
    when = next;
  }
  return undefined;
}
