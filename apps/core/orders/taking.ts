/** Who may take which order, and which is the next one (ORDQ-08, ORDQ-09, ORDQ-11, D-36, ROLE-17). */
import type { AgentId, Millis } from "../floor.ts";
import type { Order } from "./order.ts";
import { type Days, TAB_RULES, type Tab, tabOf } from "./tabs.ts";

/** A card that was opened and forgotten keeps others away for so long. */
export const CARD_OPEN_MS = 30 * 60_000;

/** The agent who wants it. */
export interface Taker {
  readonly agentId: AgentId;
  /** The products that the agent knows (ROLE-17). */
  readonly products: ReadonlySet<string>;
}

export const NOT_TAKEN = [
  "completed",
  "never-dialled",
  "unknown-product",
  "taken",
  "card-open",
  "too-early",
] as const;
export type NotTaken = (typeof NOT_TAKEN)[number];

/** Why this agent does not take the order; undefined: nothing stands in the way. */
export function cannotTakeOrder(order: Order, taker: Taker, now: Millis, days: Days): NotTaken | undefined {
  const tab = tabOf(order, days);
  if (!tab) return "completed";
  const { dialled, onlyFree } = TAB_RULES[tab];
  if (!dialled) return "never-dialled";
  if (!taker.products.has(order.productId)) return "unknown-product";
  if (onlyFree && order.responsibleId !== undefined && order.responsibleId !== taker.agentId) return "taken";
  if (cardIsOpen(order, now) && order.taken?.by !== taker.agentId) return "card-open";
  // D-18: the pause is a minimum. A date that a client or the ladder named is one to hold to when the next is taken.
  return tab === "quick-redial" && order.dueAt !== undefined && order.dueAt > now ? "too-early" : undefined;
}

/** Whether somebody is at work on it. */
export function cardIsOpen(order: Pick<Order, "taken">, now: Millis): boolean {
  return order.taken !== undefined && now - order.taken.at < CARD_OPEN_MS;
}

/**
 * The next order of a tab: New from the end of its list, all others from the beginning, and only what is due. An order
 * for which the agent is responsible already is not taken a second time.
 * @param listed the tab's orders as the list shows them
 */
export function nextToTake<Listed extends Order>(
  listed: readonly Listed[],
  tab: Tab,
  taker: Taker,
  now: Millis,
  days: Days,
): Listed | undefined {
  const { taken, onlyFree } = TAB_RULES[tab];
  const inOrder = taken === "from-the-last" ? [...listed].reverse() : listed;
  return inOrder.find(
    (order) =>
      tabOf(order, days) === tab &&
      cannotTakeOrder(order, taker, now, days) === undefined &&
      !(onlyFree && order.responsibleId !== undefined) &&
      !cardIsOpen(order, now) &&
      (order.dueAt === undefined || order.dueAt <= now),
  );
}
