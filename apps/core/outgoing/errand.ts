/** What a call of an agent is placed for, beside talking: told with its card, and kept with its attempt. */
import type { AgentId } from "../floor.ts";

/** A call for later, a dial task, the next of a call list, an order. */
export const ERRANDS = ["deferred", "task", "list", "order"] as const;
export type ErrandKind = (typeof ERRANDS)[number];

export interface Errand {
  /** `campaign`: somebody was shown to the agent (preview); its attempt is the campaign's own and says so itself. */
  readonly kind: ErrandKind | "campaign";
  readonly id: string;
  /** Which number of the campaign's pool the customer sees. */
  readonly turn?: number | undefined;
}

/** The errand of a call on the floor, with the agent who placed it. */
export interface PlacedErrand extends Errand {
  readonly by: AgentId;
}

/**
 * Whether the card opens when the dialling begins (CARD-20, D-35): for a task and the next of a list the agent has not
 * seen yet whom they call. Otherwise it opens with the answer, as for every call placed by hand.
 */
export function opensAtStart(errand: Errand | undefined): boolean {
  return errand?.kind === "task" || errand?.kind === "list";
}
