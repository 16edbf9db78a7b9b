/**
 * What stands in the way of a call that an agent places by hand. Hours and counts are for the person who dials to
 * judge; who has refused is called by nobody (38-FZ art. 18(1), 16 CFR 310.4(b)(1)(iii)(A), PECR reg. 21(1)(a)), unless
 * the line lets calls be placed that the refuser has asked for since.
 */
import type { Millis } from "../floor.ts";
import type { ErrandKind } from "../outgoing/errand.ts";
import { type Callee, refusedNow } from "./gate.ts";
import type { Verdict } from "./verdict.ts";

/** What a line lets its agents call of the refusal list. */
export const REFUSED_CALLS = ["never", "asked-for"] as const;
export type RefusedCalls = (typeof REFUSED_CALLS)[number];

/** Calls that are placed because the customer wants them: agreed with them for later, or ordered from us. */
const ASKED_FOR: ReadonlySet<ErrandKind> = new Set(["deferred", "order"]);

/**
 * Whether an agent may call this number by hand.
 * @param askedFor the agent says that the customer asked for this call
 */
export function mayDialByHand(
  { refusal }: Pick<Callee, "refusal">,
  asking: { calls: RefusedCalls; askedFor: boolean; errand?: ErrandKind | undefined; at: Millis },
): Verdict {
  const refused = refusedNow(refusal, asking.at);
  if (!refused) return { allowed: true };
  const wanted = asking.askedFor || (asking.errand !== undefined && ASKED_FOR.has(asking.errand));
  return wanted && asking.calls === "asked-for" ? { allowed: true } : refused;
}
