/**
 * How late is the live stream, and does it lose anything? Real calls (SIPp, each to the owner's phone), 50 subscribers on
 * WebSockets; each of them is cut once in the middle of the load, and resumes with ?after=.
 *
 * The delay is from an event's `at`, which the engine writes, to its arrival at a subscriber. Events that are caught up
 * after a cut are late by the cut, and are not counted in the delay; they are counted in gaps and doubles, against
 * what the database says was announced.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import WebSocket from "ws";
import type { Running } from "../apps/bin/start.ts";
import { findSipp, type Peer } from "../apps/host/peers.ts";
import { until } from "../tests/support/until.ts";
import { at, rounded } from "./figures.ts";
import { benchConfig, freePhones, prepareInstance, sippRun } from "./instance.ts";
import { answerScenario, callScenario, registerAllScenario } from "./sipp.ts";

const AGENTS = 200;
const SUBSCRIBERS = Number(process.env.BENCH_SUBSCRIBERS ?? 50);
const RATE = Number(process.env.BENCH_RATE ?? 50);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
const WARM_UP_SECONDS = 3;
const TALK_MS = 2000;
const LINE = "+74957770001";

/** Runs everything and returns the one line. */
export async function run(): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), "dozvon-bench-"));
  chmodSync(folder, 0o755);
  const { config, phonePort } = await benchConfig(folder);
  const instance = await prepareInstance(config, { rows: team(), custom: {} });
  try {
    return await measure(instance, await findSipp(config, console.error), folder, phonePort);
  } finally {
    await instance.stop();
    if (!process.env.DOZVON_KEEP) rmSync(folder, { recursive: true, force: true });
  }
}

/** HA1 of the password "bench": these accounts exist only on loopback for the time of the run. */
function team(): string {
  return `
    insert into agent (name, short_number, phone, sip_ha1, state)
      select 'Agent ' || n, (9000 + n)::text, 'agent-' || (9000 + n), md5('agent-' || (9000 + n) || ':dozvon:bench'), 'inbound' from generate_series(1, ${AGENTS}) n;
    insert into queue (key, name, strategy, all_agents) values ('qbench', 'Bench', 'sequential', true);
    insert into line (key, number, name, queue_id, recording)
      select 'lbench', '${LINE}', 'Bench', id, 'off' from queue where key = 'qbench';
    insert into line_prompt (line_id, slot, kind)
      select id, slot, 'none' from line, (values ('arrival'), ('waiting')) v (slot) where key = 'lbench';
    insert into contact (name, owner_id) select 'Contact ' || short_number, id from agent where phone like 'agent-9%';
    insert into contact_phone (contact_id, phone, position)
      select c.id, '+7916200' || a.short_number, 0 from contact c join agent a on a.id = c.owner_id where a.phone like 'agent-9%';`;
}

/** Somebody who watches; all that came is kept by its number. */
class Subscriber {
  readonly delays: number[] = [];
  readonly got = new Map<number, number>();
  /** The stream itself said that it no longer has something. */
  told = 0;
  last: number;
  readonly #instance: Running;
  #socket: WebSocket | undefined;
  /** Until this number everything is older than the present connection. */
  #caughtUpAt = 0;

  constructor(instance: Running, after: number) {
    this.#instance = instance;
    this.last = after;
  }

