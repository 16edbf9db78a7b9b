/** The order queue's rules: tabs by the company's day, the redial ladder, who takes what, what is written. */
import fc from "fast-check";
import t from "tap";
import { callBackAt, dueAfterFailure, keptDate, needsDate, redialBy } from "../../apps/core/orders/ladder.ts";
import { mentioning } from "../../apps/core/orders/mention.ts";
import { ORDER_STATUSES, type Order } from "../../apps/core/orders/order.ts";
import { reasonOf, reasonText } from "../../apps/core/orders/reasons.ts";
import { daysAround, TAB_RULES, TABS, tabOf } from "../../apps/core/orders/tabs.ts";
import { CARD_OPEN_MS, cannotTakeOrder, nextToTake } from "../../apps/core/orders/taking.ts";
import { localText } from "../../apps/core/routing/wall-clock.ts";

const ZONE = "Europe/Moscow";
const HOUR = 3_600_000;
/** An instant by Moscow's clock. */
const moscow = (text: string) => Date.parse(`${text}+03:00`);
const NOON = moscow("2026-03-10T12:00:00");
const DAYS = daysAround(NOON, ZONE);
const order = (change: Partial<Order> = {}): Order => ({
  ...{ status: "unreached", productId: "tea", arrivedAt: NOON - HOUR, failures: 1 },
  ...change,
});
const tab = (change: Partial<Order>, at = NOON) => tabOf(order(change), daysAround(at, ZONE));

t.test(
  "ORDQ-01, ORDQ-02, ORDQ-03, ORDQ-04 today's orders: new, quick redial up to three failures, unreached from the fourth on",
  (t) => {
    t.equal(tab({ status: "new", failures: 0 }), "new");
    t.equal(
      tab({ status: "new", arrivedAt: NOON - 90 * HOUR }),
      "new",
      "whenever it came: nobody has called",
    );
    t.same(
      [1, 2, 3, 4, 9].map((failures) => tab({ failures })),
      [...["quick-redial", "quick-redial", "quick-redial"], ...["unreached-today", "unreached-today"]],
    );
    t.equal(tab({ status: "in_work", failures: 5, arrivedAt: NOON - 90 * HOUR }), "in-work");
    t.same(
      (["buffer", "cancelled", "invalid"] as const).map((status) => tab({ status })),
      [undefined, undefined, undefined],
      "what is completed is in no tab",
    );
    t.end();
  },
);

t.test(
  "ORDQ-05, ORDQ-06, ORDQ-07, D-16 unreached orders go from tab to tab with the company's midnight, whatever the count",
  (t) => {
    const arrivedAt = moscow("2026-03-10T00:00:00");
    const at = (day: string) => tab({ arrivedAt }, moscow(`${day}T12:00:00`));
    t.equal(at("2026-03-10"), "quick-redial");
    t.equal(tab({ arrivedAt }, moscow("2026-03-10T23:59:59.999")), "quick-redial", "to the last millisecond");
    t.equal(tab({ arrivedAt }, moscow("2026-03-11T00:00:00")), "unreached-yesterday");
    t.equal(tab({ arrivedAt, failures: 7 }, moscow("2026-03-11T09:00:00")), "unreached-yesterday");
    t.equal(at("2026-03-12"), "unreached-day-before");
    t.equal(at("2026-03-13"), "unreached-earlier");
    t.equal(at("2027-03-10"), "unreached-earlier");
    t.equal(
      tabOf(order({ arrivedAt: NOON }), daysAround(moscow("2026-03-11T00:30:00"), "UTC")),
      "quick-redial",
      "in London it is the same day still",
    );
    t.same(
      TABS.filter((each) => !TAB_RULES[each].dialled),
      ["unreached-earlier"],
    );
    t.end();
  },
);

