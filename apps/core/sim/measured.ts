/**
 * What a day's records tell of the machine that carried it: times that are Asterisk's and the engine's, not people's.
 */
import type { AgentId, Millis } from "../floor.ts";
import type { DayCall } from "../records/day.ts";

/** With fewer calls than these a day does not tell. */
const ENOUGH = 10;
/** A phone that rang later than this after the arrival did not ring at once. */
const AT_ONCE_MS = 500;

/** From a call's arrival to the first phone's ringing, on that day and that machine: the mean of those offered at once. */
export function setUpTime(calls: readonly DayCall[]): Millis {
  const times = calls
    .flatMap(({ answer, vain, waitMs }) => (answer && vain.length === 0 ? waitMs - answer.ringMs : []))
    .filter((ms) => ms >= 0 && ms < AT_ONCE_MS);
  return meanOf(times) ?? 0;
}

/**
 * How long a line's arrival prompt took that day: what even those waited who waited least. Undefined: too few calls.
 * @param calls of one line
 */
export function promptTime(calls: readonly DayCall[]): Millis | undefined {
  const times = calls
    .flatMap(({ answer, vain, waitMs }) => (answer && vain.length === 0 ? waitMs - answer.ringMs : []))
    .sort((a, b) => a - b);
  return times.length < ENOUGH ? undefined : Math.max(0, times[Math.floor(times.length / 20)] ?? 0);
}

/** Whose phone was silent for longer while somebody waited was not handed over, but away. */
const HANDED_OVER_WITHIN_MS = 1500;

/** From an agent's freeing to the ringing for a caller who was waiting then: that day's mean, if it tells. */
export function handOverTime(calls: readonly DayCall[]): Millis | undefined {
  const freeSince = new Map<AgentId, Millis>();
  const times: Millis[] = [];
  for (const { answer, arrivedAt, waitMs } of byRing(calls)) {
    if (answer?.agentId === undefined) continue;
    const since = freeSince.get(answer.agentId);
    const took = arrivedAt + waitMs - answer.ringMs - (since ?? Number.NaN);
    if (since !== undefined && arrivedAt + AT_ONCE_MS < since && took >= 0 && took < HANDED_OVER_WITHIN_MS)
      times.push(took);
    const { talkMs, wrapUp } = answer;
    freeSince.set(answer.agentId, arrivedAt + waitMs + talkMs + (wrapUp?.ms ?? 0));
  }
  return times.length < ENOUGH ? undefined : meanOf(times);
}

function byRing(calls: readonly DayCall[]): DayCall[] {
  const rang = ({ arrivedAt, waitMs, answer }: DayCall) => arrivedAt + waitMs - (answer?.ringMs ?? 0);
  return [...calls].sort((a, b) => rang(a) - rang(b));
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0) / values.length;
}
