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