t.test("ORDQ-05 days are as long as the zone makes them, and every instant is in exactly one tab", (t) => {
  const zones = ["Europe/Moscow", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Cairo"];
  const statuses = fc.constantFrom(...ORDER_STATUSES);
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2030, 0, 1) }),
      fc.integer({ min: 0, max: 120 * HOUR }),
      fc.nat({ max: 8 }),
      statuses,
      (zone, now, age, failures, status) => {
        const days = daysAround(now, zone);
        const date = (at: number) => localText(zone, at).slice(0, 10);
        const back = [days.today, days.yesterday, days.dayBefore];
        const named = tabOf({ status, failures, arrivedAt: now - age }, days);
        if (status !== "unreached") return true;
        const arrived = date(now - age);
        const behind = [date(now), date(days.today - 1), date(days.yesterday - 1)].indexOf(arrived);
        const expected = behind < 0 ? "unreached-earlier" : TABS[[1, 4, 5][behind] as number];
        const today = behind === 0 && failures > 3 ? "unreached-today" : expected;
        return (
          named === today &&
          back.every((at) => date(at) !== date(at - 1)) &&
          date(days.tomorrow) !== date(now)
        );
      },
    ),
    { numRuns: 2000 },
  );
  t.end();
});

t.test(
  "ORDQ-12, D-15 the failure that is being saved counts: the fourth needs the date, the third must not have one",
  (t) => {
    t.same([1, 2, 3, 4, 5, 40].map(needsDate), [false, false, false, true, true, true]);
    t.end();
  },
);

t.test(
  "ORDQ-13, D-17 the date is an hour ahead and today; late in the evening it is the end of the day",
  (t) => {
    const at = (clock: string) => moscow(`2026-03-10T${clock}`);
    const given = (now: string, date: number) => keptDate(date, at(now), ZONE);
    t.equal(callBackAt(NOON, ZONE), NOON + HOUR);
    t.equal(callBackAt(at("23:30:00"), ZONE), at("23:59:59"));
    t.same(given("12:00:00", at("13:00:00")), { at: at("13:00:00") });
    t.same(given("12:00:00", at("18:00:00")), { at: at("18:00:00") }, "later today is ahead as well");
    t.match(given("12:00:00", at("12:30:00")), { wrong: /hour/ });
    t.match(given("12:00:00", at("11:00:00")), { wrong: /hour/ });
    t.same(given("12:00:40", at("13:00:00")), { at: at("13:00:00") }, "chosen a moment ago");
    t.match(given("12:00:00", moscow("2026-03-11T10:00:00")), { wrong: /today/ });
    t.same(given("23:30:00", moscow("2026-03-11T00:30:00")), { at: at("23:59:59") }, "clamped");
    t.match(given("23:30:00", at("23:20:00")), { wrong: /hour/ }, "not in the past");
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) }),
        fc.integer({ min: -3 * HOUR, max: 30 * HOUR }),
        (now, ahead) => {
          const kept = keptDate(now + ahead, now, ZONE);
          const rule = callBackAt(now, ZONE);
          const day = (ms: number) => localText(ZONE, ms).slice(0, 10);
          if (day(rule) !== day(now)) return false;
          return (
            "wrong" in kept ||
            (day(kept.at) === day(now) && kept.at >= Math.min(rule - 5 * 60_000, now + HOUR))
          );
        },
      ),
      { numRuns: 2000 },
    );
    t.end();
  },
);

t.test("ORDQ-02, D-18 the quick redial: a pause of two minutes, made by three", (t) => {
  const quick = { afterSeconds: 120, bySeconds: 180 };
  t.equal(dueAfterFailure(NOON, undefined, quick), NOON + 120_000);
  t.equal(redialBy(NOON, quick), NOON + 180_000);
  t.equal(dueAfterFailure(NOON, NOON + HOUR, quick), NOON + HOUR, "with a date it is the date");
  const taker = { agentId: "anna", products: new Set(["tea"]) };
  const failed = order({ dueAt: NOON });
  t.equal(cannotTakeOrder(failed, taker, NOON - 1, DAYS), "too-early");
  t.equal(cannotTakeOrder(failed, taker, NOON, DAYS), undefined);
  t.end();
});

