/** Asterisk refuses a move: everybody is where they were, and the floor says so. */
import t from "tap";
import { createHands, type Tools } from "../../apps/asterisk/hands.ts";
import type { ConversationAsk } from "../../apps/core/conversation/request.ts";
import type { Effect } from "../../apps/core/effects.ts";
import type { Input } from "../../apps/core/inputs.ts";
import { countTransfers } from "../../apps/core/records/call-sums.ts";
import type { Fact } from "../../apps/core/records/facts.ts";
import type { Log } from "../../apps/engine/ports.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";
import { until } from "../support/until.ts";

const trunk = { id: "t", key: "t1", name: "Carrier", dials: true };

/** Anna talks with a customer; Boris is free. */
function scene() {
  const people = [agent("Anna"), agent("Boris")];
  const lines = [line(), line({ id: "p", key: "l2", name: "Pay" })];
  const made = house(people, [queue(people)], lines, [trunk]);
  let at = T0;
  made.arrive("c");
  const talk = (kind: "talkStarted" | "talkEnded", who: string, gone = false) => {
    at += 1000;
    const phone = who === "c" ? "t9" : `a-${who}`;
    return made.hear({ kind, at, call: "c", phone, channel: `ch-${who}`, gone });
  };
  talk("talkStarted", "anna");
  const ask = (asked: ConversationAsk) => {
    at += 1000;
    return made.hear({ kind: "conversationAsked", at, call: "c", by: "anna", ask: asked });
  };
  const refuse = ({ effects }: { effects: readonly Effect[] }) => {
    const effect = effects.find((each) => each.kind === "redirect");
    if (effect?.kind !== "redirect") throw new Error("nothing was asked of Asterisk");
    at += 1000;
    return made.hear({ kind: "moveRefused", at, call: "c", before: effect.before });
  };
  const call = () => made.floor.calls.get("c");
  const held = (who: string) => made.floor.agents.get(who)?.call;
  return { ...made, talk, ask, refuse, call, held };
}

const to = (type: "blind" | "consultation", where: object) =>
  ({ do: "transfer", type, to: where, acceptanceNeeded: false }) as ConversationAsk;
const boris = { agentId: "boris" };

t.test("SOFT-02 a resume that is refused leaves the caller on hold, to be taken back again", (t) => {
  const { ask, refuse, call, talk } = scene();
  const held = ask({ do: "hold" });
  talk("talkEnded", "c");
  const since = call()?.regroup?.since;
  t.match(refuse(ask({ do: "resume" })).events, [{ kind: "MoveRefused", regroup: { kind: "held", since } }]);
  t.match(call(), { phase: "talking", agentId: "anna", regroup: { kind: "held", by: "anna", since } });
  t.match(ask({ do: "resume" }), { refused: undefined, effects: [{ kind: "redirect" }] });
  talk("talkStarted", "c");
  t.equal(call()?.regroup, undefined);
  t.same(refuse(held).events, [], "an answer that comes too late changes nothing");
  t.match(refuse(ask({ do: "hold" })).events, [{ kind: "MoveRefused", regroup: null }]);
  t.equal(call()?.regroup, undefined, "a hold that is refused is none");
  t.end();
});

t.test(
  "XFER-02 a blind transfer that is refused leaves the agent with the caller, and the target free",
  (t) => {
    for (const where of [boris, { number: "+79161112233" }, { lineId: "p" }]) {
      const { ask, refuse, call, held } = scene();
      const before = call();
      const asked = ask(to("blind", where));
      if (where === boris) t.match(held("boris"), { phase: "offered" });
      refuse(asked);
      t.same(call(), before, JSON.stringify(where));
      t.match(held("anna"), { id: "c", phase: "talking" });
      t.equal(held("boris"), undefined);
      t.match(ask({ do: "hold" }), { refused: undefined });
    }
    t.end();
  },
);

t.test("XFER-03 a consultation that is refused: the colleague is free, and who was held is held", (t) => {
  for (const first of [false, true]) {
    const { ask, refuse, call, held } = scene();
    if (first) ask({ do: "hold" });
    const before = call();
    const asked = ask(to("consultation", boris));
    t.match(held("boris"), { as: "consultant", phase: "offered" });
    refuse(asked);
    t.equal(held("boris"), undefined);
    t.same(call(), before);
  }
  t.end();
});

t.test("XFER-01, XFER-03, XFER-04 in a consultation what is refused leaves the consultation", (t) => {
  const { ask, refuse, call, held, hear, talk } = scene();
  ask(to("consultation", boris));
  talk("talkEnded", "c");
  hear({ kind: "phoneCalled", at: T0 + 9000, call: "c", phone: "a-boris", channel: "ch-boris" });
  talk("talkStarted", "boris");
  for (const act of ["interrupt", "complete", "conference"] as const) {
    refuse(ask({ do: act }));
    t.match(call()?.regroup, { kind: "consulting", answered: true }, act);
    t.match(held("boris"), { id: "c", phase: "talking", as: "consultant", channel: "ch-boris" }, act);
  }
  ask({ do: "conference" });
  refuse(ask({ do: "leave" }));
  t.match(call()?.regroup, { kind: "conference" });
  t.end();
});

t.test("XFER-03 what Asterisk's record says goes before a refusal that comes later", (t) => {
  const { ask, refuse, call, held, hear, talk } = scene();
  const asked = ask(to("consultation", boris));
  hear({ kind: "phoneCalled", at: T0 + 9000, call: "c", phone: "a-boris", channel: "ch-boris" });
  talk("talkStarted", "boris");
  t.same(refuse(asked).events, []);
  t.match(call()?.regroup, { kind: "consulting", answered: true });
  t.match(held("boris"), { as: "consultant", phase: "talking" });
  t.end();
});

t.test("XFER-12 a transfer that was refused is none in the record", (t) => {
  const fact = (kind: string, data: object = {}) => ({ source: "engine", kind, data }) as unknown as Fact;
  const transferred = fact("CallTransferred");
  t.equal(countTransfers([transferred, fact("MoveRefused", { before: { asked: "CallTransferred" } })]), 0);
  t.equal(countTransfers([transferred, fact("MoveRefused", { before: { asked: "CallHeld" } })]), 1);
  t.end();
});

t.test("XFER-01 what was before comes back with Asterisk's refusal", async (t) => {
  const { ask } = scene();
  const heard: Input[] = [];
  const nothing = () => Promise.reject(new Error("not asked for"));
  const hands = createHands(
    {
      ari: { request: nothing } as unknown as Tools["ari"],
      members: { pause: nothing },
      mover: { redirect: () => Promise.reject(new Error("AMI is away")), nudge: nothing, mute: nothing },
      probe: { alive: nothing } as unknown as Tools["probe"],
      asker: { answer: nothing } as unknown as Tools["asker"],
      hear: (input) => heard.push(input),
    },
    { info: () => {}, warn: () => {}, error: () => {} } as unknown as Log,
  );
  const [effect] = ask({ do: "hold" }).effects;
  if (!effect) throw new Error("nothing was asked");
  hands.perform(effect as Parameters<typeof hands.perform>[0]);
  await until("it is heard", async () => heard.length > 0);
  t.match(heard, [{ kind: "moveRefused", call: "c", before: { asked: "CallHeld", call: { id: "c" } } }]);
});
