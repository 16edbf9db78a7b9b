/** A phone's own transfer key: what it asks for is heard only as far as it may be dialled. */
import t from "tap";
import { hearQuestion, type Senses } from "../../apps/asterisk/hears.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

const senses: Senses = {
  now: () => T0,
  draw: () => 0,
  callIdOf: () => "c",
  identify: (number) => ({ from: number.length > 6 ? `+${number.replace("+", "")}` : number }),
  newId: () => "00000000-0000-4000-8000-000000000001",
  mayDial: (number) => number.startsWith("+7"),
};
const ask = (to: string) => hearQuestion("ch-c", "+79160000001", ["blind", "l1", to, "a-anna"], senses);

t.test("XFER-10, LINE-13 a number that may not be dialled is none, also for a phone's transfer", (t) => {
  t.match(ask("79161112233"), { kind: "phoneTransferred", number: "+79161112233", byPhone: "a-anna" });
  t.equal((ask("5355512345") as { number?: string }).number, undefined);
  t.equal((ask("102") as { number?: string }).number, undefined, "a short number is no number outside");
  t.end();
});

t.test(
  "XFER-10, XFER-09 with a carrier: allowed numbers are dialled, others bring the customer back",
  (t) => {
    for (const [to, going] of [
      ["79161112233", "external"],
      ["5355512345", "offer"],
    ] as const) {
      const anna = agent("Anna");
      const trunk = { id: "t", key: "t1", name: "Carrier", dials: true };
      const { hear, arrive } = house([anna], [queue([anna])], [line()], [trunk]);
      arrive("c");
      hear({ kind: "talkStarted", at: T0, call: "c", phone: "a-anna", channel: "ch-anna" });
      hear({ kind: "talkEnded", at: T0, call: "c", phone: "a-anna", channel: "ch-anna", gone: true });
      const input = ask(to);
      if (!input) throw new Error("nothing was heard");
      const steps = hear(input).effects.flatMap((each) => (each.kind === "continue" ? [each.step.kind] : []));
      t.same(steps, [going]);
    }
    t.end();
  },
);

t.test("SOFT-13, XFER-05 after a consultation on the phone the same rules hold", (t) => {
  for (const consultationOnly of [false, true]) {
    const people = [agent("Anna"), agent("Boris", { consultationOnly, shortNumber: "102" })];
    const { floor, hear, arrive } = house(people, [queue([people[0] ?? agent("Anna")])]);
    arrive("c");
    hear({ kind: "talkStarted", at: T0, call: "c", phone: "a-anna", channel: "ch-anna" });
    const second = { at: T0, call: "d", channel: "ch-anna2" };
    hear({ kind: "colleagueDialled", ...second, shortNumber: "102", byPhone: "a-anna" });
    hear({ kind: "talkStarted", at: T0, call: "d", phone: "a-boris", channel: "ch-boris" });
    t.equal(floor.agents.get("anna")?.call?.id, "c", "the customer's call is the agent's");
    // Asterisk puts the colleague's channel into the customer's call.
    const { events, effects } = hear({
      ...{ kind: "talkStarted", at: T0, call: "c", phone: "a-boris", channel: "ch-boris" },
    });
    const kinds = events.map((event) => event.kind);
    if (consultationOnly) {
      t.same(kinds, ["CallParted"]);
      t.match(effects, [
        {
          kind: "redirect",
          channel: "ch-c",
          place: { context: "decide-again" },
          other: { channel: "ch-boris" },
        },
      ]);
    } else {
      t.same(kinds, ["TransferCompleted", "TalkStarted"]);
      t.match(floor.agents.get("boris")?.call, { id: "c", phase: "talking", channel: "ch-boris" });
      t.equal(floor.calls.get("c")?.agentId, "boris");
    }
  }
  t.end();
});
