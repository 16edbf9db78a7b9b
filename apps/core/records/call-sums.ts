/** What statistics add up over calls and no single fact tells. */
import type { Fact } from "./facts.ts";
import type { WrapUpRecord } from "./wrap-ups.ts";

/** Transfers of the call, blind and attended, as Asterisk recorded them. */
export function countTransfers(facts: readonly Fact[]): number {
  return facts.filter(({ source, kind }) => source === "cel" && /^(BLIND|ATTENDED)TRANSFER$/.test(kind))
    .length;
}

/** Milliseconds of completed wrap-ups, of all agents together; undefined: none. */
export function wrapUpTime(wrapUps: readonly WrapUpRecord[]): number | undefined {
  const times = wrapUps.flatMap(({ startedAt, endedAt }) =>
    endedAt === undefined ? [] : [endedAt - startedAt],
  );
  return times.length === 0 ? undefined : Math.round(times.reduce((all, each) => all + each, 0));
}