  /** Connects and resumes after the last number; resolves with the greeting. */
  async connect(): Promise<void> {
    const url = `${this.#instance.url.replace("http", "ws")}/v1/stream?after=${this.last}`;
    const headers = { authorization: `Bearer ${this.#instance.secrets.adminApiKey}` };
    const socket = new WebSocket(url, { headers });
    this.#socket = socket;
    socket.on("error", () => {});
    await new Promise<void>((resolve, reject) => {
      socket.once("close", () => reject(new Error("the stream was closed")));
      socket.on("message", (text) => {
        const now = Date.now();
        // What a cut connection still had in its buffers does not count as heard.
        if (socket === this.#socket) this.#take(JSON.parse(String(text)), now, resolve);
      });
    });
  }

  /** The line breaks, without a goodbye. */
  cut(): void {
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  #take(message: { kind: string; seq: number; at: string }, now: number, greeted: () => void): void {
    if (message.kind === "hello") {
      this.#caughtUpAt = message.seq;
      greeted();
    } else if (message.kind === "gap") this.told++;
    else {
      this.got.set(message.seq, (this.got.get(message.seq) ?? 0) + 1);
      this.last = Math.max(this.last, message.seq);
      if (message.seq > this.#caughtUpAt) this.delays.push(now - Date.parse(message.at));
    }
  }
}

async function measure(instance: Running, sipp: Peer, folder: string, phonePort: number) {
  const asterisk = `127.0.0.1:${instance.config.sipPort}`;
  const phonesAt = ["-i", "127.0.0.3", "-p", String(phonePort)];
  const accounts = numbers().map((n) => `agent-${n};[authentication username=agent-${n} password=bench]`);
  writeFileSync(join(folder, "accounts.csv"), ["SEQUENTIAL", ...accounts].join("\n"));
  const registering = ["-m", String(AGENTS), "-r", "50", "-inf", "accounts.csv", asterisk];
  await sippRun(sipp, folder, "register", registerAllScenario(), [...phonesAt, ...registering]).done;
  const answering = [...phonesAt, "-mi", "127.0.0.3", "-aa", asterisk];
  const phones = sippRun(sipp, folder, "phones", answerScenario(), answering);
  const db = new pg.Client({ connectionString: instance.databaseUrl });
  await db.connect();
  try {
    await until("all phones are free", () => freePhones(instance), 60_000);
    await customers("warm-up", WARM_UP_SECONDS).done;
    await until("all phones are free", () => freePhones(instance), 60_000);
    const first = await latest(db);
    const subscribers = Array.from({ length: SUBSCRIBERS }, () => new Subscriber(instance, first));
    await Promise.all(subscribers.map((each) => each.connect()));
    const load = customers("load", SECONDS);
    const failed = load.done.then((code) => (code === 0 ? 0 : 1));
    await cutEach(subscribers, SECONDS * 1000);
    const someFailed = await failed;
    await until("all phones are free", () => freePhones(instance), 60_000);
    const last = await latest(db);
    await until("everybody has it all", () => subscribers.every((each) => each.last >= last), 10_000).catch(
      () => {},
    );
    return { ...(await verdict(db, subscribers, first, last)), someFailed };
  } finally {
    phones.child.kill("SIGKILL");
    await db.end();
  }

  function customers(name: string, seconds: number) {
    const calls = RATE * seconds;
    const rows = Array.from({ length: calls }, (_, call) => `+7916200${9001 + (call % AGENTS)};${LINE}`);
    writeFileSync(join(folder, `${name}.csv`), ["SEQUENTIAL", ...rows].join("\n"));
    return sippRun(sipp, folder, name, callScenario(TALK_MS), [
      ...["-i", "127.0.0.2", "-p", String(phonePort + 1), "-mi", "127.0.0.2", "-m", String(calls)],
      ...["-r", String(RATE), "-l", String(RATE * 10), "-inf", `${name}.csv`, asterisk],
    ]);
  }
}

/** Each is cut once, one after another over the middle of the load, and comes back at once. */
async function cutEach(subscribers: readonly Subscriber[], loadMs: number): Promise<void> {
  const begun = performance.now() + loadMs / 4;
  const step = loadMs / 2 / subscribers.length;
  for (const [index, subscriber] of subscribers.entries()) {
    await until("the moment", () => performance.now() >= begun + index * step, loadMs);
    subscriber.cut();
    await subscriber.connect();
  }
}

async function latest(db: pg.Client): Promise<number> {
  const { rows } = await db.query("select coalesce(max(seq), 0)::int as seq from live_event");
  return rows[0].seq as number;
}

async function verdict(db: pg.Client, subscribers: readonly Subscriber[], first: number, last: number) {
  const { rows } = await db.query(
    "select seq::int as seq from live_event where seq > $1 and seq <= $2 and topic in ('calls', 'agents', 'queues')",
    [first, last],
  );
  const announced = (rows as { seq: number }[]).map(({ seq }) => seq);
  let [gaps, doubles] = [0, 0];
  for (const { got, told } of subscribers) {
    gaps += told + announced.filter((seq) => !got.has(seq)).length;
    for (const times of got.values()) doubles += times - 1;
  }
  const delays = subscribers.flatMap((each) => each.delays).sort((a, b) => a - b);
  return {
    bench: "events",
    ...rounded({ p99Ms: at(delays, 0.99), p50Ms: at(delays, 0.5), maxMs: delays.at(-1) ?? Number.NaN }),
    ...{ gaps, doubles, reconnects: subscribers.length, subscribers: subscribers.length },
    ...{ events: announced.length, delivered: delays.length, rate: RATE, seconds: SECONDS },
  };
}

function numbers(): number[] {
  return Array.from({ length: AGENTS }, (_, index) => 9001 + index);
}