t.test(
  "ORDQ-08, ORDQ-11, ROLE-17, D-36 New is taken from its last row up: free, known, and nobody else's",
  (t) => {
    const anna = { agentId: "anna", products: new Set(["tea"]) };
    const fresh = (id: string, change: Partial<Order> = {}) => ({
      id,
      ...order({ status: "new", failures: 0, ...change }),
    });
    // As the list shows them: the newest first.
    const listed = [
      fresh("newest"),
      fresh("second"),
      fresh("Boris has it", { responsibleId: "boris" }),
      fresh("coffee", { productId: "coffee" }),
      fresh("Anna has it", { responsibleId: "anna" }),
    ];
    const next = (orders: typeof listed) => nextToTake(orders, "new", anna, NOON, DAYS)?.id;
    t.equal(next(listed), "second");
    t.equal(next(listed.slice(0, 1)), "newest");
    t.equal(next(listed.slice(2)), undefined);
    const why = (change: Partial<Order>) => cannotTakeOrder(fresh("x", change), anna, NOON, DAYS);
    t.equal(why({}), undefined);
    t.equal(why({ responsibleId: "boris" }), "taken");
    t.equal(why({ responsibleId: "anna" }), undefined, "what was taken before and not saved");
    t.equal(why({ productId: "coffee" }), "unknown-product");
    t.equal(why({ taken: { by: "boris", at: NOON - CARD_OPEN_MS + 1 } }), "card-open");
    t.equal(why({ taken: { by: "boris", at: NOON - CARD_OPEN_MS } }), undefined, "a forgotten card");
    t.end();
  },
);

t.test(
  "ORDQ-07, ORDQ-09 the other tabs straight, whoever is responsible; only the product counts, and nobody dials the old ones",
  (t) => {
    const anna = { agentId: "anna", products: new Set(["tea"]) };
    const row = (id: string, change: Partial<Order> = {}) => ({ id, ...order({ failures: 5, ...change }) });
    const listed = [
      row("coffee", { productId: "coffee" }),
      row("Boris", { responsibleId: "boris" }),
      row("later", { dueAt: NOON - 1 }),
    ];
    t.equal(nextToTake(listed, "unreached-today", anna, NOON, DAYS)?.id, "Boris");
    t.equal(
      nextToTake([row("not due", { dueAt: NOON + 1 })], "unreached-today", anna, NOON, DAYS),
      undefined,
    );
    const old = row("old", { arrivedAt: NOON - 100 * HOUR });
    t.equal(nextToTake([old], "unreached-earlier", anna, NOON, DAYS), undefined);
    t.equal(cannotTakeOrder(old, anna, NOON, DAYS), "never-dialled");
    t.equal(cannotTakeOrder(row("over", { status: "buffer" }), anna, NOON, DAYS), "completed");
    t.end();
  },
);

t.test("ORDQ-14 reasons as operators write them; no answers are counted", (t) => {
  t.same(
    [1, 2, 3].map((count) => reasonText("no_answer", count).ru),
    [...["не отвечает", "не отвечает-2", "не отвечает-3"]],
  );
  t.equal(reasonText("unavailable", 2).ru, "недоступен");
  t.equal(reasonText("rejected", 3).ru, "сброс");
  t.equal(reasonText("no_answer", 2).en, "no answer-2");
  t.same(
    (["no_answer", "busy", "rejected", "unreachable", "not_in_service", "answered"] as const).map(reasonOf),
    ["no_answer", "rejected", "rejected", "unavailable", "unavailable", undefined],
  );
  t.end();
});

t.test("DEFER-05 the order's number stays in the comment", (t) => {
  t.equal(mentioning("", "4711"), "№ 4711");
  t.equal(mentioning("call after six", "4711"), "№ 4711: call after six");
  t.equal(mentioning("order 4711, after six", "4711"), "order 4711, after six");
  t.equal(mentioning("about 14711", "4711"), "№ 4711: about 14711", "another number is not this one");
  t.equal(mentioning("№4711", "4711"), "№4711");
  t.end();
});
