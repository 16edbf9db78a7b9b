/** A day to simulate: plain data, so that it can go to a worker. */
import type { Scenario } from "../../apps/core/dialling/world/scenario.ts";
import type { DayResult } from "../../apps/core/dialling/world/tally.ts";

export const POLICIES = [
  "progressive",
  "ratio 2",
  "vicidial-like",
  "vicidial-tuned",
  "expected-value",
  "oracle-outcomes",
  "oracle-everything",
  "product",
  "product+shed",
  "product+scoring",
] as const;
export type PolicyName = (typeof POLICIES)[number];

export interface Job {
  readonly policy: PolicyName;
  readonly scenario: Scenario;
  readonly seed: number;
  /** For the product: the share of answers that may be lost, and what is aimed at (default: the product's own). */
  readonly limit?: number;
  readonly target?: number;
  /** The product starts anew at this second from its snapshot, through JSON, as after a crash. */
  readonly restartAt?: number;
}

export interface Done {
  readonly job: Job;
  readonly day: DayResult;
}

/** Is it the product's pacer, or what takes its place? */
export function isProduct(policy: PolicyName): boolean {
  return policy.startsWith("product");
}

/** How long a day will take, roughly, in seconds. */
export function costOf({ policy, scenario }: Job): number {
  const { agents, hours } = scenario;
  const perHour = isProduct(policy)
    ? 0.01 * agents + 0.05
    : policy.startsWith("oracle")
      ? 0.01 * agents
      : 0.01;
  return hours * perHour;
}
