/** What statistics add up over calls and no single fact tells. */
import type { Fact } from "./facts.ts";
import type { WrapUpRecord } from "./wrap-ups.ts";

/**
 * Transfers of the call: by phones, as Asterisk recorded them, and by the workplace, as we decided them. A phone's blind
 * one is decided by us as well (SOFT-13) and counts once; one that Asterisk did not carry out does not count.
 */
export function countTransfers(facts: readonly Fact[]): number {
  const asked = facts.filter(({ source, kind, data }) => {
    if (source === "cel") return /^(BLIND|ATTENDED)TRANSFER$/.test(kind);
    const { rule } = (data.because ?? {}) as { rule?: unknown };
    return kind === "TransferHanded" || (kind === "CallTransferred" && rule !== "SOFT-13");
  }).length;
  return (
    asked -
    facts.filter(
      ({ source, kind, data }) =>
        source === "engine" && kind === "MoveRefused" && undoesTransfer(data.before),
    ).length
  );
}

function undoesTransfer(before: unknown): boolean {
  const asked = (before as { asked?: unknown } | undefined)?.asked;
  return asked === "CallTransferred" || asked === "TransferHanded";
}

/** Milliseconds of completed wrap-ups, of all agents together; undefined: none. */
export function wrapUpTime(wrapUps: readonly WrapUpRecord[]): number | undefined {
  const times = wrapUps.flatMap(({ startedAt, endedAt }) =>
    endedAt === undefined ? [] : [endedAt - startedAt],
  );
  return times.length === 0 ? undefined : Math.round(times.reduce((all, each) => all + each, 0));
}
