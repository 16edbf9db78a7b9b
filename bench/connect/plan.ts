/** What the three ways have in common. */

/** So many agents take calls at once: few enough that two cores are not what is measured. */
export const AGENTS = 8;
/** Calls by each way that count, in rounds that take turns: neighbours on a machine are noise that comes and goes. */
export const CALLS = Number(process.env.BENCH_CALLS ?? 320);
export const ROUNDS = 2;
/** Calls by each way before any counts: a process that has just started is still being compiled. */
export const WARM_UP = 24;

/** A customer rings so long, and talks so long from the answer on. */
export const RING_MS = 200;
export const TALK_MS = 1200;
/** What every customer says, in hertz. The beep of an open line is 880. */
export const CUSTOMER_HERTZ = 620;

export const WAYS = ["plain", "rung", "open"] as const;
/**
 * How an agent gets the customer who has answered:
 *   plain   the dialplan dials the phone: no decision, nothing of ours
 *   rung    a campaign rings the phone, which answers by itself
 *   open    a campaign brings them to the agent's open line
 */
export type Way = (typeof WAYS)[number];

/** One call that was answered. Milliseconds since 1970. */
export interface Answered {
  readonly number: string;
  readonly agent: number;
  readonly at: number;
  /** When the agent heard the customer; undefined: never. */
  readonly heardAt: number | undefined;
}
