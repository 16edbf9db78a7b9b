/** Who is in the driver's seat in a job. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Pacer } from "../../apps/core/dialling/pacer.ts";
import type { PacingOptions } from "../../apps/core/dialling/pacing.ts";
import { ExpectedValue } from "../../apps/core/dialling/world/policies/expected-value.ts";
import { Oracle } from "../../apps/core/dialling/world/policies/oracle.ts";
import { FixedRatio, Progressive } from "../../apps/core/dialling/world/policies/simple.ts";
import { Vicidial } from "../../apps/core/dialling/world/policies/vicidial.ts";
import type { Scenario } from "../../apps/core/dialling/world/scenario.ts";
import type { MakePacer } from "../../apps/core/dialling/world/world.ts";
import { isProduct, type Job } from "./job.ts";
import { Restarted } from "./restarted.ts";

export type CreatePacer = (options: PacingOptions, snapshot?: unknown) => Pacer;

/** The product's `createPacer`, or that of the module which the environment variable DIALER_PACER names. */
export async function productPacer(): Promise<CreatePacer> {
  const other = process.env.DIALER_PACER;
  const module = other
    ? await import(pathToFileURL(resolve(other)).href)
    : await import("../../apps/core/dialling/pacing.ts");
  return (module as { createPacer: CreatePacer }).createPacer;
}

/** The policy of a job. */
export function pacerOf(job: Job, createPacer: CreatePacer): MakePacer {
  const { policy, scenario } = job;
  if (isProduct(policy)) {
    const options = optionsOf(job);
    const { restartAt } = job;
    if (restartAt === undefined) return () => createPacer(options);
    return () => new Restarted((snapshot) => createPacer(options, snapshot), restartAt);
  }
  if (policy === "vicidial-like") return () => new Vicidial();
  if (policy === "vicidial-tuned") {
    const maxLevel = tunedLevel(scenario);
    return () => new Vicidial({ maxLevel, availableOnly: true, limit: 0.03 });
  }
  if (policy === "expected-value") return () => new ExpectedValue();
  if (policy === "ratio 2") return () => new FixedRatio(2);
  if (policy === "progressive") return () => new Progressive();
  const known = policy === "oracle-everything" ? "everything" : "calls";
  return (knowledge, day) => new Oracle(known, knowledge, day);
}

function optionsOf({ policy, scenario, limit, target }: Job): PacingOptions {
  const { mostRinging } = scenario.calls;
  return {
    shedding: policy === "product+shed",
    connectDeadline: scenario.patience,
    ...(Number.isFinite(mostRinging) ? { ringSeconds: mostRinging } : { ringSeconds: 60 }),
    ...(limit === undefined ? {} : { limit }),
    ...(target === undefined ? {} : { target }),
  };
}

/**
 * Maximum levels of the VICIdial-like rule per free agent, by agents and answer rate: of all between 1.1 and 20 in steps
 * of 6 % those with the highest utilisation at 3.05 % of abandonment or less, on seeds of their own (11 to 14, large
 * teams 11 and 12). Nobody could know them before the day: this is what a perfect administrator would get.
 */
const TUNED: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  5: { "0.15": 2.35, "0.3": 1.39, "0.5": 1.39, drift: 1.56 },
  10: { "0.15": 2.96, "0.3": 1.75, "0.5": 1.39, drift: 2.49 },
  20: { "0.15": 4.54, "0.3": 2.53, "0.5": 1.69, drift: 2.53 },
  50: { "0.15": 7.64, "0.3": 4.02, "0.5": 2.68, drift: 3.19 },
  100: { "0.15": 10.22, "0.3": 5.39, "0.5": 3.58, drift: 4.79 },
};

function tunedLevel({ agents, answerRate }: Scenario): number {
  const p =
    answerRate.kind === "drift" ? "drift" : answerRate.kind === "constant" ? String(answerRate.p) : "0.3";
  const level = TUNED[agents]?.[p];
  if (level === undefined) throw new RangeError(`no tuned level for ${agents} agents and p = ${p}`);
  return level;
}
