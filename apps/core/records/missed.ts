/**
 * Who is told of a missed call: the line's responsible user, or the one whom it was offered to first.
 */
import type { Because } from "../because.ts";
import type { CallRecord } from "./fold.ts";

/** Why somebody is told of a caller who kept the place in vain; the same two people as of a missed call. */
export const CALLBACK_FAILED = "the customer kept the place and could not be called back";

/** `because` names the rule and says in words why this person. */
export interface Told {
  readonly who: "responsible" | "first-offered";
  readonly because: Pick<Because, "rule" | "text">;
}

/**
 * MISS-01: out of hours, or nobody was present: the line's responsible user. D-43: so too in working hours when
 * nobody was offered the call. MISS-02: in working hours, the user to whom it was offered first.
 * @param open whether the line was open when the call arrived.
 * @returns undefined for a call that is not missed.
 */
export function whoIsTold(
  record: Pick<CallRecord, "type" | "ending" | "firstOfferedId">,
  open: boolean,
): Told | undefined {
  if (record.type !== "missed") return undefined;
  // The caller is called back; if that fails too, the call-back itself is told (callback.failed).
  if (record.ending === "callback") return undefined;
  if (!open || record.ending === "out_of_hours")
    return { who: "responsible", because: { rule: "MISS-01", text: "the call came out of hours" } };
  if (record.firstOfferedId !== undefined)
    return { who: "first-offered", because: { rule: "MISS-02", text: "the call was offered to you first" } };
  if (record.ending === "unavailable" || record.ending === "no_answer")
    return { who: "responsible", because: { rule: "MISS-01", text: "nobody was there to take the call" } };
  return { who: "responsible", because: { rule: "D-43", text: "the call was offered to nobody" } };
}
