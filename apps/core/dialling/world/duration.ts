/** How long things take, in seconds: laws, draws from them, and what has already lasted for a while. */
import type { Chance } from "./chance.ts";

/** A lognormal law is given by its mean and its coefficient of variation. */
export type Duration =
  | { readonly law: "constant"; readonly seconds: number }
  | { readonly law: "uniform"; readonly from: number; readonly to: number }
  | { readonly law: "exponential"; readonly mean: number }
  | { readonly law: "lognormal"; readonly mean: number; readonly cv: number }
  | { readonly law: "either"; readonly share: number; readonly one: Duration; readonly other: Duration };

/** A duration from one number in [0, 1); always one, so that streams stay in step whatever the law. */
export function lasting(duration: Duration, chance: number): number {
  switch (duration.law) {
    case "constant":
      return duration.seconds;
    case "uniform":
      return duration.from + (duration.to - duration.from) * chance;
    case "exponential":
      return -duration.mean * Math.log(1 - chance);
    case "lognormal": {
      const variance = Math.log(1 + duration.cv * duration.cv);
      return duration.mean * Math.exp(Math.sqrt(variance) * normalQuantile(chance) - variance / 2);
    }
    case "either": {
      const { share } = duration;
      return chance < share
        ? lasting(duration.one, chance / share)
        : lasting(duration.other, (chance - share) / (1 - share));
    }
  }
}

/** The next duration of a stream. */
export function draw(duration: Duration, chance: Chance): number {
  return lasting(duration, chance());
}

/** The probability that it is over by then. */
export function overBy(duration: Duration, seconds: number): number {
  if (seconds < 0) return 0;
  switch (duration.law) {
    case "constant":
      return seconds >= duration.seconds ? 1 : 0;
    case "uniform":
      return Math.min(1, Math.max(0, (seconds - duration.from) / (duration.to - duration.from)));
    case "exponential":
      return 1 - Math.exp(-seconds / duration.mean);
    case "lognormal": {
      const variance = Math.log(1 + duration.cv * duration.cv);
      return normalOverBy((Math.log(seconds / duration.mean) + variance / 2) / Math.sqrt(variance));
    }
    case "either":
      return (
        duration.share * overBy(duration.one, seconds) +
        (1 - duration.share) * overBy(duration.other, seconds)
      );
  }
}

/** The mean of a law. */
export function meanOf(duration: Duration): number {
  switch (duration.law) {
    case "constant":
      return duration.seconds;
    case "uniform":
      return (duration.from + duration.to) / 2;
    case "either":
      return duration.share * meanOf(duration.one) + (1 - duration.share) * meanOf(duration.other);
    default:
      return duration.mean;
  }
}

/** The standard normal law, after Abramowitz and Stegun 26.2.17; off by 7.5e-8 at most. */
function normalOverBy(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series =
    ((((1.330274429 * t - 1.821255978) * t + 1.781477937) * t - 0.356563782) * t + 0.31938153) * t;
  const tail = (series * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
  return x > 0 ? 1 - tail : tail;
}

/** Its inverse, after Abramowitz and Stegun 26.2.23; off by 4.5e-4 at most, which is a third of a percent of a talk. */
function normalQuantile(share: number): number {
  if (share > 0.5) return -normalQuantile(1 - share);
  const t = Math.sqrt(-2 * Math.log(Math.max(share, 1e-12)));
  const above = (0.010328 * t + 0.802853) * t + 2.515517;
  const below = ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1;
  return above / below - t;
}
