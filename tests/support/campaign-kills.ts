/**
 * A campaign whose engine is killed again and again. What is asked afterwards is asked of the carrier (who was dialled,
 * who hung up) and of Asterisk's own record (who was abandoned, and when), not of our rows.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { type CelEvent, parseCel } from "../../apps/asterisk/spool/cel.ts";
import { CALL_ENDINGS } from "../../apps/core/dialling/endings.ts";
import type { SippPeer } from "../../apps/peers/sipp.ts";
import { OPEN_POLICY } from "./campaigns.ts";
import { type AttemptSeen, type Dialling, dialledBy } from "./dialling.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

/** Of each five numbers two are answered; nobody is called a second time. */
const KINDS = [1, 2, 3, 1, 4];
const CALLEES = {
  "791681": { does: "answer", afterMs: { from: 1000, to: 4000 }, hangUpAfterMs: { from: 2000, to: 5000 } },
  "791682": { does: "refuse", status: 486, afterMs: 1500 },
  "791683": { does: "refuse", status: 480, afterMs: 4000 },
  "791684": { does: "refuse", status: 404 },
} as const;
const ENDINGS_IN_FIVE = { busy: 1, no_answer: 1, not_in_service: 1 } as const;
/** The kill comes at any moment of so many milliseconds. */
const RANDOM_MS = 1500;
/** A customer waits for an agent no longer than this: who answered so long before the kill was away from it. */
const SHADOW_MS = 2000;

export interface Killed {
  readonly contacts: number;
  readonly agents: number;
  readonly kills: number;
  /** Within this all of it is over. */
  readonly withinMs: number;
  /** Asked of campaigns that are long enough to say something of it. */
  readonly limitPercent?: number;
}

/** When the engine was away, as others saw it: from the kill until the next number was dialled. */
interface Away {
  readonly from: number;
  readonly until: number;
}

/** Runs the campaign with its kills, and looks at what everybody saw. */
export async function campaignWithKills(
  t: Test,
  scene: Scene,
  dialling: Dialling,
  { contacts, agents, kills, withinMs, limitPercent }: Killed,
): Promise<void> {
  const team = await Promise.all(
    Array.from({ length: agents }, (_, place) => scene.agent(`Steady ${place + 1}`)),
  );
  const line = await scene.line(team);
  const far = await dialling.carrier(CALLEES);
  await Promise.all(team.map((agent) => dialling.ready(agent)));
  const numbers = Array.from(
    { length: contacts },
    (_, place) => `+79168${KINDS[place % KINDS.length]}${String(place).padStart(5, "0")}`,
  );
  const policy = JSON.stringify({ ...OPEN_POLICY, retry: {} });
  const campaign = await dialling.campaign(line, team, numbers, { mode: "predictive", policy });
  await dialling.move(campaign, "running");
  const aways: Away[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    const wanted = Math.floor((kill * contacts) / (kills + 2));
    await until(`${wanted} are dialled`, () => dialledBy(far).size >= wanted, withinMs);
    aways.push(await killAtRandom(scene, far));
  }
  const attempts = await dialling.settled(campaign, contacts, withinMs);
  await until(
    "the campaign is finished",
    async () => (await stateOf(dialling, campaign)) === "finished",
    60_000,
  );
  t.equal(Math.max(...dialledBy(far).values()), 1, "nobody was dialled twice, says the carrier");
  t.equal(dialledBy(far).size, contacts, "and everybody was dialled");
  endingsAreWhole(t, attempts, contacts);
  await recordsAgree(t, dialling, attempts);
  nobodyWasCut(t, attempts, far, aways);
  const { lost, live } = abandoned(t, scene, attempts, aways);
  // Nothing is allowed for chance: beside the kills nobody was lost in any of the runs that were looked at.
  if (limitPercent !== undefined)
    t.ok(lost <= (limitPercent / 100) * live, "abandonment is within the limit, the kills among it");
}

async function killAtRandom(scene: Scene, far: SippPeer): Promise<Away> {
  const moment = performance.now() + Math.random() * RANDOM_MS;
  await until("the moment", () => performance.now() > moment);
  const before = scene.instance.children.engine?.pid;
  scene.instance.kill("engine", "SIGKILL");
  const from = Date.now();
  await until(
    "the engine runs again",
    () => {
      const { pid } = scene.instance.children.engine ?? {};
      return pid !== undefined && pid !== before;
    },
    60_000,
  );
  const dialled = dialledBy(far).size;
  await until("the campaign goes on by itself", () => dialledBy(far).size > dialled, 60_000);
  return { from, until: Date.now() };
}

