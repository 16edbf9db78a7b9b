/**
 * A mixed soak: customers come for twenty minutes, some lose patience at any moment, agents talk and wrap up. Then the
 * invariants N1-N6 (reliability) are judged from SIPp's logs and plain SQL by a checker that uses nothing of ours.
 *
 *   DOZVON_SOAK_SECONDS  how long customers come (1200)     DOZVON_SOAK_RATE  calls per second (1)
 *   DOZVON_SOAK_MIX      queue,owner,menu,transfer in %     DOZVON_SOAK_SEED  to repeat a plan
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import t from "tap";
import { PHONE_ADDRESS, socketsAt, TRUNK_ADDRESS, takePort } from "../../apps/peers/sipp.ts";
import { sippRun } from "../../bench/instance.ts";
import { registerAllScenario } from "../../bench/sipp.ts";
import { openScene, type Scene, type TestAgent } from "../support/scene.ts";
import { writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";
import * as checker from "./checker.ts";
import {
  callerOf,
  chance,
  customerRows,
  KINDS,
  type Kind,
  kindOf,
  phoneRows,
  readMix,
  TONES,
} from "./plan.ts";
import * as scenarios from "./scenarios.ts";
import { Transferrer } from "./transferrer.ts";
import { Watch } from "./watch.ts";
import { readOffered, readRings } from "./wire.ts";

const SECONDS = Number(process.env.DOZVON_SOAK_SECONDS ?? 1200);
const RATE = Number(process.env.DOZVON_SOAK_RATE ?? 1);
const MIX = readMix(process.env.DOZVON_SOAK_MIX ?? "60,20,10,10");
const SEED = Number(process.env.DOZVON_SOAK_SEED ?? Date.now() % 1_000_000);
const AGENTS = 20;
const WRAP_UP_SECONDS = 2;
/**
 * Memory is flat within 5 %, between the third and the last quarter of the time in which customers come: the load is the
 * same, and what a process needs but once (code that gets hot, pools, the first full heap) it has by then. In a run of
 * less than ten minutes it has not, so that says only that nothing explodes.
 */
const BOUND = { share: 0.05, files: 10, memoryMb: SECONDS >= 600 ? 4 : 40 };

t.jobs = 1;
t.setTimeout((SECONDS + 900) * 1000);
const draw = chance(SEED);
t.comment(`seed ${SEED}, ${SECONDS} s, ${RATE} calls/s, ${JSON.stringify(MIX)}`);
const scene: Scene = await openScene();
t.teardown(() => scene.close());
const folder = join(scene.place.folder, "soak");
mkdirSync(folder, { recursive: true });
const counts = Object.fromEntries(
  KINDS.map((kind) => [kind, Math.round((SECONDS * RATE * MIX[kind]) / 100)]),
) as Record<Kind, number>;

/** Twenty agents, their lines, and the contacts of those who have an owner. */
async function company() {
  const agents: TestAgent[] = [];
  for (let each = 1; each <= AGENTS; each++) agents.push(await scene.agent(`Agent ${each}`));
  const queue = {
    strategy: "most-idle",
    answerSeconds: 10,
    wrapUp: { mode: "limit", seconds: WRAP_UP_SECONDS },
  };
  const main = await scene.line(agents, { queue, line: { recording: "stereo" } });
  for (let index = 0; index < counts.owner; index += 20) {
    const phones = Array.from({ length: Math.min(20, counts.owner - index) }, (_, each) =>
      callerOf("owner", index + each),
    );
    const ownerId = agents[(index / 20) % AGENTS]?.id;
    await scene.must("POST", "/v1/contacts", { name: `Contact ${index}`, phones, ownerId });
  }
  return { agents, line: main, menuNumber: counts.menu > 0 ? await menuLine(main.queueId) : main.number };
}

/** Whose key 1 leads to the queue. */
async function menuLine(queueId: string): Promise<string> {
  const menu = await scene.must("POST", "/v1/menus", {
    name: "Soak",
    buttons: [{ digit: "1", action: { type: "queue", queueId } }],
    fallback: { type: "queue", queueId },
  });
  const number = "+74951009999";
  await scene.must("POST", "/v1/lines", {
    ...{ number, name: "Menu", queueId, recording: "stereo", menuId: menu.id, menuWhen: "always" },
    prompts: { arrival: "none", waiting: "none" },
  });
  return number;
}

function tone(name: keyof typeof TONES): string {
  return writeTone(join(folder, `${name}.ulaw`), TONES[name]);
}

function table(name: string, rows: readonly string[]): string[] {
  writeFileSync(join(folder, `${name}.csv`), ["SEQUENTIAL", ...rows].join("\n"), { mode: 0o600 });
  return ["-inf", `${name}.csv`];
}

