/** What a manager is told of a campaign that dials nobody: in words, and only when it stands. */
import t from "tap";
import type { Campaign } from "../../apps/core/dialling/campaign.ts";
import { hindrancesOf, type ListOutlook, type Standing } from "../../apps/core/dialling/hindrances.ts";
import { LIST_WORDS } from "../../apps/core/dialling/list-words.ts";
import type { PacingView } from "../../apps/core/dialling/pacer.ts";
import { PRESETS } from "../../apps/core/dialling/presets.ts";
import { DONE_REASONS } from "../../apps/core/dialling/retry.ts";
import { REFUSALS } from "../../apps/core/dialling/verdict.ts";
import { ONE_FOR_ONE, whyIdle } from "../../apps/core/dialling/why-idle.ts";
import type { Floor } from "../../apps/core/floor.ts";
import { CampaignRun } from "../../apps/engine/dialler/run.ts";

const campaign = {
  ...{ id: "one", mode: "progressive", state: "running", queueId: "queue", agents: ["anna", "boris"] },
  ...{ blending: false, trunkIds: [], lineId: "line", ringSeconds: 25, policy: PRESETS["russia-service"] },
} as unknown as Campaign;
const LIST: ListOutlook = {
  ...{ due: 5, later: {}, nextAt: undefined, looked: 5, allowed: 5, refused: {}, opensAt: undefined },
};
const FINE: Standing = {
  ...{ campaign, dials: true, exceeded: false, list: LIST },
  agents: [
    { state: "outbound", device: "busy" },
    { state: "break", device: "idle" },
  ],
};
const codes = (standing: Partial<Standing>) => hindrancesOf({ ...FINE, ...standing }).map(({ code }) => code);
const list = (change: Partial<ListOutlook>) => hindrancesOf({ ...FINE, list: { ...LIST, ...change } });

t.test("nothing is said of a campaign that can dial", async (t) => t.same(codes({}), []));

t.test("agents: none named, none there; a blended campaign takes those of queues", async (t) => {
  t.match(hindrancesOf({ ...FINE, campaign: { ...campaign, agents: [], queueId: undefined } }), [
    { code: "unserved", field: "agentIds" },
  ]);
  t.match(hindrancesOf({ ...FINE, campaign: { ...campaign, agents: [] } }), [
    { code: "unserved", field: "queueId" },
  ]);
  const inbound = [{ state: "inbound", device: "idle" }] as const;
  t.same(codes({ agents: inbound }), ["no-agents"]);
  t.same(codes({ agents: inbound, campaign: { ...campaign, blending: true } }), []);
  t.same(codes({ agents: [{ state: "outbound", device: "unreachable" }] }), ["no-agents"]);
  t.same(codes({ agents: undefined }), [], "nobody knows while the engine is away");
  t.same(codes({ agents: [], campaign: { ...campaign, mode: "agentless", agents: [] } }), []);
});

t.test("no trunk, and the limit of abandoned calls", async (t) => {
  t.match(hindrancesOf({ ...FINE, dials: false, exceeded: true }), [
    { code: "no-trunk", field: "trunkIds" },
    { code: "limit-exceeded", text: /one call for each free agent/ },
  ]);
});

t.test("the list: why and from when, in words", async (t) => {
  const at = Date.parse("2026-03-03T06:00:00Z");
  t.match(list({ looked: 3, allowed: 0, refused: { closed: 3 }, opensAt: at }), [
    { code: "calendar-closed", text: /calendar closed.*2026-03-03T06:00/, field: "policy.calendar" },
  ]);
  t.match(list({ looked: 3, allowed: 0, refused: { refused: 2, closed: 1 } }), [
    { code: "nobody-allowed", text: /on the refusal list \(2\); calendar closed.*\(1\)$/ },
  ]);
  t.same(list({ looked: 3, allowed: 1, refused: { refused: 2 } }), [], "somebody may be called");
  const nobody = { due: 0, looked: 0, allowed: 0 };
  t.match(list({ ...nobody, later: { "after-abandoned": 2, "not-before": 1 }, nextAt: at }), [
    { code: "nobody-due", text: /redial lock after an abandoned call \(2\).*before the time.*06:00/ },
  ]);
  t.match(list({ ...nobody, later: { closed: 2 }, nextAt: at }), [{ code: "calendar-closed" }]);
  t.same(list(nobody), [], "nobody is left, so it is through");
  for (const code of [...REFUSALS, ...DONE_REASONS]) t.ok(LIST_WORDS[code], `${code} has words`);
});

t.test("why nobody is dialled at this moment", async (t) => {
  const floor = {
    trunks: new Map([["trunk", { id: "trunk", kind: "carrier", dials: true }]]),
    lines: new Map(),
    ...{ agents: new Map(), queues: new Map() },
  } as unknown as Floor;
  const idle = { state: "idle", since: 0 } as const;
  const view: PacingView = {
    now: 0,
    idle: 1,
    waiting: 0,
    agents: [idle],
    inFlight: [],
    windowEnd: 1,
    room: 5,
  };
  const why = (change: Partial<PacingView>, facts: object = {}, of = campaign) =>
    whyIdle(floor, of, { ...view, ...change }, { over: false, listEmpty: false, ...facts }).code;
  t.equal(why({}, {}, { ...campaign, trunkIds: ["other"] }), "no-trunk");
  t.equal(why({ agents: [] }, { listEmpty: true }), "nobody-due", "then agents are kept for others");
  t.equal(why({ agents: [{ ...idle, state: "break" }] }), "no-agents");
  t.equal(why({}, { listEmpty: true }), "nobody-due");
  t.equal(why({ agents: [] }, { listEmpty: true }, { ...campaign, mode: "agentless" }), "nobody-due");
  t.equal(why({ room: 0 }), "no-room");
  t.equal(why({ idle: 0 }, { over: true }), "one-for-one");
  t.equal(why({ idle: 0 }), "agents-busy");
  t.equal(why({}), "enough");
});

t.test("a reason is told once, when it stands; a dial begins anew", async (t) => {
  const run = new CampaignRun(campaign, undefined);
  const hinders = { code: "no-trunk", text: "" } as const;
  const usual = { code: "agents-busy", text: ONE_FOR_ONE } as const;
  t.equal(run.idle(hinders, 0), false);
  t.equal(run.idle(hinders, 2999), false);
  t.equal(run.idle(hinders, 3000), true);
  t.equal(run.idle(hinders, 9000), false, "once");
  t.equal(run.idle(usual, 9000), false);
  t.equal(run.idle(usual, 60_000), false, "busy agents are no news");
  t.equal(run.idle(usual, 69_000), true);
  run.busy();
  t.equal(run.idle(usual, 69_001), false);
});