function endingsAreWhole(t: Test, attempts: readonly AttemptSeen[], contacts: number): void {
  const endings = new Map<string, number>();
  for (const { ending } of attempts) endings.set(ending ?? "", (endings.get(ending ?? "") ?? 0) + 1);
  t.comment(JSON.stringify(Object.fromEntries(endings)));
  const placed = attempts.filter(({ ending }) => ending !== "not_placed");
  t.equal(placed.length, contacts, "one attempt that rang for each");
  t.equal(new Set(placed.map(({ number }) => number)).size, contacts);
  t.notOk(endings.has("lost"), "the record knows of each");
  for (const [ending, share] of Object.entries(ENDINGS_IN_FIVE))
    t.equal(endings.get(ending), (share * contacts) / KINDS.length, ending);
  const live = ["answered", "abandoned", "hung_up"].reduce((sum, each) => sum + (endings.get(each) ?? 0), 0);
  t.equal(live, (2 * contacts) / KINDS.length, "a person who answered is counted once");
}

/** Each attempt has one call, which is closed and says the same. */
async function recordsAgree(t: Test, dialling: Dialling, attempts: readonly AttemptSeen[]): Promise<void> {
  const placed = attempts.filter(({ ending }) => ending !== "not_placed");
  const calls = await dialling.db
    .selectFrom("call")
    .select(["id", "ending", "ended_at"])
    .where(
      "id",
      "in",
      placed.map(({ call_id }) => call_id),
    )
    .execute();
  t.equal(calls.length, placed.length, "a call for each attempt");
  const endings = new Map(calls.map(({ id, ending }) => [id, ending]));
  const other = placed.filter(
    ({ call_id, ending }) => endings.get(call_id) !== CALL_ENDINGS[ending as keyof typeof CALL_ENDINGS],
  );
  t.same(other, [], "its ending is the call's ending");
  t.ok(calls.every(({ ended_at }) => ended_at !== null));
}

/** Whoever talked to an agent hung up by themselves, those among them who talked when the engine was killed. */
function nobodyWasCut(
  t: Test,
  attempts: readonly AttemptSeen[],
  far: SippPeer,
  aways: readonly Away[],
): void {
  const talked = attempts.filter(({ ending }) => ending === "answered");
  const notes = far.notes().map(({ text }) => text);
  const cut = talked.filter(({ number }) =>
    notes.some((text) => text.startsWith("left by us") && text.includes(number)),
  );
  t.same(
    cut.map(({ number }) => number),
    [],
    "nobody who talked was hung up on by us",
  );
  const during = talked.filter(
    ({ connected_at, ended_at }) =>
      connected_at && ended_at && aways.some(({ from }) => +connected_at < from && from < +ended_at),
  );
  t.comment(`${during.length} talked when the engine was killed`);
}

/** By Asterisk's record alone: who was abandoned heard who called. @returns how many answered, and were abandoned */
function abandoned(
  t: Test,
  scene: Scene,
  attempts: readonly AttemptSeen[],
  aways: readonly Away[],
): { live: number; lost: number } {
  const ids = new Set(attempts.map(({ id }) => id));
  const record = recordOf(scene).filter(({ uniqueId }) => ids.has(uniqueId));
  const answers = record.filter(({ eventType }) => eventType === "ANSWER");
  const said = (name: string) => record.filter(({ userEvent }) => userEvent === name);
  const lost = new Set(said("ABANDONED").map(({ uniqueId }) => uniqueId));
  const rows = attempts.filter(({ ending }) => ending === "abandoned").map(({ id }) => id);
  t.same([...lost].sort(), rows.sort(), "the rows say of abandoned calls what Asterisk says");
  t.same([...new Set(said("MESSAGE").map(({ uniqueId }) => uniqueId))].sort(), rows, "each heard who called");
  const inShadow = ({ at }: CelEvent) => aways.some((away) => at + SHADOW_MS > away.from && at < away.until);
  const beside = answers.filter((answer) => lost.has(answer.uniqueId) && !inShadow(answer));
  t.comment(`${lost.size} of ${answers.length} abandoned, ${beside.length} of them beside the kills`);
  const alone = new Set(said("FALLBACK").map(({ uniqueId }) => uniqueId));
  t.comment(`${alone.size} were given an agent without the engine`);
  for (const { from, until: back } of aways) t.comment(`away for ${back - from} ms`);
  return { live: answers.length, lost: lost.size };
}

/** Every event of CEL that Asterisk has written in this scene. */
export function recordOf(scene: Scene): CelEvent[] {
  const folder = join(scene.instance.config.dataDir, "asterisk", "log", "cel-custom");
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  return files.flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .split("\n")
      .flatMap((line) => parseCel(line) ?? []),
  );
}

async function stateOf(dialling: Dialling, campaign: string): Promise<string | undefined> {
  const row = await dialling.db
    .selectFrom("campaign")
    .select("state")
    .where("id", "=", campaign)
    .executeTakeFirst();
  return row?.state;
}
