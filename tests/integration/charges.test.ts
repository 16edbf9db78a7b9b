/**
 * What calls cost, on a real Asterisk: each connection to a number outside by itself. What must not happen: a charge for
 * what a caller pays, a bill that changes with the tariffs, costs shown to an agent.
 */
import t from "tap";
import { openScene, type Scene } from "../support/scene.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
t.setTimeout(240_000);

const scene: Scene = await openScene();
t.teardown(() => scene.close());
t.afterEach(() => scene.clear());

const quick = { answerAfterMs: 150 } as const;
const landline = await scene.must("POST", "/v1/tariffs", {
  ...{ prefix: "+7495", direction: "Moscow", rateMinorPerMinute: 50, currency: "RUB" },
});
await scene.must("POST", "/v1/tariffs", {
  ...{ prefix: "+7916", direction: "Moscow, mobile", rateMinorPerMinute: 175, currency: "RUB" },
});

interface Charge {
  readonly number: { readonly e164: string };
  readonly answeredAt: string;
  readonly seconds: number;
}

/** The closed record with so many charges. */
async function charged(call: string, count: number) {
  return until(`the call ${call} has ${count} charges`, async () => {
    const { status, body } = await scene.ask("GET", `/v1/calls/${call}`);
    return status === 200 && body.endedAt && body.charges.length === count ? body : undefined;
  });
}

const interval = ({ answeredAt, seconds }: Charge): [number, number] => [
  Date.parse(answeredAt),
  Date.parse(answeredAt) + seconds * 1000,
];

t.test(
  "XFER-12, BILL-08 an outbound call that is handed to a number outside: both connections are charged in parallel, and stay as they were charged",
  async (t) => {
    const agent = await scene.agent("Transferrer");
    const callback = { offer: true, afterSeconds: 600, digit: "1" };
    const line = await scene.line([agent], { queue: { callback, joinWhenEmpty: true } });
    const far = await scene.farEnd({ ...quick, hangUpAfterMs: 7000 });
    const caller = scene.customer(line.number, { from: "+79160007001", keys: [{ key: "1", afterMs: 1500 }] });
    await until("the caller is told and hung up", () => caller.has("left by us"));
    await scene.onShift(agent, quick);
    const talking = await scene.heard(
      "the talk with the customer who is called back",
      (each) => each.kind === "call.talking" && each.data.agentId === agent.id,
      30_000,
    );
    const { id } = talking.data;
    const to = { number: "+74951110001" };
    t.match(await scene.must("POST", `/v1/calls/${id}/transfer`, { type: "blind", to }), {
      state: "transferring",
    });
    const call = await charged(id, 2);
    t.match(call, { type: "outbound", transfers: 1, to: { e164: "+79160007001" } });
    const [customer, outside] = call.charges as [Charge, Charge];
    t.match(customer, {
      ...{ number: { e164: "+79160007001" }, direction: "Moscow, mobile", rateMinorPerMinute: 175 },
      ...{ billedSeconds: 60, amountMinor: 175, currency: "RUB", reason: null },
    });
    t.match(outside, {
      ...{ number: { e164: to.number }, direction: "Moscow", rateMinorPerMinute: 50, billedSeconds: 60 },
      ...{ amountMinor: 50, currency: "RUB", reason: null },
    });
    t.same(call.chargeTotals, [{ currency: "RUB", amountMinor: 225 }]);
    const [[from, until1], [from2, until2]] = [interval(customer), interval(outside)];
    t.ok(from < from2 && from2 < until1 && from < until2, "at the same time");
    t.ok(far.has("rings"));

    const answer = await scene.ask("GET", `/v1/calls/${id}`, undefined, await scene.keyOf(agent));
    t.match(answer, { status: 200, body: { charges: null, chargeTotals: null } }, "REP-07 not for agents");
    await scene.must("PATCH", `/v1/tariffs/${landline.id}`, {
      rateMinorPerMinute: 99,
      direction: "Elsewhere",
    });
    t.same((await scene.get(`/v1/calls/${id}`)).charges, call.charges, "another tariff, the same bill");
    const { items } = await scene.get(`/v1/settings/changes?subjectId=${landline.id}`);
    t.match(items[0], {
      command: "tariff.change",
      before: { rateMinorPerMinute: 50 },
      after: { rateMinorPerMinute: 99 },
    });
    await scene.must("POST", `/v1/settings/changes/${items[0].id}/undo`, {});
    t.match(await scene.get(`/v1/tariffs/${landline.id}`), { rateMinorPerMinute: 50, direction: "Moscow" });
  },
);

