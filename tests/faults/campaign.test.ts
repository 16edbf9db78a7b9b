/**
 * The engine is killed again and again in the middle of a campaign (N8, P1, law L4): nobody is dialled twice, each
 * attempt has one ending, the campaign goes on by itself, and abandonment stays within the limit or is what the kills
 * made it. `npm run test:faults`, some four minutes.
 */
import t from "tap";
import { OPEN_POLICY } from "../support/campaigns.ts";
import { Dialling, dialledBy } from "../support/dialling.ts";
import { openScene, type Scene } from "../support/scene.ts";
import { until } from "../support/until.ts";

const CONTACTS = 300;
const AGENTS = 10;
const KILLS = 3;

t.setTimeout(900_000);
const scene: Scene = await openScene();
t.teardown(() => scene.close());
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());

t.test(`N8, P1, L4 ${KILLS} kills of the engine in a campaign of ${CONTACTS}`, async (t) => {
  const team = await Promise.all(
    Array.from({ length: AGENTS }, (_, place) => scene.agent(`Steady ${place + 1}`)),
  );
  const line = await scene.line(team);
  const far = await dialling.carrier({
    "791681": { does: "answer", afterMs: { from: 1000, to: 4000 }, hangUpAfterMs: { from: 2000, to: 5000 } },
    "791682": { does: "refuse", status: 486, afterMs: 1500 },
    "791683": { does: "refuse", status: 480, afterMs: 4000 },
    "791684": { does: "refuse", status: 404 },
  });
  await Promise.all(team.map((agent) => dialling.ready(agent)));
  const numbers = Array.from(
    { length: CONTACTS },
    (_, place) => `+79168${[1, 2, 3, 1, 4][place % 5]}${String(place).padStart(5, "0")}`,
  );
  const policy = JSON.stringify({ ...OPEN_POLICY, retry: {} });
  const campaign = await dialling.campaign(line, team, numbers, { mode: "predictive", policy });
  await dialling.move(campaign, "running");
  for (let kill = 1; kill <= KILLS; kill++) {
    const wanted = (kill * CONTACTS) / (KILLS + 2);
    await until(`${wanted} are dialled`, () => dialledBy(far).size >= wanted, 240_000);
    scene.instance.kill("engine", "SIGKILL");
    const before = dialledBy(far).size;
    await until("it goes on by itself", () => dialledBy(far).size > before + 3, 30_000);
  }
  const attempts = await dialling.settled(campaign, CONTACTS, 240_000);
  const times = dialledBy(far);
  t.equal(Math.max(...times.values()), 1, "nobody was dialled twice");
  const placed = attempts.filter(({ ending }) => ending !== "not_placed");
  t.equal(placed.length, CONTACTS, "one attempt that rang for each");
  t.equal(times.size, CONTACTS, "and everybody was dialled");
  const endings = new Map<string, number>();
  for (const { ending } of attempts) endings.set(ending ?? "", (endings.get(ending ?? "") ?? 0) + 1);
  t.comment(JSON.stringify(Object.fromEntries(endings)));
  t.equal(endings.get("lost") ?? 0, 0, "the record knows of each");
  const fifth = CONTACTS / 5;
  t.equal(endings.get("busy"), fifth);
  t.equal(endings.get("no_answer"), fifth);
  t.equal(endings.get("not_in_service"), fifth);
  const live = ["answered", "abandoned", "hung_up"].reduce((sum, each) => sum + (endings.get(each) ?? 0), 0);
  t.equal(live, 2 * fifth, "a person who answered is counted once");
  const abandoned = attempts.filter(({ ending }) => ending === "abandoned");
  t.comment(`${abandoned.length} of ${live} abandoned, with ${KILLS} kills`);
  for (const { answered_at, message_played_at } of abandoned)
    t.ok(
      (message_played_at?.getTime() ?? Number.POSITIVE_INFINITY) - (answered_at?.getTime() ?? 0) <= 2100,
      "each heard who called within two seconds",
    );
  // While the engine is away nobody can be connected; a kill costs the calls that answer in a second or two.
  t.ok(abandoned.length <= KILLS * 3 + 0.03 * live, "no more than the kills explain");
  await until("the campaign is finished", async () => {
    const row = await dialling.db
      .selectFrom("campaign")
      .select("state")
      .where("id", "=", campaign)
      .executeTakeFirst();
    return row?.state === "finished";
  });
});
