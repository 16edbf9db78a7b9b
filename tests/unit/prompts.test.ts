/** Which prompt comes when, as far as it is a decision; what is heard is in tests/integration/prompts.test.ts. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { ringSeconds } from "../../apps/core/routing/ringing.ts";
import { openJournal } from "../../apps/engine/journal.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

const greeting = [line({ welcome: true })];
const away = { state: "break" } as const;

const welcomed = (call: string) =>
  ({ kind: "welcomed", at: T0 + 3000, call, channel: `ch-${call}`, lineKey: "l1", draw: 0 }) as const;

t.test("PROMPT-03 the greeting comes before the choice: nobody is kept free while it plays", async (t) => {
  const people = [agent("Anna")];
  const scene = house(people, [queue(people)], greeting);
  t.match(scene.arrive("1"), { goes: "welcome l1", because: { rule: "PROMPT-03" } });
  t.equal(scene.floor.agents.get("anna")?.call, undefined);
  t.equal(scene.arrive("2").goes, "welcome l1");
  const steps = scene.hear(welcomed("2")).effects;
  t.match(
    steps,
    [{ kind: "continue", step: { kind: "offer", phone: "a-anna" } }],
    "whoever has heard it first",
  );
  t.match(scene.hear(welcomed("1")).effects, [{ step: { kind: "queue" } }]);
});

t.test("PROMPT-03 it is heard once, however long the search takes", async (t) => {
  const people = [agent("Anna"), agent("Boris")];
  const scene = house(people, [queue(people)], greeting);
  scene.arrive("1");
  scene.hear(welcomed("1"));
  t.equal(scene.ringOut("1", "anna").goes, "offer a-boris");
  t.equal(
    house(people, [queue(people)], greeting).ringOut("9", "anna").goes,
    "offer a-boris",
    "nor after a restart",
  );
});

t.test("PROMPT-05, PROMPT-06 no greeting when nobody can answer, or out of hours", async (t) => {
  const people = [agent("Anna", away)];
  t.equal(house(people, [queue(people)], greeting).arrive("1").goes, "ending no-answer");
  t.equal(
    house([...people, agent("Boris")], [queue(people)], greeting).arrive("1", { owner: "boris" }).goes,
    "welcome l1",
    "an owner who is there can answer",
  );
  const free = [agent("Anna")];
  const closed = [line({ welcome: true, hours: { zone: "UTC", week: [] } })];
  t.equal(house(free, [queue(free)], closed).arrive("1").goes, "ending out-of-hours");
});

t.test("PROMPT-07 without an arrival prompt the search begins at once", async (t) => {
  const people = [agent("Anna")];
  t.equal(house(people, [queue(people)], [line({ welcome: false })]).arrive("1").goes, "offer a-anna");
});

t.test("PROMPT-03 that a caller was greeted outlives the engine", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dozvon-journal-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const journal = openJournal(join(folder, "decisions.ndjson"));
  const people = [agent("Anna")];
  const scene = house(people, [queue(people)], greeting);
  journal.append(scene.arrive("1").events);
  journal.append(scene.hear(welcomed("1")).events);
  journal.close();
  const kinds = readFileSync(join(folder, "decisions.ndjson"), "utf8").trim().split("\n");
  t.same(
    kinds.map((text) => JSON.parse(text).kind),
    ["CallArrived", "CallWelcomed", "CallerWelcomed", "AgentOffered"],
  );
});

t.test(
  "ROUTE-10, D-34 an offer is heard for 30 s, or for the time to answer if that is shorter",
  async (t) => {
    t.equal(ringSeconds(20), 20);
    t.equal(ringSeconds(30), 30);
    t.equal(ringSeconds(300), 30);
  },
);