/** One SIPp process; all its calls share one media port. */
function sipp(name: string, xml: string, address: string, port: number, extra: string[]) {
  const { address: host, port: remote } = scene.place.asterisk;
  const errors = ["-trace_err", "-error_file", `${name}.err`];
  return sippRun(scene.place.sipp, folder, name, xml, [
    ...[...socketsAt(address, port), ...errors, ...extra, `${host}:${remote}`],
  ]);
}

function customers(kind: Kind | "probe", number: string, count: number, rate: number) {
  const xml = scenarios.customers(tone(kind), kind === "menu" ? "1" : undefined);
  return sipp(kind, xml, TRUNK_ADDRESS, takePort(), [
    ...table(kind, customerRows(kind, number, count, draw)),
    ...["-m", String(count), "-r", String(Math.round(rate * 1000)), "-rp", "1000000", "-l", "2000"],
  ]);
}

/** Registers all phones at one port, and lets them answer there. */
async function phones(agents: readonly TestAgent[]) {
  const port = takePort();
  const accounts = agents.map(({ account: { username, password } }) => {
    return `${username};[authentication username=${username} password=${password}]`;
  });
  const registered = sipp("register", registerAllScenario(), PHONE_ADDRESS, port, [
    ...table("accounts", accounts),
    ...["-m", String(agents.length), "-r", "20"],
  ]);
  t.equal(await registered.done, 0, "all phones are registered");
  const rows = phoneRows(2 * (SECONDS * RATE + AGENTS) + 100, draw);
  return sipp("phones", scenarios.phones(tone("agent")), PHONE_ADDRESS, port, [
    ...table("phones", rows),
    "-aa",
  ]);
}

/** Of our twenty; the instance brings a few agents of its own, who have no phones here. */
async function unavailable(agents: readonly TestAgent[]): Promise<number> {
  const ours = new Set(agents.map(({ id }) => id));
  const { items } = await scene.get("/v1/agents");
  type Agent = { id: string; live: { status: string } | null };
  return items.filter((each: Agent) => ours.has(each.id) && each.live?.status !== "available").length;
}

/** What is left of calls that are over. */
async function leftOver(agents: readonly TestAgent[], queueId: string): Promise<Record<string, number>> {
  const bridges = await scene.instance.console("bridge show all");
  const queue = await scene.get(`/v1/queues/${queueId}`);
  return {
    channels: await scene.channels(),
    bridges: bridges.split("\n").filter((line) => /^[0-9a-f-]{20,}/.test(line)).length,
    "reserved agents": await unavailable(agents),
    waiting: queue.live?.waiting ?? -1,
  };
}

async function recordingFiles(db: pg.Client): Promise<checker.RecordingFile[]> {
  const { rows } = await db.query(
    `select id, call_id as "callId", state, sha256 from recording where kind = 'call'`,
  );
  const headers = { authorization: `Bearer ${scene.instance.secrets.adminApiKey}` };
  const files: checker.RecordingFile[] = [];
  for (const row of rows as { id: string; callId: string; state: string; sha256: string }[]) {
    const url = `${scene.instance.url}/v1/recordings/${row.id}/audio`;
    // The API lets a key ask 6000 times a minute, so one that is refused is asked again.
    const wav =
      row.state === "kept" ? await until("the audio", () => audio(url, headers), 90_000) : undefined;
    files.push({ ...row, heard: wav && checker.hear(wav, Object.values(TONES)) });
  }
  return files;
}

