/** What the API sends at length: the live stream over real sockets, and recordings with ranges. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import t from "tap";
import { WebSocket } from "ws";
import { serveSubscriber } from "../../apps/api/live/subscriber.ts";
import { LiveWriter } from "../../apps/store/live.ts";
import { addCompany, addKey, apiOn } from "../support/api.ts";
import { addCalls } from "../support/calls.ts";
import { withPostgres } from "../support/postgres.ts";

const postgres = await withPostgres();
const { db } = postgres;
const folder = mkdtempSync(join(tmpdir(), "dozvon-audio-"));
const recordingsDir = join(folder, "recordings");
const day = join(recordingsDir, "2026/01/05");
mkdirSync(day, { recursive: true });
let clock = Date.now();
// A short memory, so that catching up has to go through the database too.
const rig = await apiOn(postgres, { recordingsDir, keepRows: 20, now: () => clock });
const { ask } = rig;
const company = await addCompany(db);
const calls = await addCalls(db, company);
const supervisor = await addKey(db, "supervisor");
const annas = await addKey(db, "agent", company.anna);
const address = (await rig.api.listen({ host: "127.0.0.1", port: 0 })).replace("http", "ws");
const writer = new LiveWriter(db, (error) => {
  throw error;
});
await writer.start();
t.teardown(async () => {
  await rig.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Message {
  seq: number;
  kind: string;
  topic?: string;
  from?: number;
  to?: number;
  data?: { id: string; n?: number };
}

/** A client that keeps what it hears; `until` waits for a condition. */
function open(query: string, key?: string) {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const socket = new WebSocket(`${address}/v1/stream${query}`, { headers });
  const heard: Message[] = [];
  let wake = (): void => {};
  socket.on("message", (text) => {
    heard.push(JSON.parse(String(text)));
    wake();
  });
  socket.on("close", () => wake());
  socket.on("error", () => wake());
  const refused = new Promise<number>((resolve) =>
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0)),
  );
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    socket,
    heard,
    until,
    refused,
    closed,
    seqs: () => heard.filter(({ topic }) => topic).map(({ seq }) => seq),
  };
}

