/**
 * Which number a customer sees, and when an agent cannot call at all.
 */
import t from "tap";
import type { Trunk } from "../../apps/core/floor.ts";
import type { NumberPlan } from "../../apps/core/numbers.ts";
import { shownNumber } from "../../apps/core/outgoing/shown-number.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

const LATER = T0 + 1000;
const own = { number: "+79160000001", validUntil: LATER };
const carrier: Trunk = { id: "t", key: "t1", name: "Carrier", dials: true };
const pbx: Trunk = { ...carrier, id: "p", key: "t2", name: "PBX", kind: "pbx", number: "+74951112233" };

function shown(plan: NumberPlan | undefined, { trunks = [carrier], proof = own, at = T0 } = {}) {
  const anna = agent("Anna", { shown: proof });
  const { floor } = house([anna], [queue([anna])], [line()], trunks);
  floor.numbers = plan;
  const result = shownNumber(floor, anna, line(), at);
  return "reason" in result ? result.reason : result.callerId;
}

t.test("LINE-01 the number is the line's, the company's or the agent's", async (t) => {
  const common = { number: "+79160000002", validUntil: LATER };
  t.equal(shown(undefined), "+74950000101");
  t.equal(shown({ source: "line", display: "own" }, { at: LATER }), "+74950000101", "it needs no proof");
  t.equal(shown({ source: "common", display: "own", common }), common.number);
  t.equal(shown({ source: "personal", display: "own", common }), own.number);
});

t.test("LINE-02, LINE-03 the service number is shown only in place of one that is proved", async (t) => {
  const service: NumberPlan = { source: "personal", display: "service", serviceNumber: "+78000000000" };
  t.equal(shown(service), "+78000000000");
  t.match(shown(service, { at: LATER }), /lapsed/);
  t.match(shown({ ...service, source: "common" }), /not verified yet/);
  t.match(shown({ source: "personal", display: "service" }), /no service number/);
});

t.test("LINE-04 a proof holds to the millisecond, and its lapse says the day", async (t) => {
  t.equal(shown({ source: "personal", display: "own" }, { at: LATER - 1 }), own.number);
  t.match(shown({ source: "personal", display: "own" }, { at: LATER }), /\+79160000001 lapsed on 2026-01-05/);
});

t.test(
  "LINE-06, LINE-08 an own PBX takes the calls and shows its number; without it the rest counts again",
  async (t) => {
    const plan: NumberPlan = { source: "common", display: "own" };
    t.equal(shown(plan, { trunks: [carrier, pbx] }), pbx.number, "no proof is needed");
    t.match(shown(plan), /not verified yet/);
    t.match(shown(plan, { trunks: [] }), /no trunk/);
  },
);

t.test("LINE-03 a code is dictated by a call whose events do not hold it", async (t) => {
  const anna = agent("Anna");
  const { hear, floor } = house([anna], [queue([anna])], [line()], [carrier]);
  const asked = {
    kind: "verificationAsked",
    at: T0,
    call: "c",
    channel: "outbound-1.2",
    language: "ru",
  } as const;
  const { events, effects } = hear({ ...asked, number: "+79161112233", code: "042713" });
  t.match(effects, [{ kind: "originate", phone: "+79161112233@t1", place: { context: "verification" } }]);
  t.notMatch(JSON.stringify(events), /042713/);
  t.equal(floor.calls.get("c")?.kind, "outbound");
  t.same(floor.agents.get("anna")?.call, undefined, "nobody is busy with it");
});
