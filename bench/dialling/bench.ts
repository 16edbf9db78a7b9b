/** What every section of the dialler's benches works with. */
import type { Scenario } from "../../apps/core/dialling/world/scenario.ts";
import type { WorkerCrew } from "./crew.ts";
import type { Goals } from "./goals.ts";
import type { Job, PolicyName } from "./job.ts";

export interface Bench {
  readonly crew: WorkerCrew;
  readonly goals: Goals;
}

/** So many seeds from the first one on. */
export function seeds(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, place) => first + place);
}

/** A day for each policy and seed. */
export function jobs(
  policies: readonly PolicyName[],
  scenario: Scenario,
  from: readonly number[],
  more: Partial<Job> = {},
): Job[] {
  return policies.flatMap((policy) => from.map((seed) => ({ policy, scenario, seed, ...more })));
}
