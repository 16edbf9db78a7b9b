/**
 * The engine is killed again and again at random moments while calls come and go (reliability F1, a short form):
 * no talk is cut, every call has one closed record, no agent is stuck. `npm run test:faults`, some three minutes.
 */
import t from "tap";
import { openScene, type Scene, type TestAgent } from "../support/scene.ts";
import { until } from "../support/until.ts";

const ROUNDS = 10;
const CALLS = 8;

t.setTimeout(900_000);
const scene: Scene = await openScene();
t.teardown(() => scene.close());

t.test(`N1, N3, N4 ${ROUNDS} kills at random moments`, async (t) => {
  const agents: TestAgent[] = [];
  for (let each = 1; each <= CALLS; each++) agents.push(await scene.agent(`Steady ${each}`));
  const line = await scene.line(agents, { queue: { strategy: "most-idle" } });
  const phones = await Promise.all(agents.map((agent) => scene.onShift(agent, { answerAfterMs: 300 })));
  let next = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const callers = Array.from({ length: CALLS }, () => `+79168${String(next++).padStart(6, "0")}`);
    const customers = callers.map((from) => scene.customer(line.number, { from, hangUpAfterMs: 6000 }));
    const moment = performance.now() + Math.random() * 2500;
    await until("the moment", () => performance.now() > moment);
    scene.instance.kill("engine", "SIGKILL");
    const codes = await Promise.all(customers.map((customer) => customer.done));
    t.ok(
      codes.every((code) => code === 0),
      `round ${round}: every customer left by the scenario`,
    );
    const records = await Promise.all(callers.map((from) => scene.record(from, 60_000)));
    const answered = records.filter((record) => record.ending === "answered");
    t.equal(
      answered.length + records.filter((record) => record.type === "missed").length,
      CALLS,
      "one closed record each",
    );
    await until(
      "everybody can take calls again",
      async () => {
        const { items } = await scene.get("/v1/agents");
        return (
          items.filter((agent: { live: { status: string } | null }) => agent.live?.status === "available")
            .length === CALLS
        );
      },
      60_000,
    );
  }
  for (const phone of phones) {
    let busy = 0;
    for (const note of phone.notes()) {
      if (note.text.startsWith("rings")) t.equal(++busy, 1, "one call at a time");
      if (/^(left|cancelled)/.test(note.text)) busy--;
    }
  }
});
