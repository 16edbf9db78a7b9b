/** Open lines as rules: who has one, whose customers come by it, and what becomes of who hangs up. */
import t from "tap";
import { cannotBeCalled, cannotTake } from "../../apps/core/agents/eligible.ts";
import { statusOf } from "../../apps/core/agents/status.ts";
import type { Agent } from "../../apps/core/floor.ts";
import { phoneOfChannel } from "../../apps/core/records/fold.ts";
import { answered, CARRIER, campaign, dialled, taken } from "../support/campaign.ts";
import { agent, type House, house, line, queue, T0 } from "../support/floor.ts";

const LINE = "open-line-1.1";

function with1(change: Partial<Agent> = {}): House {
  const team = [agent("anna", { state: "outbound", ...change })];
  const made = house(team, [queue(team)], [line()], [CARRIER]);
  made.hear({ kind: "campaignsLoaded", at: T0, campaigns: [campaign(team, { connect: "open-line" })] });
  return made;
}
const stands = (made: House) => {
  made.hear({ kind: "deviceChanged", at: T0, phone: "a-anna", device: "busy" });
  return made.hear({ kind: "openLineStands", at: T0, phone: "a-anna", channel: LINE });
};
const anna = (made: House): Agent => made.floor.agents.get("anna") as Agent;

t.test("a customer comes by the open line, and to nobody without one", (t) => {
  const made = with1();
  dialled(made, [taken("one")]);
  t.match(answered(made, "one").events.at(-1), { kind: "CustomerWaits" }, "an idle phone is not enough");
  const { effects } = stands(made);
  t.match(effects, [{ kind: "continue", step: { kind: "connect", phone: "a-anna", openLine: true } }]);
  made.hear({ kind: "talkStarted", at: T0 + 8500, call: "call-one", phone: "a-anna" });
  t.equal(statusOf(anna(made)), "talking");
  t.end();
});

t.test("a line is no call: its agent is ready for campaigns, and for nobody else", (t) => {
  const made = with1();
  stands(made);
  t.equal(anna(made).call, undefined);
  t.not(statusOf(anna(made)), "talking");
  made.hear({ kind: "stateChosen", at: T0, agent: "anna", state: "inbound" });
  const why = "keeps a line open for campaigns";
  t.equal(cannotTake(anna(made)), why, "a queue's caller does not come by it, nor a colleague's");
  t.equal(cannotBeCalled(anna(made)), why, "nor a supervisor's own listening");
  t.end();
});

t.test("asked for: the phone is called once; not twice, not in a call, not when signed out", (t) => {
  const made = with1();
  const ask = (open: boolean) =>
    made.hear({ kind: "openLineAsked", at: T0, agent: "anna", channel: LINE, open });
  t.match(ask(false), { refused: { code: "not-open" } });
  t.match(ask(true).effects, [
    {
      kind: "originate",
      channel: LINE,
      phone: "a-anna",
      place: { context: "open-line-keep", extension: "of-a-anna" },
    },
  ]);
  stands(made);
  t.match(ask(true), { refused: { code: "not-available" } });
  t.match(ask(false).effects, [{ kind: "hangUp", channel: LINE }]);
  t.match(
    with1({ state: "offline" }).hear({
      kind: "openLineAsked",
      ...{ at: T0, agent: "anna", channel: LINE, open: true },
    }),
    { refused: { code: "not-available" } },
  );
  t.end();
});

t.test("hung up: a ready agent is on a break, in a talk after it; signing out hangs up", (t) => {
  const made = with1();
  stands(made);
  made.hear({ kind: "openLineGone", at: T0, phone: "a-anna", channel: "open-line-0.9" });
  t.equal(anna(made).openLine, LINE, "another line's end is not this one's");
  const gone = made.hear({ kind: "openLineGone", at: T0, phone: "a-anna", channel: LINE });
  t.equal(anna(made).state, "break");
  t.match(gone.effects, [{ kind: "saveState", state: "break" }]);
  const talking = with1();
  stands(talking);
  dialled(talking, [taken("one")]);
  answered(talking, "one");
  talking.hear({ kind: "talkStarted", at: T0 + 8500, call: "call-one", phone: "a-anna" });
  talking.hear({ kind: "openLineGone", at: T0 + 9000, phone: "a-anna", channel: LINE });
  t.match(anna(talking), { state: "outbound", pendingState: "break" });
  talking.hear({ kind: "talkEnded", at: T0 + 9001, call: "call-one", phone: "a-anna", gone: true });
  t.equal(anna(talking).state, "break");
  const leaving = with1();
  stands(leaving);
  const out = leaving.hear({ kind: "stateChosen", at: T0, agent: "anna", state: "offline" });
  t.ok(out.effects.some((effect) => effect.kind === "hangUp" && effect.channel === LINE));
  t.end();
});

t.test("the agent's leg in a customer's call is named after the phone; its far side is nobody's", (t) => {
  t.equal(phoneOfChannel("Local/agent-101-x@open-line-0000000a;1"), "agent-101-x");
  t.equal(phoneOfChannel("Local/agent-101-x@open-line-0000000a;2"), undefined);
  t.equal(phoneOfChannel("PJSIP/agent-101-x-0000000a"), "agent-101-x");
  t.end();
});
