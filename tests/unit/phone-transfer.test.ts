/** A phone's own transfer key: what it asks for is heard only as far as it may be dialled. */
import t from "tap";
import { hearQuestion, type Senses } from "../../apps/asterisk/hears.ts";
import type { Fact } from "../../apps/core/records/facts.ts";
import { foldCall } from "../../apps/core/records/fold.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

const senses: Senses = {
  now: () => T0,
  draw: () => 0,
  callIdOf: () => "c",
  identify: (number) => ({ from: number.length > 6 ? `+${number.replace("+", "")}` : number }),
  refused: (number) => number === "+79160000009",
  newId: () => "00000000-0000-4000-8000-000000000001",
  mayDial: (number) => number.startsWith("+7"),
};
const ask = (to: string) => hearQuestion("ch-c", "+79160000001", ["blind", "l1", to, "a-anna"], senses);

t.test("XFER-10, LINE-13 a number that may not be dialled is none, also for a phone's transfer", (t) => {
  t.match(ask("79161112233"), { kind: "phoneTransferred", number: "+79161112233", byPhone: "a-anna" });
  t.equal((ask("5355512345") as { number?: string }).number, undefined);
  t.equal((ask("79160000009") as { number?: string }).number, undefined, "nor one that has refused");
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

t.test(
  "WRAP-06, SOFT-13 the record of a phone's transfer: whichever bridge Asterisk puts the two into",
  (t) => {
    const target = {
      transfer_target_channel_name: "PJSIP/a-boris-00000001",
      transfer_target_channel_uniqueid: "d.2",
    };
    const joined = { bridge2_id: "b2", ...target };
    const cel = (at: number, kind: string, uniqueId: string, who: string, extra: object = {}) => ({
      ...{ at: T0 + at, source: "cel" as const, kind },
      data: { uniqueId, channel: `PJSIP/${who}-00000001`, extra },
    });
    const toColleague = [
      cel(5000, "BRIDGE_EXIT", "c.1", "t1"),
      cel(5001, "BRIDGE_ENTER", "c.1", "t1", { bridge_id: "b2" }),
      cel(5001, "BRIDGE_EXIT", "c.2", "a-anna"),
      cel(5002, "ATTENDEDTRANSFER", "c.2", "a-anna", joined),
    ];
    const toCustomer = [
      cel(5000, "BRIDGE_EXIT", "c.2", "a-anna"),
      cel(5001, "BRIDGE_ENTER", "d.2", "a-boris", { bridge_id: "b1" }),
      cel(5002, "ATTENDEDTRANSFER", "c.2", "a-anna", joined),
    ];
    for (const moves of [toColleague, toCustomer]) {
      const facts = [
        cel(0, "CHAN_START", "c.1", "t1"),
        cel(100, "CHAN_START", "c.2", "a-anna"),
        cel(1000, "BRIDGE_ENTER", "c.1", "t1", { bridge_id: "b1" }),
        cel(1000, "BRIDGE_ENTER", "c.2", "a-anna", { bridge_id: "b1" }),
        ...moves,
        cel(5100, "HANGUP", "c.2", "a-anna", { hangupcause: 16 }),
        cel(9002, "HANGUP", "d.2", "a-boris", { hangupcause: 16 }),
        cel(9002, "HANGUP", "c.1", "t1", { hangupcause: 16 }),
        cel(9002, "LINKEDID_END", "c.1", "t1"),
      ].map((fact, index) => ({ ...fact, origin: `cel:f:${index}` })) as unknown as Fact[];
      const record = foldCall("c.1", facts, {
        agentByPhone: (phone) => (phone.startsWith("a-") ? phone.slice(2) : undefined),
        lineByKey: () => undefined,
        queueByKey: () => undefined,
      });
      t.match(record, { agentId: "boris", transfers: 1, ending: "answered" });
      t.ok(Math.abs((record?.talkMs ?? 0) - 8000) <= 2, `${record?.talkMs} ms with either`);
      t.same(
        record?.parts.map(({ kind, agentId }) => `${kind} ${agentId}`),
        ["talk anna", "talk boris"],
      );
    }
    t.end();
  },
);