async function audio(url: string, headers: Record<string, string>): Promise<Buffer | undefined> {
  const response = await fetch(url, { headers });
  return response.status === 200 ? Buffer.from(await response.arrayBuffer()) : undefined;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

t.test("N1, N2, N3, N4, N5, N6 a mixed soak", async (t) => {
  const { agents, line, menuNumber } = await company();
  const answering = await phones(agents);
  for (const { id } of agents) {
    await scene.must("POST", `/v1/agents/${id}/sign-in`, {});
    await scene.must("PUT", `/v1/agents/${id}/state`, { state: "inbound" });
  }
  await until("everybody is available", async () => (await unavailable(agents)) === 0, 30_000);

  const db = new pg.Client({ connectionString: scene.instance.databaseUrl });
  await db.connect();
  const since = Date.now();
  const watch = new Watch(db, scene.instance.children);
  const transferrer = new Transferrer(scene, agents, draw);
  const running = KINDS.filter((kind) => counts[kind] > 0).map((kind) =>
    customers(kind, kind === "menu" ? menuNumber : line.number, counts[kind], (RATE * MIX[kind]) / 100),
  );
  let over = false;
  const calling = Promise.all(running.map(({ done }) => done)).finally(() => {
    over = true;
  });
  const watching = (what: string, done: () => boolean, withinMs: number): Promise<boolean> =>
    until(
      what,
      async () => {
        await watch.look();
        await transferrer.act();
        return done();
      },
      withinMs,
    );
  await watching("the last customer is gone", () => over, (SECONDS + 240) * 1000);
  await calling;
  const rest = async (seconds: number): Promise<void> => {
    const moment = performance.now() + seconds * 1000;
    await watching("it was quiet for a while", () => performance.now() > moment, 90_000);
  };
  await rest(10);
  const probing = customers("probe", line.number, AGENTS, AGENTS);
  await watching("the probes are over", () => probing.child.exitCode !== null, 120_000);
  const quietSince = watch.seconds;
  const busy = watch.busy();
  await rest(40);
  const left = await leftOver(agents, line.queueId);
  answering.child.kill("SIGKILL");

  const logs = [...KINDS.filter((kind) => counts[kind] > 0), "probe"];
  const offered = logs.flatMap((name) => readOffered(readFileSync(join(folder, `${name}.log`), "utf8")));
  const rings = readRings(readFileSync(answering.log, "utf8"));
  const rows = await checker.readCalls(db, since);
  const listening = watch.seconds;
  const recordings = await recordingFiles(db);
  t.comment(`listened to ${recordings.length} recordings in ${Math.round(watch.seconds - listening)} s`);
  await db.end();

  const quarter = (each: number) => watch.lowest((each * SECONDS) / 4, ((each + 1) * SECONDS) / 4);
  const leaks = {
    left,
    files: { before: watch.first(), after: watch.lowest(quietSince) },
    memory: { before: quarter(2), after: quarter(3) },
    bound: BOUND,
  };
  const talks = checker.talksWithRecordings(offered, rings, rows, recordings);
  const probes = offered.flatMap(({ caller }) => (kindOf(caller) === "probe" ? [caller] : []));
  const tones = { customer: (caller: string) => TONES[kindOf(caller)], agent: TONES.agent };
  const accounts = agents.map(({ account }) => account.username);
  const judged: Record<string, checker.Finding[]> = {
    "N1 one record for every call": checker.oneRecordEach(offered, rows),
    "N2 records are closed in time and true": checker.recordsAreTrue(offered, rings, rows, watch.closedAt),
    "N3 an agent is in one call, a customer with one agent": checker.oneCallPerAgent(
      rings,
      transferrer.callers,
    ),
    "N4 every agent takes a call after quiet": checker.everyAgentTakesOne(accounts, probes, rings),
    "N5 nothing leaks": checker.nothingLeaks(leaks),
    "N6 every talk is recorded": checker.recordingsAreWhole(talks, tones),
  };
  for (const [title, findings] of Object.entries(judged)) {
    t.equal(findings.length, 0, title);
    for (const { about, what } of findings.slice(0, 10)) t.comment(`${title}: ${about}: ${what}`);
  }
  await t.test("what happened is what was meant to happen", async (t) => {
    const unclear = offered.filter(({ endedBy }) => endedBy === undefined);
    const talked = new Set(rings.flatMap(({ caller, answeredAt }) => (answeredAt ? [caller] : [])));
    t.equal(
      offered.length,
      Object.values(counts).reduce((sum, count) => sum + count, AGENTS),
      "all called",
    );
    const lost = unclear.length + rings.filter(checker.unseen).length;
    t.ok(lost <= offered.length / 100, `SIPp lost sight of ${lost}`);
    for (const kind of KINDS)
      if (counts[kind] > 0)
        t.ok(
          [...talked].some((caller) => kindOf(caller) === kind),
          `${kind}: some talked`,
        );
    t.ok(
      offered.some(({ caller, endedBy }) => endedBy === "customer" && !talked.has(caller)),
      "some left unheard",
    );
    if (counts.transfer > 0) t.ok(transferrer.callers.size > 0, "some were handed over");
    const refused = transferrer.refused;
    t.comment(
      `${offered.length} calls, ${talked.size} talks, ${transferrer.callers.size} transfers (${refused} refused)`,
    );
    for (let each = 0; each < 4; each++)
      t.comment(`held in quarter ${each + 1}: ${JSON.stringify(quarter(each))}`);
    const off = checker.lengthsOff(talks);
    const at = (share: number) => off[Math.min(off.length - 1, Math.floor(share * off.length))];
    t.comment(`${off.length} recordings, off by ${[0, 0.01, 0.5, 0.99, 1].map(at).join(", ")} ms`);
    t.comment(`cores busy: ${percent(busy.mean)}, at most ${percent(busy.most)}`);
  });
});
