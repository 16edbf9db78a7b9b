/**
 * An order that came in and is to be confirmed by a call (ORDQ). Its life goes on after the confirmation; here it is as
 * far as calling cares.
 */
import type { AgentId, Millis } from "../floor.ts";

/** D-19: `buffer` is confirmed, `cancelled` is what the Refusal button makes of it. */
export const ORDER_STATUSES = ["new", "unreached", "in_work", "buffer", "cancelled", "invalid"] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** Not completed: somebody has to call still. */
export const OPEN_STATUSES = ["new", "unreached", "in_work"] as const satisfies readonly OrderStatus[];

export interface Order {
  readonly status: OrderStatus;
  readonly productId: string;
  readonly arrivedAt: Millis;
  /** Unsuccessful calls so far. */
  readonly failures: number;
  /** Not to be called before; undefined: at once. */
  readonly dueAt?: Millis | undefined;
  /** OWN-09. */
  readonly responsibleId?: AgentId | undefined;
  /** Who has its card open, and since when. */
  readonly taken?: { readonly by: AgentId; readonly at: Millis } | undefined;
}
