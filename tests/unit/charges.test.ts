import fc from "fast-check";
import t from "tap";
import { chargeOf, type Tariff, tariffOf, totalsOf } from "../../apps/core/billing/charge.ts";
import { foldConnections } from "../../apps/core/records/connections.ts";
import type { Fact } from "../../apps/core/records/facts.ts";
import type { Leg } from "../../apps/core/records/fold.ts";

const tariff = (prefix: string, rateMinorPerMinute: number, change: Partial<Tariff> = {}): Tariff => ({
  ...{ prefix, direction: `to ${prefix}`, rateMinorPerMinute, currency: "RUB", rounding: "minute" },
  ...change,
});

t.test(
  "XFER-12 the longest prefix of a number is its direction, in whatever order tariffs come",
  async (t) => {
    const tariffs = [tariff("+7", 300), tariff("+7495", 50), tariff("+749511", 60), tariff("+7916", 175)];
    for (const list of [tariffs, tariffs.toReversed()]) {
      t.equal(tariffOf("+74952223344", list)?.rateMinorPerMinute, 50);
      t.equal(tariffOf("+74951111111", list)?.rateMinorPerMinute, 60);
      t.equal(tariffOf("+79161112233", list)?.rateMinorPerMinute, 175);
      t.equal(tariffOf("+78123334455", list)?.rateMinorPerMinute, 300);
      t.equal(tariffOf("+4930123456", list), undefined, "none is none, not the nearest");
    }
  },
);

t.test("XFER-12 begun minutes or begun seconds; the amount is rounded once, half up", async (t) => {
  const cases: [ms: number, rate: number, rounding: Tariff["rounding"], billed: number, amount: number][] = [
    [1, 50, "minute", 60, 50],
    [60_000, 50, "minute", 60, 50],
    [60_001, 50, "minute", 120, 100],
    [60_001, 50, "second", 61, 51],
    [30_000, 175, "second", 30, 88],
    [90_000, 175, "minute", 120, 350],
    [90_000, 175, "second", 90, 263],
    [1000, 29, "second", 1, 0],
    [1000, 30, "second", 1, 1],
    [0, 175, "minute", 0, 0],
    [-5, 175, "second", 0, 0],
  ];
  for (const [ms, rate, rounding, billedSeconds, amountMinor] of cases)
    t.match(
      chargeOf(ms, tariff("+7", rate, { rounding })),
      { billedSeconds, amountMinor },
      `${ms} ms by the ${rounding} at ${rate}`,
    );
  t.same(chargeOf(61_000, undefined), { seconds: 61, reason: "no_tariff" });
  t.same(chargeOf(61_000, tariff("+7", 50), true), { seconds: 61, reason: "own_pbx" }, "BILL-07");
  fc.assert(
    fc.property(fc.nat(1e8), fc.nat(1e6), (ms, rate) => {
      const [bySecond, byMinute] = (["second", "minute"] as const).map((rounding) =>
        chargeOf(ms, tariff("+7", rate, { rounding })),
      );
      const exact = (rate * Math.ceil(ms / 1000)) / 60;
      return (
        Math.abs((bySecond?.amountMinor ?? Number.NaN) - exact) <= 0.5 &&
        (byMinute?.amountMinor ?? -1) >= (bySecond?.amountMinor ?? 0) &&
        (byMinute?.amountMinor ?? -1) % Math.max(1, rate) === 0
      );
    }),
  );
});

t.test("totals are by currency, of what has an amount", async (t) => {
  const charges = [
    { amountMinor: 50, currency: "RUB" },
    { amountMinor: null, currency: null },
    { amountMinor: 7, currency: "EUR" },
    { amountMinor: 175, currency: "RUB" },
  ];
  t.same(totalsOf(charges), [
    { currency: "RUB", amountMinor: 225 },
    { currency: "EUR", amountMinor: 7 },
  ]);
});

const leg = (channel: string, change: Partial<Leg> = {}): Leg => ({
  ...{ channel, name: "PJSIP/t7-0000000a", agentId: undefined, startedAt: 0, answeredAt: 1000 },
  ...{ endedAt: 5000, cause: 16, talkMs: undefined },
  ...change,
});
const said = (kind: string, data: Record<string, unknown>): Fact => ({
  ...{ origin: `engine:j:${kind}`, at: 0, source: "engine", kind, data },
});
const of = (facts: Fact[], legs: Leg[], endedAt: number | undefined = 9000) =>
  foldConnections(facts, "dz", legs, endedAt).map((each) => [each.number, each.answeredAt, each.endedAt]);

t.test("XFER-12, FWD-08, BILL-08 which channels are connections to numbers outside", async (t) => {
  const inbound = said("CallArrived", { type: "inbound", from: "+79160000001" });
  const agent = leg("dz.1", { agentId: "anna", name: "PJSIP/a101-x-0000000b" });
  const outside = leg("dz.2", { toNumber: "+74950000001" });
  t.same(
    of([inbound], [leg("dz"), agent, outside]),
    [["+74950000001", 1000, 5000]],
    "the caller pays for the call",
  );
  t.same(
    of([inbound], [leg("dz"), leg("dz.2", { toNumber: "+7495", answeredAt: undefined })]),
    [],
    "nobody answered",
  );
  const open = leg("dz.2", { toNumber: "+74950000001", endedAt: undefined });
  t.same(
    of([inbound], [leg("dz"), open]),
    [["+74950000001", 1000, 9000]],
    "what was left open ended with the call",
  );
  t.same(
    foldConnections([inbound], "dz", [open], undefined)[0]?.endedAt,
    undefined,
    "and goes on as long as the call",
  );
  const back = said("CallArrived", { type: "outbound", from: "+74951000000", to: "+79160000001" });
  t.same(of([back], [leg("dz"), agent, outside]), [
    ["+79160000001", 1000, 5000],
    ["+74950000001", 1000, 5000],
  ]);
  const placed = said("CallArrived", { type: "outbound", to: "+74950000001", agent: "anna" });
  t.same(of([placed], [leg("dz", { agentId: "anna" }), outside]), [["+74950000001", 1000, 5000]]);
  t.same(
    of([placed], [leg("dz"), outside]),
    [["+74950000001", 1000, 5000]],
    "the agent's phone, whoever has it now",
  );
  const twoLegs = said("CallPlaced", { agent: "anna", firstNumber: "+79169999999" });
  t.same(of([placed, twoLegs], [leg("dz"), outside]), [
    ["+79169999999", 1000, 5000],
    ["+74950000001", 1000, 5000],
  ]);
  t.equal(foldConnections([back], "dz", [leg("dz")], 9)[0]?.trunk, "t7");
});
