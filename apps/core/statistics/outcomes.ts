/**
 * What became of a customer's call, as statistics count it. Every ending has one outcome, so the outcomes add up to
 * the calls, and a new ending does not compile until somebody has said where it counts.
 */
import type { Ending } from "../ending.ts";

/** `called-back`: the caller kept the place and waits no longer; `not-ours`: the number dialled is none of our lines, a voice menu served the caller, or a campaign's call reached nobody; in no figure. */
export type Outcome =
  | "answered"
  | "abandoned"
  | "called-back"
  | "no-answer"
  | "failed"
  | "out-of-hours"
  | "not-ours";

export const OUTCOMES: Readonly<Record<Ending, Outcome>> = {
  answered: "answered",
  abandoned: "abandoned",
  no_answer: "no-answer",
  out_of_hours: "out-of-hours",
  not_in_service: "not-ours",
  self_service: "not-ours",
  unavailable: "failed",
  busy: "failed",
  rejected: "failed",
  unreachable: "failed",
  failed: "failed",
  machine: "not-ours",
  cancelled: "not-ours",
  callback: "called-back",
  lost: "failed",
};

/** Whether a call of somebody's own client counts for the owner: a customer's, on a line of ours, in working hours. */
export function isOwnersChance({ type, ending }: { type: string; ending: Ending | undefined }): boolean {
  if (type !== "inbound" && type !== "missed") return false;
  return ending === undefined || !["out-of-hours", "not-ours"].includes(OUTCOMES[ending]);
}

/** The endings that count as this outcome. */
export function endingsOf(outcome: Outcome): Ending[] {
  return (Object.keys(OUTCOMES) as Ending[]).filter((ending) => OUTCOMES[ending] === outcome);
}

/**
 * Where a caller's patience ended, in seconds: the first bucket is the short abandons, who hung up before anybody
 * could have answered; the last has no upper end.
 */
export const WAIT_BUCKETS = [
  { key: "under5", fromSeconds: 0, toSeconds: 5 },
  { key: "from5to10", fromSeconds: 5, toSeconds: 10 },
  { key: "from10to20", fromSeconds: 10, toSeconds: 20 },
  { key: "from20to30", fromSeconds: 20, toSeconds: 30 },
  { key: "from30to60", fromSeconds: 30, toSeconds: 60 },
  { key: "from60to120", fromSeconds: 60, toSeconds: 120 },
  { key: "from120", fromSeconds: 120, toSeconds: Number.POSITIVE_INFINITY },
] as const;

export type WaitBucket = (typeof WAIT_BUCKETS)[number]["key"];

/** A caller who hangs up before this has not been kept waiting. */
export const SHORT_ABANDON_MS = 5000;
