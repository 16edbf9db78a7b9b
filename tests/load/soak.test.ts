/**
 * A mixed soak: customers come for twenty minutes, some lose patience at any moment, agents talk and wrap up. Then the
 * invariants N1-N6 (reliability) are judged from SIPp's logs and plain SQL by a checker that uses nothing of ours.
 *
 *   DOZVON_SOAK_SECONDS  how long customers come (1200)     DOZVON_SOAK_RATE  calls per second (1)
 *   DOZVON_SOAK_MIX      queue,owner,menu,transfer in %     DOZVON_SOAK_SEED  to repeat a plan
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import t from "tap";
import { openScene, type Scene, type TestAgent } from "../support/scene.ts";
import { until } from "../support/until.ts";
import * as checker from "./checker.ts";
import { AGENTS, company } from "./company.ts";
import { Peers } from "./peers.ts";
import { chance, KINDS, type Kind, kindOf, readMix, TONES } from "./plan.ts";
import * as recorded from "./recorded.ts";
import { Transferrer } from "./transferrer.ts";
import { Watch } from "./watch.ts";
import { readOffered, readRings } from "./wire.ts";

const SECONDS = Number(process.env.DOZVON_SOAK_SECONDS ?? 1200);
const RATE = Number(process.env.DOZVON_SOAK_RATE ?? 1);
const MIX = readMix(process.env.DOZVON_SOAK_MIX ?? "60,20,10,10");
const SEED = Number(process.env.DOZVON_SOAK_SEED ?? Date.now() % 1_000_000);
/**
 * Memory is flat within 5 % between two moments under the same load: in the middle of the time in which customers come,
 * when everything has warmed up, and at its end. Node's heaps are asked after a full garbage collection; of the others
 * the least RSS of the third and of the last quarter counts. A run of less than ten minutes has not warmed up.
 */
const BOUND = { share: 0.05, files: 10, memoryMb: SECONDS >= 600 ? 2 : 40 };
const HEAPS_AT = [0.5, 0.95];

t.jobs = 1;
t.setTimeout((SECONDS + 900) * 1000);
const draw = chance(SEED);
t.comment(`seed ${SEED}, ${SECONDS} s, ${RATE} calls/s, ${JSON.stringify(MIX)}`);
const scene: Scene = await openScene();
t.teardown(() => scene.close());
const peers = new Peers(scene, draw);
const counts = Object.fromEntries(
  KINDS.map((kind) => [kind, Math.round((SECONDS * RATE * MIX[kind]) / 100)]),
) as Record<Kind, number>;

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

async function recordingFiles(db: pg.Client): Promise<recorded.RecordingFile[]> {
  const { rows } = await db.query(
    `select id, call_id as "callId", state, sha256 from recording where kind = 'call'`,
  );
  const headers = { authorization: `Bearer ${scene.instance.secrets.adminApiKey}` };
  const files: recorded.RecordingFile[] = [];
  for (const row of rows as { id: string; callId: string; state: string; sha256: string }[]) {
    const url = `${scene.instance.url}/v1/recordings/${row.id}/audio`;
    // The API lets a key ask 6000 times a minute, so one that is refused is asked again.
    const wav =
      row.state === "kept" ? await until("the audio", () => audio(url, headers), 90_000) : undefined;
    files.push({ ...row, heard: wav && recorded.hear(wav, Object.values(TONES)) });
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
  const { agents, line, menuNumber } = await company(scene, counts);
  const answering = await peers.phones(agents, 2 * (SECONDS * RATE + AGENTS) + 100);
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
    peers.customers(kind, kind === "menu" ? menuNumber : line.number, counts[kind], (RATE * MIX[kind]) / 100),
  );
  let over = false;
  const calling = Promise.all(running.map(({ done }) => done)).finally(() => {
    over = true;
  });
  const heaps: Record<string, number>[] = [];
  const watching = (what: string, done: () => boolean, withinMs: number): Promise<boolean> =>
    until(
      what,
      async () => {
        await watch.look();
        if (watch.seconds > SECONDS * (HEAPS_AT[heaps.length] ?? Number.POSITIVE_INFINITY))
          heaps.push(await watch.heaps());
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
  const probing = peers.customers("probe", line.number, AGENTS, AGENTS);
  await watching("the probes are over", () => probing.child.exitCode !== null, 120_000);
  const quietSince = watch.seconds;
  const busy = watch.busy();
  await rest(40);
  const left = await leftOver(agents, line.queueId);
  answering.child.kill("SIGKILL");

  const logs = [...KINDS.filter((kind) => counts[kind] > 0), "probe"];
  const offered = logs.flatMap((name) =>
    readOffered(readFileSync(join(peers.folder, `${name}.log`), "utf8")),
  );
  const rings = readRings(readFileSync(answering.log, "utf8"));
  const rows = await checker.readCalls(db, since);
  const listening = watch.seconds;
  const recordings = await recordingFiles(db);
  t.comment(`listened to ${recordings.length} recordings in ${Math.round(watch.seconds - listening)} s`);
  await db.end();

  const quarter = (each: number) => watch.lowest((each * SECONDS) / 4, ((each + 1) * SECONDS) / 4);
  const held = (each: number, heap: Record<string, number> = {}) =>
    Object.fromEntries(
      Object.entries(quarter(each)).map(([name, { files, memoryMb }]) => [
        name,
        { files, memoryMb: heap[name] ?? memoryMb },
      ]),
    );
  const leaks = {
    left,
    files: { before: watch.first(), after: watch.lowest(quietSince) },
    memory: { before: held(2, heaps[0]), after: held(3, heaps[1]) },
    bound: BOUND,
  };
  const talks = recorded.talksWithRecordings(offered, rings, rows, recordings);
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
    "N6 every talk is recorded": recorded.recordingsAreWhole(talks, tones),
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
    t.equal(heaps.length, HEAPS_AT.length, "the heaps were asked");
    t.comment(`heaps: ${heaps.map((each) => JSON.stringify(each)).join(" → ")}`);
    for (let each = 0; each < 4; each++)
      t.comment(`held in quarter ${each + 1}: ${JSON.stringify(quarter(each))}`);
    const off = recorded.lengthsOff(talks);
    const at = (share: number) => off[Math.min(off.length - 1, Math.floor(share * off.length))];
    t.comment(`${off.length} recordings, off by ${[0, 0.01, 0.5, 0.99, 1].map(at).join(", ")} ms`);
    t.comment(`cores busy: ${percent(busy.mean)}, at most ${percent(busy.most)}`);
  });
});
