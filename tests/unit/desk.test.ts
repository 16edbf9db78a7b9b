/** What an agent's desk does by itself: when it is placed, and when the card opens. */
import t from "tap";
import type { Input } from "../../apps/core/inputs.ts";
import type { Errand } from "../../apps/core/outgoing/errand.ts";
import { notFree } from "../../apps/core/outgoing/place.ts";
import { createAnnouncer } from "../../apps/engine/announcer.ts";
import { type AutoCall, createDesk } from "../../apps/engine/desk.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";
import { until } from "../support/until.ts";

const trunk = { id: "t", key: "t1", name: "Carrier", dials: true };
const number = "+79161112233";
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const task: Errand = { kind: "task", id: "t1" };

function team() {
  const people = [agent("Anna"), agent("Boris")];
  return house(people, [queue(people)], [line()], [trunk]);
}
const placed = (errand?: Errand): Input => ({
  ...{ kind: "callPlaced", at: T0, call: "c", channel: "ch", agent: "anna", errand },
  to: { kind: "outside", number, contactId: "contact" },
});
const dialled: Input = {
  ...{ kind: "numberDialled", at: T0, call: "c", channel: "ch", byPhone: "a-anna", number, allowed: true },
};
const answered: Input = { kind: "talkStarted", at: T0, call: "c", phone: "a-anna", channel: "ch" };

t.test(
  "CARD-20, D-35, DIAL-13 a task's card opens when it is dialled, another call's with the answer; once",
  async (t) => {
    for (const [errand, opens] of [
      [task, "callPlaced"],
      [{ kind: "list", id: "i1" }, "callPlaced"],
      [{ kind: "deferred", id: "d1" }, "talkStarted"],
      [{ kind: "order", id: "o1" }, "talkStarted"],
      [undefined, "talkStarted"],
    ] as const) {
      const scene = team();
      const cards: { during: string; data: object }[] = [];
      let during = "";
      const announcer = createAnnouncer(() => scene.floor, {
        push: (_, kind, data) => void (kind === "card.open" && cards.push({ during, data })),
      });
      for (const input of [placed(errand), dialled, answered]) {
        during = input.kind;
        for (const event of scene.hear(input).events) announcer.announce(event);
      }
      t.equal(cards.length, 1, `${errand?.kind}: one card`);
      t.match(cards[0], {
        during: opens,
        data: { agentId: "anna", to: number, contactId: "contact", errand },
      });
    }
  },
);

t.test("DIAL-09 nothing is placed by itself for an agent with whom anything else is going on", async (t) => {
  const scene = team();
  const why = () => notFree(scene.floor, "anna");
  t.equal(why(), undefined);
  t.equal(notFree(scene.floor, "nobody"), "unknown");
  scene.hear({ kind: "deviceChanged", at: T0, phone: "a-anna", device: "ringing" });
  t.match(why(), /ringing/);
  scene.hear({ kind: "deviceChanged", at: T0, phone: "a-anna", device: "idle" });
  scene.hear({ kind: "stateChosen", at: T0, agent: "anna", state: "break" });
  t.match(why(), /break/);
  scene.hear({ kind: "stateChosen", at: T0, agent: "anna", state: "outbound" });
  t.equal(why(), undefined, "outbound is what this state is for");
  scene.hear(placed());
  t.match(why(), /busy/);
  scene.hear({ kind: "callGone", at: T0, call: "c" });
  t.equal(why(), undefined);
});

/** A desk with one call that waits for its agent. */
function waiting(auto: readonly AutoCall[]) {
  const free = new Set<string>();
  const calls: AutoCall[] = [];
  let looks = 0;
  const desk = createDesk({
    look: async () => {
      looks++;
      return { auto, next: undefined };
    },
    isFree: (id) => free.has(id),
    log: silent,
  });
  return { desk, free, calls, looks: () => looks, place: async (call: AutoCall) => void calls.push(call) };
}
const freed = { kind: "WrapUpEnded", at: T0, call: "c", agent: "anna", how: "completed" } as const;

t.test("DEFER-01, DIAL-09 it is placed when the agent is free, and not before; one at a time", async (t) => {
  const deferred: AutoCall = { agentId: "anna", errand: { kind: "deferred", id: "d1" } };
  const next: AutoCall = { agentId: "anna", errand: { kind: "list", id: "i1" } };
  const scene = waiting([deferred, next]);
  t.teardown(() => scene.desk.stop());
  scene.desk.soon();
  scene.desk.open(scene.place);
  await until("it has looked", () => scene.looks() === 1);
  scene.desk.moved(freed);
  t.same(scene.calls, [], "somebody else's wrap-up ended: Anna is busy still");
  scene.free.add("anna");
  scene.desk.moved({ kind: "CallQueued", at: T0, call: "x", queue: "q" } as never);
  t.same(scene.calls, [], "what frees nobody asks nobody");
  scene.desk.moved(freed);
  t.same(scene.calls, [deferred], "the first of hers");
  scene.desk.moved(freed);
  t.equal(scene.calls.length, 1, "and it alone, until the next look");
});

t.test("DEFER-01 what could not be placed is neither lost nor tried at once again", async (t) => {
  const call: AutoCall = { agentId: "anna", errand: { kind: "deferred", id: "d1" } };
  const scene = waiting([call]);
  t.teardown(() => scene.desk.stop());
  scene.free.add("anna");
  let tried = 0;
  scene.desk.open(async () => {
    tried++;
    throw new Error("the database is away");
  });
  await until("it was tried", () => tried === 1);
  scene.desk.moved(freed);
  t.equal(tried, 1, "not in a circle");
  scene.desk.soon();
  await until("it is tried again with the next look", () => tried === 2);
});
