/** The engine's part of preview campaigns: what is shown over a restart, whose time passes, what cannot be called. */
import t from "tap";
import type { Shown } from "../../apps/core/dialling/preview.ts";
import type { Agent } from "../../apps/core/floor.ts";
import { Previews } from "../../apps/engine/dialler/previews.ts";
import { CARRIER, campaign } from "../support/campaign.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";
import { until } from "../support/until.ts";

const LATER = Date.now() + 3_600_000;
const PAST = Date.now() - 1000;

/** Anna serves a preview campaign; what was written down before is `open`, and `next` are shown in their order. */
function desk(open: Shown[], { states = {}, onTimeout = "pause", next = [] }: Wanted = {}) {
  const anna = agent("Anna", { state: "outbound", ...states });
  const made = house([anna], [queue([anna])], [line()], [CARRIER]);
  const preview = { seconds: 60, onTimeout };
  made.hear({ kind: "campaignsLoaded", at: T0, campaigns: [campaign([anna], { mode: "preview", preview })] });
  const did: string[] = [];
  const told: string[] = [];
  let paused = () => {};
  const ports = {
    floor: () => made.floor,
    store: {
      open: async () => open,
      show: async ({ agentId }: { agentId: string }) => {
        const id = next.shift();
        if (id === undefined) return undefined;
        return { ...shown(id, LATER), agentId, campaignName: "Autumn", contactId: null, name: "Olga" };
      },
      giveBack: async (id: string, outcome: string) => {
        did.push(`${outcome} ${id}`);
        return !id.startsWith("over");
      },
    },
    live: {
      push: (_: string, kind: string, data: object) => void told.push(`${kind} ${JSON.stringify(data)}`),
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
  const previews = new Previews(ports as unknown as ConstructorParameters<typeof Previews>[0]);
  previews.open({
    pause: (id) => {
      did.push(`pause ${id}`);
      return new Promise<void>((resolve) => {
        paused = () => {
          made.hear({ kind: "stateChosen", at: Date.now(), agent: id, state: "break" });
          resolve();
        };
      });
    },
    call: async (id) => {
      did.push(`call ${id}`);
      if (id.startsWith("refused")) throw new Error("the gate says no");
    },
  });
  return { previews, did, told, made, paused: () => paused() };
}

interface Wanted {
  readonly states?: Partial<Agent>;
  readonly onTimeout?: "pause" | "call";
  readonly next?: string[];
}

function shown(id: string, until: number): Shown {
  return { id, campaignId: "k", agentId: "anna", until };
}

t.test("after a restart what was shown is shown still; it goes back when the agent is gone", async (t) => {
  const there = desk([shown("s1", LATER)], { next: ["s2"] });
  await there.previews.recover();
  await there.previews.step();
  t.same(there.did, [], "the agent is there, and decides");
  t.same(there.told, [], "and is shown nobody else");
  for (const state of ["offline", "break"] as const) {
    const gone = desk([shown("s1", LATER)], { states: { state }, next: ["s2"] });
    await gone.previews.recover();
    await gone.previews.step();
    t.same(gone.did, ["returned s1"], state);
    t.match(gone.told, [/^preview\.over .*returned/]);
    t.equal(gone.told.length, 1, "and nobody is shown to who is away");
  }
});

t.test("the time passes: back to the list, and a break before anybody else is shown", async (t) => {
  const made = desk([shown("s1", PAST)], { next: ["s2"] });
  await made.previews.recover();
  await made.previews.step();
  await until("the break is asked for", () => made.did.includes("pause anna"), 30_000);
  t.same(made.did, ["timed-out s1", "pause anna"]);
  await made.previews.step();
  t.equal(made.told.length, 1, "nobody is shown while the break is on its way");
  made.paused();
  await made.previews.step();
  t.equal(made.told.length, 1, "nor during it");
  const over = desk([shown("over", PAST)]);
  await over.previews.recover();
  await over.previews.step();
  t.same(over.did, ["timed-out over"], "who has just decided is not paused");
});

t.test("a call by itself; one that may not be placed goes back, and the next is shown", async (t) => {
  const made = desk([shown("s1", PAST)], { onTimeout: "call" });
  await made.previews.recover();
  await made.previews.step();
  t.same(made.did, ["call s1"]);
  const refused = desk([shown("refused", PAST)], { onTimeout: "call", next: ["s2"] });
  await refused.previews.recover();
  await until(
    "the next is shown",
    async () => {
      await refused.previews.step();
      return refused.told.some((text) => text.startsWith("preview.shown"));
    },
    30_000,
  );
  t.same(
    refused.did,
    ["call refused", "timed-out refused"],
    "once, and no break for a call that the law forbids",
  );
});

t.test("called or skipped, the next is shown at once; never two", async (t) => {
  const made = desk([], { next: ["s1", "s2"] });
  await made.previews.step();
  await made.previews.step();
  t.match(made.told, [/^preview\.shown .*"s1"/]);
  t.equal(made.told.length, 1);
  made.previews.over("s1");
  await made.previews.step();
  t.match(made.told[1], /^preview\.shown .*"s2"/);
  t.same(made.did, []);
});
