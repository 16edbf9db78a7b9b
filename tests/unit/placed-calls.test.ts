/** Who placed a call does with it what others do with theirs; and answering from the panel. */
import t from "tap";
import { callerOf } from "../../apps/commands/calls.ts";
import type { Fact } from "../../apps/core/records/facts.ts";
import { foldCall } from "../../apps/core/records/fold.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

const trunk = { id: "t", key: "t1", name: "Carrier", dials: true };

function talking() {
  const people = [agent("Anna"), agent("Boris")];
  const scene = house(people, [queue(people)], [line()], [trunk]);
  const number = "+79161112233";
  const common = { at: T0, call: "c", channel: "ch-anna" };
  scene.hear({ kind: "callPlaced", ...common, agent: "anna", to: { kind: "outside", number } });
  const dialled = scene.hear({ kind: "numberDialled", ...common, byPhone: "a-anna", number, allowed: true });
  return { ...scene, dialled };
}

t.test("SOFT-02 the side that is held is the customer's, whoever called whom", (t) => {
  const scene = talking();
  const hold = () =>
    scene.hear({ kind: "conversationAsked", at: T0, call: "c", by: "anna", ask: { do: "hold" } });
  t.match(scene.dialled.effects, [{ kind: "continue", channel: "ch-anna", step: { placedFor: "l1" } }]);
  scene.hear({ kind: "talkStarted", at: T0, call: "c", phone: "a-anna", channel: "ch-anna" });
  t.match(
    hold(),
    { events: [], refused: { code: "not-yet" } },
    "Asterisk has not told the customer's channel",
  );
  scene.hear({ kind: "phoneCalled", at: T0, call: "c", phone: "t1", channel: "ch-far" });
  t.match(hold().events, [], "a channel that comes later is not the one that was dialled");
  t.end();
});

t.test("SOFT-05 without a trunk that has a host the number is what cannot be called", (t) => {
  const people = [agent("Anna")];
  const scene = house(people, [queue(people)], [line()], [{ ...trunk, dials: false }]);
  const to = { kind: "outside", number: "+79161112233" } as const;
  const common = { at: T0, call: "c", channel: "ch-anna", agent: "anna" };
  t.match(scene.hear({ kind: "callPlaced", ...common, to }), {
    events: [],
    refused: { code: "number-unavailable", field: "to.number", text: /needs a host/ },
  });
  t.end();
});

t.test(
  "SOFT-05 keys reach nobody on the refusal list; what was placed from the workplace was asked about before",
  (t) => {
    const people = [agent("Anna")];
    const number = "+79161112233";
    const common = { at: T0, call: "c", channel: "ch-anna" };
    const dialled = { kind: "numberDialled", ...common, byPhone: "a-anna", number, allowed: true } as const;
    const events = (scene: ReturnType<typeof house>, refused: boolean) =>
      scene.hear({ ...dialled, refused }).events.map(({ kind }) => kind);
    const fresh = () => house(people, [queue(people)], [line()], [trunk]);
    t.ok(events(fresh(), false).includes("ExternalDialled"));
    const byKeys = fresh();
    t.same(events(byKeys, true), ["CallArrived", "CallRefused"], "nobody is dialled");
    t.notOk(byKeys.floor.agents.get("anna")?.call, "and the agent is free");
    const placed = fresh();
    placed.hear({ kind: "callPlaced", ...common, agent: "anna", to: { kind: "outside", number } });
    t.ok(events(placed, true).includes("ExternalDialled"), "the customer had asked for it");
    t.end();
  },
);

t.test("a key that is no agent's says who calls", (t) => {
  const by = { keyId: "k", role: "admin" } as const;
  const id = "6f1b0a3e-8f5d-4c1a-9d2e-7a4c0b9e5d21";
  t.equal(callerOf(id, by), id);
  t.throws(() => callerOf(undefined, by), { code: "required", field: "agentId", message: /is required/ });
  t.throws(() => callerOf("anna", by), { code: "unknown", field: "agentId" });
  t.end();
});