async function write(count: number, topic: "calls" | "queues" | "agents" = "queues"): Promise<void> {
  for (let n = 0; n < count; n++) writer.push(topic, `${topic}.changed`, { id: company.queue, n });
  await writer.drain();
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

t.test("a subscriber hears hello, and then everything in order, once", async (t) => {
  const client = open("", supervisor);
  await client.until(() => client.heard.length > 0);
  t.same(client.heard[0], { kind: "hello", seq: 0 });
  await write(50);
  await client.until(() => client.seqs().at(-1) === 50);
  t.same(client.seqs(), range(1, 50));
  t.match(client.heard[1], { seq: 1, topic: "queues", kind: "queues.changed", at: String, data: { n: 0 } });
  client.socket.close();
});

t.test("who was away gets what was missed, then goes on live, without gap and without double", async (t) => {
  const clients = [0, 10, 45, 50].map((after) => ({ after, ...open(`?after=${after}`, supervisor) }));
  const writing = write(400);
  const late = range(1, 5).map((n) => ({ after: n * 7, ...open(`?after=${n * 7}`, supervisor) }));
  await writing;
  for (const client of [...clients, ...late]) {
    await client.until(() => client.seqs().at(-1) === 450);
    t.same(client.seqs(), range(client.after + 1, 450), `after ${client.after}`);
    t.equal(client.heard[0]?.kind, "hello");
    t.notOk(client.heard.some(({ kind }) => kind === "gap"));
    client.socket.close();
  }
});

t.test("what is no longer kept is told as a gap", async (t) => {
  await sql`delete from live_event where seq <= 200`.execute(db);
  const client = open("?after=100", supervisor);
  await client.until(() => client.seqs().at(-1) === 450);
  t.same(client.heard.slice(0, 2), [
    { kind: "hello", seq: 450 },
    { kind: "gap", from: 101, to: 200 },
  ]);
  t.same(client.seqs(), range(201, 450));
  client.socket.close();
});

t.test("only the topics asked for; an agent hears only what concerns them", async (t) => {
  const chosen = open("?topics=calls", supervisor);
  const anna = open("", annas);
  await Promise.all([chosen.until(() => chosen.heard.length > 0), anna.until(() => anna.heard.length > 0)]);
  writer.push("agents", "agent.changed", { id: company.boris, state: "break" });
  writer.push("calls", "call.offered", { id: calls.boris, agentId: company.boris, from: "+79161234567" });
  writer.push("calls", "call.offered", { id: calls.talked, agentId: company.anna });
  writer.push("queues", "queue.changed", { id: company.queue, waiting: 1 });
  await writer.drain();
  await anna.until(() => anna.seqs().at(-1) === 454);
  t.same(anna.seqs(), [453, 454]);
  await chosen.until(() => chosen.seqs().at(-1) === 453);
  t.same(chosen.seqs(), [452, 453]);
  for (const { socket } of [chosen, anna]) socket.close();
});

t.test("TEN-08 a browser's ticket opens the stream once, and not after 30 s", async (t) => {
  t.equal(await open("").refused, 401);
  t.equal(await open("?ticket=x").refused, 401);
  t.equal(await open("?topics=secrets", supervisor).refused, 400);
  const { ticket } = (await ask("POST", "/v1/stream/tickets", annas)).json();
  t.equal((await ask("GET", `/v1/me?ticket=${ticket}`)).statusCode, 401, "a ticket opens nothing else");
  const client = open(`?ticket=${ticket}`);
  await client.until(() => client.heard.length > 0);
  t.equal(client.heard[0]?.kind, "hello");
  client.socket.close();
  t.equal(await open(`?ticket=${ticket}`).refused, 401, "not twice");
  const old = (await ask("POST", "/v1/stream/tickets", annas)).json();
  clock += 30_001;
  t.equal(await open(`?ticket=${old.ticket}`).refused, 401, "too old");
});

t.test("a slow subscriber is sent away with 1013; the others go on", async (t) => {
  const sent: string[] = [];
  const left: (() => void)[] = [];
  let code: number | undefined;
  const slow = {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    on(event: string, listener: () => void) {
      if (event === "close") left.push(listener);
    },
    ping: () => {},
    send(text: string) {
      sent.push(text);
      slow.bufferedAmount += 600_000;
    },
    close(status: number) {
      code = status;
      slow.readyState = 3;
      for (const listener of left) listener();
    },
  };
  const client = open("", supervisor);
  await client.until(() => client.heard.length > 0);
  await serveSubscriber({
    socket: slow as never,
    wire: { cork() {}, uncork() {} } as never,
    tail: rig.tail,
    visible: () => true,
    stillAllowed: async () => true,
  });
  await write(5);
  await client.until(() => client.seqs().length === 5);
  t.equal(code, 1013);
  t.equal(sent.length, 2, "nothing is piled up for it");
  client.socket.close();
});

t.test("the stream goes on after the database was away", async (t) => {
  const client = open("", supervisor);
  await client.until(() => client.heard.length > 0);
  const last = rig.tail.latest();
  await postgres.crash();
  await postgres.restart();
  // Written straight and without a notice: the re-reading after the reconnect has to find it.
  await sql`insert into live_event values (${last + 1}, now(), 'calls', 'call.arrived', '{"id":"x"}')`.execute(
    db,
  );
  await client.until(() => client.seqs().at(-1) === last + 1);
  t.same(client.seqs(), [last + 1]);
  client.socket.close();
});

const audio = `/v1/recordings/${calls.recording}/audio`;
const bytes = Buffer.from(range(0, 1043).map((n) => n % 251));
const get = (headers: Record<string, string> = {}, method: "GET" | "HEAD" = "GET", url = audio) =>
  rig.api.inject({ method, url, headers: { authorization: `Bearer ${supervisor}`, ...headers } });

t.test("a recording is sent whole, in ranges, or only as a head", async (t) => {
  const path = join(day, `${calls.talked}.wav`);
  t.equal((await get()).statusCode, 404, "the file is not there yet");
  writeFileSync(path, bytes);
  const whole = await get();
  t.match(whole, {
    statusCode: 200,
    headers: { "content-type": "audio/wav", "content-length": "1044", "accept-ranges": "bytes" },
  });
  t.ok(whole.rawPayload.equals(bytes));
  const etag = String(whole.headers.etag);
  t.equal(etag, `"${"ab".repeat(32)}"`);
  const part = async (value: string) => {
    const { statusCode, headers, rawPayload } = await get({ range: value });
    return [statusCode, headers["content-range"], rawPayload.equals(bytes) ? "whole" : rawPayload.length];
  };
  t.same(await part("bytes=0-9"), [206, "bytes 0-9/1044", 10]);
  t.same(await part("bytes=1000-"), [206, "bytes 1000-1043/1044", 44]);
  t.same(await part("bytes=-4"), [206, "bytes 1040-1043/1044", 4]);
  t.same(await part("bytes=1000-99999"), [206, "bytes 1000-1043/1044", 44]);
  t.ok((await get({ range: "bytes=10-19" })).rawPayload.equals(bytes.subarray(10, 20)));
  const outside = await get({ range: "bytes=1044-" });
  t.match(outside, {
    statusCode: 416,
    headers: { "content-range": "bytes */1044", "content-type": /problem\+json/ },
  });
  for (const odd of ["bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "x"])
    t.same(await part(odd), [200, undefined, "whole"], odd);
  t.equal((await get({ range: "bytes=0-9", "if-range": etag })).statusCode, 206);
  t.equal((await get({ range: "bytes=0-9", "if-range": '"other"' })).statusCode, 200);
  t.equal((await get({ "if-none-match": etag })).statusCode, 304);
  const head = await get({}, "HEAD");
  t.match(head, { statusCode: 200, headers: { "content-length": "1044" } });
  t.equal(head.rawPayload.length, 0);
});

t.test("nothing but plain files under the recordings' folder is ever sent", async (t) => {
  const secret = join(folder, "secret.wav");
  writeFileSync(secret, "secret");
  symlinkSync(secret, join(day, "link.wav"));
  symlinkSync(folder, join(recordingsDir, "out"));
  for (const path of [
    "../secret.wav",
    secret,
    "2026/01/05/link.wav",
    "out/secret.wav",
    "2026/01/05",
    ".",
    "",
    "2026/../../secret.wav",
  ]) {
    await db.updateTable("recording").set({ path }).where("id", "=", calls.borisRecording).execute();
    const answer = await get({}, "GET", `/v1/recordings/${calls.borisRecording}/audio`);
    t.equal(answer.statusCode, 404, path);
    t.notMatch(answer.body, /secret/, path);
  }
});
