/** A line that is handed a call: there the call is a new arrival, whatever it has behind it elsewhere. */
import t from "tap";
import { placeOf } from "../../apps/asterisk/hands.ts";
import type { Line } from "../../apps/core/floor.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

const closed = { zone: "Europe/Moscow", week: [{ days: [7] as const, from: "00:00", to: "01:00" }] };
const main = { key: "m1", name: "Main", when: "always" } as const;
const robot = { key: "m3", name: "Payment", when: "always" } as const;
const trunk = { id: "t", key: "t1", name: "Carrier", dials: true };

/** Anna serves the first line, Boris what its menu leads to, Clara the line «Pay». */
function scene(first: Partial<Line> = {}, pay: Partial<Line> = {}) {
  const people = [agent("Anna"), agent("Boris"), agent("Clara")];
  const queues = people.map(({ id }, index) =>
    queue([agent(id)], { id: `q${index + 1}`, key: `q${index + 1}`, agents: [id] }),
  );
  const lines = [
    line({ queueId: "q1", ...first }),
    line({ ...{ id: "p", key: "l2", name: "Pay", queueId: "q3", shortNumber: "901" }, ...pay }),
  ];
  const made = house(people, queues, lines, [trunk]);
  const question = { at: T0, call: "c", channel: "ch-c", draw: 0 };
  const talk = (who: string) =>
    made.hear({ kind: "talkStarted", at: T0, call: "c", phone: `a-${who}`, channel: `ch-${who}` });
  const stops = (who: string) =>
    made.hear({
      ...{ kind: "talkEnded", at: T0, call: "c", phone: `a-${who}`, channel: `ch-${who}`, gone: true },
    });
  const handOver = (who: string) => {
    const ask = {
      do: "transfer",
      type: "blind",
      to: { lineId: "p" },
      acceptanceNeeded: false,
    } as const;
    const asked = made.hear({ kind: "conversationAsked", at: T0, call: "c", by: who, ask });
    stops(who);
    return asked;
  };
  return { ...made, question, talk, stops, handOver, asksAgain: () => made.arrive("c", { lineKey: "l2" }) };
}

t.test("XFER-07, IVR-02 what was chosen in the first line's menu is no choice on the next line", (t) => {
  const { handOver, arrive, hear, talk, question, asksAgain, floor } = scene({ menu: main }, { menu: robot });
  t.equal(arrive("c").goes, "menu m1");
  const choice = { menuKey: "m1", digit: "2", action: "queue", target: "q2" } as const;
  hear({ kind: "menuChose", ...question, lineKey: "l1", ...choice });
  talk("boris");
  t.match(handOver("boris").effects, [{ kind: "redirect", place: { kind: "to-line", lineKey: "l2" } }]);
  t.equal(asksAgain().goes, "menu m3", "its menu is played");
  const none = { menuKey: "m3", digit: "none", action: "queue", target: "q3" } as const;
  const { effects } = hear({ kind: "menuChose", ...question, lineKey: "l2", ...none });
  t.match(effects, [{ step: { kind: "offer", phone: "a-clara" } }], "its people are asked, and not Boris");
  t.equal(floor.calls.get("c")?.lineId, "p");
  t.end();
});

t.test(
  "XFER-07, ROUTE-07, PROMPT-03 a caller who was greeted elsewhere meets menu, hours and greeting",
  (t) => {
    const after = (pay: Partial<Line>) => {
      const { handOver, arrive, hear, talk, question, asksAgain } = scene({ welcome: true }, pay);
      t.equal(arrive("c").goes, "welcome l1");
      hear({ kind: "welcomed", ...question, lineKey: "l1" });
      talk("anna");
      handOver("anna");
      return asksAgain().goes;
    };
    t.equal(after({ hours: closed }), "ending out-of-hours");
    t.equal(after({ hours: closed, menu: robot }), "menu m3");
    t.equal(after({ welcome: true }), "welcome l2");
    t.equal(after({}), "offer a-clara");
    t.end();
  },
);

t.test("XFER-07 also a customer whom an agent called comes to the line's menu", (t) => {
  const { hear, handOver, arrive } = scene({}, { menu: robot });
  const number = "+79161112233";
  const common = { at: T0, call: "c", channel: "ch-anna" };
  hear({ kind: "callPlaced", ...common, agent: "anna", to: { kind: "outside", number }, lineId: "l" });
  hear({ kind: "numberDialled", ...common, byPhone: "a-anna", number, allowed: true });
  hear({ kind: "phoneCalled", at: T0, call: "c", phone: "t1", channel: "ch-c" });
  hear({ kind: "talkStarted", at: T0, call: "c", phone: "a-anna", channel: "ch-anna" });
  handOver("anna");
  t.equal(arrive("c", { lineKey: "l2" }).goes, "menu m3");
  t.end();
});

t.test("SOFT-13, XFER-07 by the phone's transfer key the call goes to the line by the same way", (t) => {
  const { hear, arrive, talk, stops, question, asksAgain } = scene({}, { menu: robot });
  arrive("c");
  talk("anna");
  stops("anna");
  const key = { lineKey: "l1", shortNumber: "901", byPhone: "a-anna" };
  const { effects } = hear({ kind: "phoneTransferred", ...question, ...key });
  t.match(effects, [{ kind: "continue", step: { kind: "to-line", lineKey: "l2" } }]);
  t.equal(effects.length, 1, "nothing is decided before the call is on the line");
  t.equal(asksAgain().goes, "menu m3");
  t.end();
});

t.test("ROUTE-12 the queue is always told the priority, so that none is left from an earlier line", (t) => {
  const step = { kind: "queue", key: "q1", seconds: 300, record: "off", announce: false } as const;
  t.equal(placeOf({ ...step, priority: 0 }).extension, "to-q1_300_0");
  t.equal(placeOf({ ...step, priority: 7 }).extension, "to-q1_300_7");
  t.equal(placeOf({ ...step, priority: 0, position: 2 }).extension, "to-q1_300_0_2");
  t.same(placeOf({ kind: "to-line", lineKey: "l2" }), { context: "to-line", extension: "l2" });
  t.end();
});