t.test("XFER-02 handed over by who placed it, the customer's channel is the call's", (t) => {
  const scene = talking();
  scene.hear({ kind: "phoneCalled", at: T0, call: "c", phone: "t1", channel: "ch-far" });
  scene.hear({ kind: "talkStarted", at: T0, call: "c", phone: "a-anna", channel: "ch-anna" });
  t.equal(scene.floor.calls.get("c")?.channel, "ch-anna", "nothing changes before somebody asks");
  const ask = { do: "transfer", type: "blind", to: { agentId: "boris" }, acceptanceNeeded: false } as const;
  const { events, effects } = scene.hear({ kind: "conversationAsked", at: T0, call: "c", by: "anna", ask });
  t.match(events, [{ kind: "SidesChanged", channel: "ch-far" }, { kind: "CallTransferred" }]);
  t.match(effects, [
    {
      kind: "redirect",
      channel: "ch-far",
      place: { kind: "offer", phone: "a-boris" },
      other: { channel: "ch-anna" },
    },
  ]);
  t.end();
});

t.test("SOFT-14 only what rings for the agent is answered", (t) => {
  const scene = house([agent("Anna"), agent("Boris")]);
  scene.arrive("c");
  const ask = (who: string) => scene.hear({ kind: "answerAsked", at: T0, call: "c", agent: who });
  t.match(ask("anna"), { refused: { code: "not-ringing" } }, "its channel is not known yet");
  scene.hear({ kind: "phoneCalled", at: T0, call: "c", phone: "a-anna", channel: "ch-anna" });
  t.match(ask("boris"), { effects: [], refused: { code: "not-yours" } });
  t.match(ask("anna").effects, [{ kind: "answer", call: "c", agent: "anna", channel: "ch-anna" }]);
  scene.hear({ kind: "talkStarted", at: T0, call: "c", phone: "a-anna", channel: "ch-anna" });
  t.match(ask("anna"), { effects: [], refused: { code: "not-ringing" } });
  t.match(scene.hear({ kind: "answerAsked", at: T0, call: "x", agent: "anna" }), {
    refused: { code: "over" },
  });
  t.end();
});

t.test("WRAP-06, SOFT-13 the record of a placed call goes on when its agent has handed it over", (t) => {
  let offset = 0;
  const cel = (at: number, kind: string, uniqueId: string, channel: string, extra: object = {}): Fact =>
    ({
      origin: `cel:f:${offset++}`,
      at: T0 + at,
      source: "cel",
      kind,
      data: { uniqueId, channel: `PJSIP/${channel}-00000001`, extra },
    }) as unknown as Fact;
  const said = (at: number, kind: string, data: object): Fact =>
    ({ origin: `engine:f:${offset++}`, at: T0 + at, source: "engine", kind, data }) as unknown as Fact;
  const facts = [
    said(0, "CallArrived", { type: "outbound", agent: "anna", to: "+79161112233" }),
    cel(0, "CHAN_START", "o.1", "a-anna"),
    cel(1000, "CHAN_START", "o.2", "t1"),
    cel(2000, "BRIDGE_ENTER", "o.1", "a-anna", { bridge_id: "b1" }),
    cel(2000, "BRIDGE_ENTER", "o.2", "t1", { bridge_id: "b1" }),
    said(5000, "SidesChanged", { channel: "o.2" }),
    cel(5000, "BRIDGE_EXIT", "o.2", "t1", { bridge_id: "b1" }),
    cel(5000, "HANGUP", "o.1", "a-anna", { hangupcause: 16 }),
    cel(5500, "CHAN_START", "o.3", "a-boris"),
    cel(6000, "BRIDGE_ENTER", "o.3", "a-boris", { bridge_id: "b2" }),
    cel(6000, "BRIDGE_ENTER", "o.2", "t1", { bridge_id: "b2" }),
    cel(10_000, "HANGUP", "o.3", "a-boris", { hangupcause: 16 }),
    cel(10_000, "HANGUP", "o.2", "t1", { hangupcause: 16 }),
    cel(10_000, "LINKEDID_END", "o.2", "t1"),
  ];
  const names = {
    agentByPhone: (phone: string) => (phone.startsWith("a-") ? phone.slice(2) : undefined),
    lineByKey: () => undefined,
    queueByKey: () => undefined,
  };
  const record = foldCall("o.1", facts, names);
  t.match(record, {
    type: "outbound",
    agentId: "boris",
    talkMs: 7000,
    endedAt: T0 + 10_000,
    ending: "answered",
  });
  t.match(
    record?.parts.map(({ kind, agentId }) => [kind, agentId]),
    [
      ["talk", "anna"],
      ["talk", "boris"],
    ],
  );
  t.end();
});
