/** The frame of a bench: workers, goals, and the one line. */
import type { Bench } from "./bench.ts";
import { WorkerCrew } from "./crew.ts";
import { Goals } from "./goals.ts";

/** Runs the sections, prints the goals, and returns the line with the sections' figures in it. */
export async function onWorkers<Figures extends object>(
  tier: string,
  sections: (bench: Bench) => Promise<Figures>,
): Promise<object> {
  const since = performance.now();
  const bench = { crew: new WorkerCrew(), goals: new Goals() };
  try {
    const figures = await sections(bench);
    bench.goals.print();
    const { all, missed } = bench.goals;
    const seconds = Math.round((performance.now() - since) / 1000);
    console.log(`\n${all.length - missed.length} of ${all.length} goals met in ${seconds} s.`);
    const pacer = process.env.DIALER_PACER ?? "apps/core/dialling/pacing.ts";
    return {
      bench: "dialer",
      tier,
      pacer,
      ...figures,
      goalsMet: all.length - missed.length,
      goalsMissed: missed,
      goals: all,
      seconds,
    };
  } finally {
    await bench.crew.stop();
  }
}
