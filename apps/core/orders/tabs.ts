/**
 * In which tab of the queue an order is: by its status, its failed calls, and the day it arrived, by the company's clock
 * (ORDQ-01 … ORDQ-07, D-15, D-16).
 *
 *   new ─▶ new          in_work ─▶ in-work
 *   unreached, arrived today with 1 to 3 failures ─▶ quick-redial, with more ─▶ unreached-today
 *   unreached, arrived before ─▶ by the day of arrival, whatever the count
 */
import type { Millis } from "../floor.ts";
import { nextDay, startOfDay } from "../statistics/intervals.ts";
import { WITHOUT_DATE } from "./ladder.ts";
import type { Order } from "./order.ts";

export const TABS = [
  "new",
  "quick-redial",
  "in-work",
  "unreached-today",
  "unreached-yesterday",
  "unreached-day-before",
  "unreached-earlier",
] as const;
export type Tab = (typeof TABS)[number];

export interface TabRule {
  readonly ru: string;
  readonly en: string;
  /** ORDQ-08: the list shows the newest first and is taken from its end; ORDQ-09: all others from the first row on. */
  readonly taken: "from-the-last" | "from-the-first";
  /** Only orders for which nobody is responsible yet. */
  readonly onlyFree: boolean;
  /** ORDQ-07: what is older than the day before yesterday is never dialled. */
  readonly dialled: boolean;
}

const straight = { taken: "from-the-first", onlyFree: false, dialled: true } as const;

export const TAB_RULES: Readonly<Record<Tab, TabRule>> = {
  new: { ru: "Новый", en: "New", taken: "from-the-last", onlyFree: true, dialled: true },
  "quick-redial": { ru: "Быстрый перезвон", en: "Quick redial", ...straight },
  "in-work": { ru: "В работе", en: "In work", ...straight },
  "unreached-today": { ru: "Недозвон за сегодня", en: "Unreached today", ...straight },
  "unreached-yesterday": { ru: "Недозвон за вчера", en: "Unreached yesterday", ...straight },
  "unreached-day-before": {
    ru: "Недозвон за позавчера",
    en: "Unreached the day before yesterday",
    ...straight,
  },
  "unreached-earlier": { ru: "Недозвон (раньше)", en: "Unreached (earlier)", ...straight, dialled: false },
};

/** When the last days began, and when this one ends, by the company's clock. */
export interface Days {
  readonly dayBefore: Millis;
  readonly yesterday: Millis;
  readonly today: Millis;
  readonly tomorrow: Millis;
}

/** The days around an instant; each as long as the zone's clocks make it. */
export function daysAround(at: Millis, zone: string): Days {
  const today = startOfDay(at, zone);
  const yesterday = startOfDay(today - 1, zone);
  return { today, yesterday, dayBefore: startOfDay(yesterday - 1, zone), tomorrow: nextDay(at, zone) };
}

/** The tab; undefined: the order is completed and in none. */
export function tabOf(order: Pick<Order, "status" | "failures" | "arrivedAt">, days: Days): Tab | undefined {
  if (order.status === "new") return "new";
  if (order.status === "in_work") return "in-work";
  if (order.status !== "unreached") return undefined;
  if (order.arrivedAt >= days.today)
    return order.failures <= WITHOUT_DATE ? "quick-redial" : "unreached-today";
  if (order.arrivedAt >= days.yesterday) return "unreached-yesterday";
  return order.arrivedAt >= days.dayBefore ? "unreached-day-before" : "unreached-earlier";
}
