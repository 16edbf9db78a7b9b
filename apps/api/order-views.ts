/** Orders as they are shown: with their tab, and what the ladder would make of the next failure. */
import type { Ending } from "../core/ending.ts";
import { callBackAt, needsDate, redialBy } from "../core/orders/ladder.ts";
import { REASONS, reasonOf, reasonText } from "../core/orders/reasons.ts";
import { type Days, daysAround, tabOf } from "../core/orders/tabs.ts";
import { cannotTakeOrder } from "../core/orders/taking.ts";
import type { Db } from "../store/database.ts";
import { type CompanyValues, companySettings } from "../store/reads/company.ts";
import { callsOfErrand } from "../store/reads/dial-tasks.ts";
import { type OrderRow, productsOf, reasonsOf, savesOf, toOrder } from "../store/reads/orders.ts";
import { phoneView } from "./phones.ts";
import { iso, isoOrNull } from "./times.ts";

/** Now, by the company's clock. */
export interface OrderClock {
  readonly now: number;
  readonly days: Days;
  readonly company: CompanyValues;
}

/** Reads the company's settings. */
export async function orderClock(db: Db): Promise<OrderClock> {
  const now = Date.now();
  const company = await companySettings(db);
  return { now, company, days: daysAround(now, company.zone) };
}

/** A row of the queue (ORDQ-10). */
export function orderView(row: OrderRow, { days, company }: OrderClock) {
  const {
    responsibleId,
    responsibleName,
    productId,
    productName,
    reason,
    reasonCount,
    takenAt: _,
    ...rest
  } = row;
  const tab = tabOf(toOrder(row), days) ?? null;
  const quick = { afterSeconds: company.quickRedialAfterSeconds, bySeconds: company.quickRedialBySeconds };
  const by = tab === "quick-redial" && row.failedAt ? redialBy(row.failedAt.getTime(), quick) : null;
  return {
    ...rest,
    responsible: responsibleId === null ? null : { id: responsibleId, name: responsibleName ?? "" },
    product: { id: productId, name: productName },
    phone: phoneView(row.phone),
    tab,
    reason: reason === null ? null : reasonText(reason, reasonCount ?? 1),
    redialBy: by === null ? null : iso(new Date(by)),
    arrivedAt: iso(row.arrivedAt),
    callBackAt: isoOrNull(row.callBackAt),
    failedAt: isoOrNull(row.failedAt),
    dueAt: isoOrNull(row.dueAt),
  };
}

/** The card. @param agentId who asks, if that is an agent */
export async function orderCard(db: Db, row: OrderRow, agentId: string | undefined) {
  const clock = await orderClock(db);
  const [saves, calls, counts] = [
    await savesOf(db, row.id),
    await callsOfErrand(db, row.id),
    await reasonsOf(db, row.id),
  ];
  const taker = agentId === undefined ? undefined : { agentId, products: await productsOf(db, agentId) };
  const failures = row.failures + 1;
  const date = needsDate(failures) ? iso(new Date(callBackAt(clock.now, clock.company.zone))) : null;
  return {
    ...orderView(row, clock),
    notTaken: (taker && cannotTakeOrder(toOrder(row), taker, clock.now, clock.days)) ?? null,
    ifUnreached: {
      failures,
      callBackAt: date,
      suggested: reasonOf((calls[0]?.ending ?? undefined) as Ending | undefined) ?? null,
      reasons: REASONS.map((reason) => ({ reason, ...reasonText(reason, (counts.get(reason) ?? 0) + 1) })),
    },
    saves: saves.map(({ at, callBackAt: date, reason, reasonCount, ...save }) => ({
      ...save,
      reason: reason === null ? null : reasonText(reason, reasonCount ?? 1),
      at: iso(at),
      callBackAt: isoOrNull(date),
    })),
    calls: calls.map(({ at, ...call }) => ({ ...call, at: iso(at) })),
  };
}
