/**
 * What a campaign's policy says about pacing. All times are in seconds.
 */

/** `predictive` by the estimated risk; `power` so many calls per idle agent; `progressive` one call per idle agent. */
export type PacingMode = "predictive" | "power" | "progressive";

export interface PacingOptions {
  readonly mode?: PacingMode | undefined;
  /** Calls per idle agent, for `power`. */
  readonly ratio?: number | undefined;
  /** The share of live answers that may be abandoned in a window, such as 0.03. */
  readonly limit?: number | undefined;
  /** The share that is aimed at; below the limit. */
  readonly target?: number | undefined;
  /** An answered call must have its agent within this time. */
  readonly connectDeadline?: number | undefined;
  /** How long the system itself needs to connect, until `onConnect` has measured it. */
  readonly connectLatency?: number | undefined;
  /** How long a number is rung at most. */
  readonly ringSeconds?: number | undefined;
  /** May calls be hung up that have rung for `shedAfter`, when the risk has risen? */
  readonly shedding?: boolean | undefined;
  /** Never below 15 s: the minimum ring time (16 CFR 310.4(b)(4)(iii), Ofcom). */
  readonly shedAfter?: number | undefined;
  /** What is believed before anything has been seen. */
  readonly expected?:
    | { readonly answerRate?: number; readonly talk?: number; readonly wrap?: number }
    | undefined;
  /** Calls in flight per agent, at most, whatever the estimates say. */
  readonly mostPerAgent?: number | undefined;
}

export interface Policy {
  readonly mode: PacingMode;
  readonly ratio: number;
  readonly limit: number;
  readonly target: number;
  readonly connectDeadline: number;
  readonly connectLatency: number;
  readonly ringSeconds: number;
  readonly shedding: boolean;
  readonly shedAfter: number;
  readonly answerRate: number;
  readonly talk: number;
  readonly wrap: number;
  readonly mostPerAgent: number;
}

/** The shortest ring after which a call may be hung up (US and UK rule). */
export const SHORTEST_RING = 15;
/** The target is so much of the limit unless the policy names one. */
const TARGET_SHARE = 0.028 / 0.03;

/** Fills in what the policy leaves open and keeps every figure in the range the arithmetic is good for. */
export function policyOf(options: PacingOptions): Policy {
  const limit = within(options.limit ?? 0.03, 0.0001, 0.5);
  return {
    mode: options.mode ?? "predictive",
    ratio: within(options.ratio ?? 1, 1, 20),
    limit,
    target: within(options.target ?? limit * TARGET_SHARE, 0.00005, limit),
    connectDeadline: within(options.connectDeadline ?? 2, 0, 60),
    connectLatency: within(options.connectLatency ?? 0, 0, 60),
    ringSeconds: within(Math.round(options.ringSeconds ?? 25), 5, 60),
    shedding: options.shedding ?? false,
    shedAfter: Math.max(options.shedAfter ?? SHORTEST_RING, SHORTEST_RING),
    answerRate: within(options.expected?.answerRate ?? 0.25, 0.01, 0.99),
    talk: within(options.expected?.talk ?? 120, 1, 3600),
    wrap: within(options.expected?.wrap ?? 20, 0.5, 3600),
    mostPerAgent: within(options.mostPerAgent ?? 40, 1, 200),
  };
}

/** A number that is not one becomes the lower end: less is dialled. */
function within(value: number, least: number, most: number): number {
  return value >= least ? Math.min(value, most) : least;
}
