/** Preview campaigns as rules: who is shown somebody, when that is over, what a skip makes of the contact. */
import t from "tap";
import { wrapUpOf } from "../../apps/core/agents/wrap-up.ts";
import type { Campaign } from "../../apps/core/dialling/campaign.ts";
import {
  afterSkip,
  previewEnd,
  readyForPreview,
  type Shown,
  SKIP_REASONS,
  SKIP_WORDS,
} from "../../apps/core/dialling/preview.ts";
import type { Agent } from "../../apps/core/floor.ts";
import { foldPreviewed } from "../../apps/core/records/attempt-previewed.ts";
import type { Fact } from "../../apps/core/records/facts.ts";
import { CARRIER, campaign } from "../support/campaign.ts";
import { agent, type House, house, line, queue, T0 } from "../support/floor.ts";

function running(change: Partial<Campaign> = {}, states: Partial<Agent> = {}): House {
  const anna = agent("Anna", { state: "outbound", ...states });
  const boris = agent("Boris", { state: "outbound" });
  const made = house([anna, boris], [queue([anna, boris])], [line()], [CARRIER]);
  made.hear({
    kind: "campaignsLoaded",
    at: T0,
    campaigns: [campaign([anna], { mode: "preview", ...change })],
  });
  return made;
}

const SHOWN: Shown = { id: "s", campaignId: "k", agentId: "anna", until: T0 + 60_000 };
const ready = ({ floor }: House, engaged: readonly string[] = []) =>
  readyForPreview(floor, new Set(engaged), () => 0).map((one) => one.agent);
const ends = ({ floor }: House, at = T0, shown: Shown = SHOWN) => previewEnd(floor, shown, at)?.kind;

t.test("whoever is free in outbound state is shown somebody, and nobody else", (t) => {
  t.same(ready(running()), ["anna"], "Boris does not serve the campaign");
  t.same(ready(running(), ["anna"]), [], "one at a time");
  for (const state of ["inbound", "break", "offline"] as const)
    t.same(ready(running({}, { state })), [], state);
  t.same(ready(running({ blending: true }, { state: "inbound" })), ["anna"]);
  t.same(ready(running({}, { device: "unreachable" })), []);
  t.same(ready(running({}, { call: { id: "c", phase: "wrap-up", since: T0 } })), []);
  t.same(ready(running({ state: "paused" })), []);
  t.same(ready(running({ mode: "progressive" })), [], "other modes show nobody");
  const both = running();
  const [first] = [...both.floor.campaigns.values()];
  if (first) both.floor.campaigns.set("k2", { ...first, id: "k2" });
  const order = (last: (agent: string, id: string) => number) =>
    readyForPreview(both.floor, new Set(), last)[0]?.campaigns;
  t.same(
    order((_, id) => (id === "k" ? 2 : 1)),
    ["k2", "k"],
    "by turns",
  );
  t.end();
});

t.test("a showing ends with its agent's, its campaign's or its own time", (t) => {
  t.equal(ends(running()), undefined);
  t.equal(ends(running(), SHOWN.until - 1), undefined);
  t.equal(ends(running(), SHOWN.until), "pause");
  const byItself = { preview: { seconds: 60, onTimeout: "call" } } as const;
  t.equal(ends(running(byItself), SHOWN.until), "call");
  t.equal(ends(running(byItself), SHOWN.until - 1), undefined);
  t.equal(
    ends(running(byItself, { device: "busy" }), SHOWN.until),
    "pause",
    "a phone off the hook calls nobody",
  );
  const talking = { call: { id: "c", phase: "talking", since: T0 } } as const;
  t.equal(ends(running({}, talking), SHOWN.until), "return", "who talks has not let the time pass");
  t.equal(ends(running({}, talking), T0), undefined);
  for (const state of ["inbound", "break", "offline"] as const)
    t.equal(ends(running({}, { state })), "return", state);
  for (const state of ["paused", "draining", "stopped"] as const)
    t.equal(ends(running({ state })), "return", state);
  t.equal(ends(running({ mode: "predictive" })), "return");
  t.equal(ends(running(), T0, { ...SHOWN, agentId: "boris" }), "return", "not of this campaign any more");
  t.equal(ends(running(), T0, { ...SHOWN, agentId: undefined }), "return");
  t.equal(ends(running(), T0, { ...SHOWN, campaignId: "gone" }), "return");
  t.end();
});