t.test(
  "XFER-12, XFER-10 an inbound call is charged for the number that it is handed to, and for nothing else",
  async (t) => {
    const agent = await scene.agent("Giver");
    const line = await scene.line([agent]);
    const far = await scene.farEnd({ ...quick, hangUpAfterMs: 1500 });
    const { items } = await scene.get("/v1/trunks");
    const carrier = items.find((each: { name: string }) => each.name === `Carrier at ${far.port}`);
    await scene.must("PATCH", `/v1/trunks/${carrier.id}`, { numberFormat: "digits" });
    await scene.onShift(agent, quick);
    for (const { type, number, charge } of [
      { type: "blind", number: "+79161110002", charge: { direction: "Moscow, mobile", amountMinor: 175 } },
      { type: "consultation", number: "+74951110002", charge: { direction: "Moscow", amountMinor: 50 } },
      {
        type: "blind",
        number: "+78121110002",
        charge: { amountMinor: null, reason: "no_tariff", currency: null },
      },
    ]) {
      scene.live.length = 0;
      await scene.status(agent, "available");
      scene.customer(line.number, { from: "+79160007002", hangUpAfterMs: 20_000 });
      const { data } = await scene.heard("the talk", (each) => each.kind === "call.talking");
      await scene.must("POST", `/v1/calls/${data.id}/transfer`, { type, to: { number } });
      if (type === "consultation") {
        // The colleague outside hangs up, the agent is back, and ends the call.
        await until("the consultation is over", async () =>
          (await scene.get(`/v1/calls/${data.id}`)).legs.some(
            (leg: { toNumber: { e164: string } | null; endedAt: string | null }) =>
              leg.toNumber?.e164 === number && leg.endedAt,
          ),
        );
        await scene.must("POST", `/v1/calls/${data.id}/hang-up`);
      }
      const call = await charged(data.id, 1);
      t.match(call.charges[0], { number: { e164: number }, ...charge }, `${type} to ${number}`);
      t.equal(call.type, "inbound");
      const rang = far.notes().filter(({ text }) => text.startsWith("rings"));
      t.match(rang.at(-1)?.text, new RegExp(line.number.slice(1)), "the line's number is shown");
      t.notMatch(rang.at(-1)?.text, /\+/, "a carrier that wants digits gets no plus (XFER-10)");
      t.same(call.chargeTotals.length, charge.amountMinor === null ? 0 : 1);
    }
  },
);

t.test("tariffs are the administrator's: validated, one for a prefix", async (t) => {
  const wrong = async (change: object) => {
    const body = { prefix: "+49", direction: "Germany", rateMinorPerMinute: 900, currency: "EUR", ...change };
    const { status, body: problem } = await scene.ask("POST", "/v1/tariffs", body);
    return [status, problem.errors?.[0]?.field];
  };
  t.same(await wrong({ prefix: "8495" }), [400, "prefix"]);
  t.same(await wrong({ prefix: "+7495" }), [409, "prefix"]);
  t.same(await wrong({ rateMinorPerMinute: 0.5 }), [400, "rateMinorPerMinute"], "half a kopeck is no unit");
  t.same(await wrong({ rateMinorPerMinute: -1 }), [400, "rateMinorPerMinute"]);
  t.same(await wrong({ currency: "rub" }), [400, "currency"]);
  t.same(await wrong({ direction: "…" }), [422, "direction"]);
  t.same(await wrong({ rounding: "hour" }), [400, "rounding"]);
  const key = await scene.keyOf(await scene.agent("Curious"));
  t.equal((await scene.ask("GET", "/v1/tariffs", undefined, key)).status, 403);
  const made = await scene.must("POST", "/v1/tariffs", {
    ...{ prefix: "+49", direction: "Germany", rateMinorPerMinute: 900, currency: "EUR", rounding: "second" },
  });
  t.equal((await scene.ask("DELETE", `/v1/tariffs/${made.id}`)).status, 204);
  t.equal((await scene.ask("GET", `/v1/tariffs/${made.id}`)).status, 404);
  const { items } = await scene.get("/v1/tariffs");
  t.match(items, [{ prefix: "+7495", rounding: "minute" }, { prefix: "+7916" }]);
  t.equal(items.length, 2);
});

t.test("LINE-13, BILL-08 in two-leg mode both legs are charged", async (t) => {
  const agent = await scene.agent("Walker");
  await scene.line([agent]);
  await scene.must("PATCH", `/v1/agents/${agent.id}`, { callMode: "external", mobile: "+79161110003" });
  await scene.farEnd({ ...quick, hangUpAfterMs: 2500 });
  await scene.must("POST", `/v1/agents/${agent.id}/sign-in`, {});
  await scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "outbound" });
  const placed = await scene.must("POST", "/v1/calls", { agentId: agent.id, to: { number: "+74951110003" } });
  const call = await charged(placed.callId, 2);
  t.match(call.charges, [
    { number: { e164: "+79161110003" }, amountMinor: 175 },
    { number: { e164: "+74951110003" }, amountMinor: 50 },
  ]);
});
