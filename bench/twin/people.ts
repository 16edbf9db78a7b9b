/**
 * Whom the twin's campaign calls: the same people for the carrier that plays them (SIPp) and for the simulator. Times are
 * about a tenth of real ones, so that a few minutes hold hundreds of conversations.
 */
import { sfc32 } from "../../apps/core/dialling/world/chance.ts";
import { type Duration, lasting } from "../../apps/core/dialling/world/duration.ts";
import type { Listed } from "../../apps/core/dialling/world/scenario.ts";

/** The share of dials that a person answers, and the other shares. */
export const ANSWERED = 0.3;
/** Of what nobody answers: busy, and rung until we give up. The rest declines. */
export const BUSY = 0.15;
const RINGS_ON = 0.15;

const RINGING: Duration = { law: "lognormal", mean: 3, cv: 0.5 };
const TALKING: Duration = { law: "lognormal", mean: 12, cv: 0.6 };
export const BUSY_SECONDS = 1;
export const DECLINES_SECONDS = 6;
/** A call that nobody answers rings so long at most: the least that a campaign may have. */
export const MOST_RINGING = 15;

/** SIPp's steps have fixed times, so each law is cut into so many equal parts. */
const RING_PARTS = 7;
const TALK_PARTS = 10;

/** The values of a law in the middles of so many parts of equal chance. */
function parts(law: Duration, count: number): number[] {
  return Array.from({ length: count }, (_, part) => lasting(law, (part + 0.5) / count));
}

/** One of these values, each as likely as the others. */
export function oneOf(values: readonly number[]): Duration {
  const [seconds = 0, ...rest] = values;
  const one: Duration = { law: "constant", seconds };
  if (rest.length === 0) return one;
  return { law: "either", share: 1 / values.length, one, other: oneOf(rest) };
}

/** How long persons let it ring, and talk; each value is as likely as the others. */
export const RINGS: readonly number[] = parts(RINGING, RING_PARTS);
export const TALKS: readonly number[] = parts(TALKING, TALK_PARTS);
export const PERSON = oneOf(RINGS);
export const TALK = oneOf(TALKS);
/** A number is +79, a digit that says how long it rings (8: declines, 9: rings on, 7: busy), and one for the talk. */
export const RING_DIGITS = ["0", "1", "2", "3", "4", "5", "6"];
export const TALK_DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
export const BUSY_AFTER: Duration = { law: "constant", seconds: BUSY_SECONDS };
export const NOBODY: Duration = {
  law: "either",
  share: RINGS_ON / (1 - BUSY),
  one: { law: "constant", seconds: MOST_RINGING },
  other: { law: "constant", seconds: DECLINES_SECONDS },
};

/** More than could be dialled. */
export const LISTED = 6000;

/** So many numbers in the order of the list. */
export function numbers(count: number, seed: number): string[] {
  const chance = sfc32(seed);
  return Array.from({ length: count }, (_, place) => {
    const ring = ringDigit(chance(), chance());
    const talk = TALK_DIGITS[Math.floor(chance() * TALK_PARTS)];
    return `+79${ring}${talk}${String(place).padStart(7, "0")}`;
  });
}

/** What becomes of a number of the list, for the simulator. */
export function listed(number: string): Listed {
  const [ring = "", talk = ""] = number.slice(3);
  const after = RINGS[RING_DIGITS.indexOf(ring)];
  const seconds = TALKS[TALK_DIGITS.indexOf(talk)] ?? 0;
  if (after !== undefined) return { fate: { kind: "live", after, who: "person" }, talk: seconds };
  if (ring === "7") return { fate: { kind: "fail", after: BUSY_SECONDS, who: "nobody" }, talk: 0 };
  const declines = ring === "8" ? DECLINES_SECONDS : MOST_RINGING;
  return { fate: { kind: "noanswer", after: declines, who: "nobody" }, talk: 0 };
}

function ringDigit(outcome: number, otherwise: number): string {
  if (outcome < ANSWERED) return RING_DIGITS[Math.floor((outcome / ANSWERED) * RING_PARTS)] ?? "0";
  if (otherwise < BUSY) return "7";
  return otherwise < BUSY + RINGS_ON ? "9" : "8";
}