t.test("a skip: to the end, to a time, done with; who wants no calls is refused whatever was wished", (t) => {
  t.same(afterSkip("wrong-time", { next: "end" }, T0), { state: "waiting", nextAt: T0, last: true });
  const at = { next: "at", at: T0 + 5 } as const;
  t.same(afterSkip("wrong-time", at, T0), { state: "waiting", nextAt: T0 + 5, last: false });
  t.same(afterSkip("not-relevant", { next: "finish" }, T0), { state: "done", reason: "skipped" });
  for (const to of [at, { next: "end" }, { next: "finish" }] as const)
    t.same(afterSkip("do-not-call", to, T0), { state: "refused", reason: "refused" });
  for (const reason of SKIP_REASONS) t.match(SKIP_WORDS[reason], { ru: /[а-я]/, en: /[a-z]/ });
  t.end();
});

/** A call's facts: the agent's channel `a`, the customer's `c`. */
type Told = [at: number, kind: string, channel: string, more?: object];
function facts(...lines: readonly Told[]): Fact[] {
  return lines.map(([at, kind, uniqueId, extra = {}], place) => ({
    origin: `cel:f:${place}`,
    at,
    source: "cel",
    kind,
    data: { uniqueId, channel: uniqueId === "c" ? "PJSIP/t1-0000002a" : "PJSIP/a-anna-00000001", ...extra },
  }));
}

t.test("L8 a preview call ends as the customer's channel says, and not as the agent's", (t) => {
  const external = [2, "USER_DEFINED", "a", { userEvent: "EXTERNAL" }] as Told;
  const begun = [[1, "CHAN_START", "a"], [1, "ANSWER", "a"], external, [3, "CHAN_START", "c"]] as Told[];
  const up = (status: string, hangupcause = 16) =>
    [
      [9, "HANGUP", "c", { extra: { hangupcause } }],
      [9, "HANGUP", "a", { extra: { hangupcause: 16, dialstatus: status } }],
    ] as Told[];
  const ending = (all: readonly Fact[], connectedAt?: number) =>
    foldPreviewed("a", all, { connectedAt, endedAt: 9 }).ending;
  t.equal(ending(facts(...begun, [5, "ANSWER", "c"], ...up("ANSWER")), 5), "answered");
  t.equal(ending(facts(...begun, ...up("BUSY", 17))), "busy");
  t.equal(ending(facts(...begun, ...up("NOANSWER", 0))), "no_answer");
  t.equal(ending(facts(...begun, ...up("CHANUNAVAIL", 1))), "not_in_service");
  t.equal(ending(facts(...begun, ...up("CANCEL"))), "cancelled", "the agent gave up");
  t.equal(ending(facts(...begun, [5, "ANSWER", "c"], ...up("ANSWER"))), "hung_up");
  t.equal(
    ending(facts([1, "CHAN_START", "a"], [4, "HANGUP", "a", { extra: { hangupcause: 19 } }])),
    "not_placed",
    "the agent's own phone was not answered: nobody was dialled",
  );
  t.equal(ending(facts(...begun)), "lost", "Asterisk died");
  t.end();
});

t.test(
  "LINE-13 a preview call shows the campaign's number, rings as long as it says, and has its wrap-up",
  (t) => {
    const made = running({
      callerNumbers: ["+74950000201", "+74950000202"],
      ringSeconds: 33,
      wrapUp: { mode: "limit", seconds: 7 },
    });
    const placed = made.hear({
      kind: "callPlaced",
      at: T0,
      call: "c1",
      channel: "preview-1.1",
      agent: "anna",
      lineId: "l",
      to: { kind: "outside", number: "+79160000001", contactId: "x" },
      errand: { kind: "campaign", id: "k", turn: 1 },
    });
    t.match(
      placed.effects.filter(({ kind }) => kind === "originate"),
      [{ kind: "originate", channel: "preview-1.1", phone: "a-anna" }],
      "the agent's phone first",
    );
    const { effects } = made.hear({
      kind: "numberDialled",
      ...{ at: T0 + 3000, call: "c1", channel: "preview-1.1", byPhone: "a-anna", number: "+79160000001" },
      allowed: true,
    });
    t.match(
      effects.filter(({ kind }) => kind === "continue"),
      [
        {
          kind: "continue",
          step: { kind: "external", callerId: "+74950000202", seconds: 33, trunkKey: "t1" },
        },
      ],
    );
    t.same(wrapUpOf(made.floor, "c1"), { mode: "limit", seconds: 7 });
    t.end();
  },
);
