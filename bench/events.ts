/**
 * How late is the live stream, and does it lose anything? Real calls (SIPp, each to the owner's phone), 50 subscribers on
 * WebSockets; each of them is cut once in the middle of the load, and resumes with ?after=.
 *
 * The delay is from an event's `at`, which the engine writes, to its arrival at a subscriber. Events that are caught up
 * after a cut are late by the cut, and are not counted in the delay; they are counted in gaps and doubles, against
 * what the database says was announced.
 */
import pg from "pg";
import WebSocket from "ws";
import type { Running } from "../apps/bin/start.ts";
import { until } from "../tests/support/until.ts";
import { at, rounded } from "./figures.ts";
import { onInstance, phonesFree, type Rig } from "./rig.ts";
import { answerScenario, callScenario } from "./sipp.ts";
import { clientOf, lineRows, OWN_CLIENTS, SILENT_LINES, teamRows } from "./team.ts";

const AGENTS = 200;
const SUBSCRIBERS = Number(process.env.BENCH_SUBSCRIBERS ?? 50);
const RATE = Number(process.env.BENCH_RATE ?? 50);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
const WARM_UP_SECONDS = 3;
const TALK_MS = 2000;
const LINE = "+74957770001";

/** Runs everything and returns the one line. */
export async function run(): Promise<Record<string, unknown>> {
  const line = lineRows("lbench", LINE, "off");
  return onInstance({ rows: teamRows(AGENTS, "sequential") + line + SILENT_LINES + OWN_CLIENTS }, measure);
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
        if (socket === this.#socket) this.#take(String(text), now, resolve);
      });
    });
  }

  /** The line breaks, without a goodbye. */
  cut(): void {
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  /** Only what is measured is read out of a row: fifty subscribers in one process must not be the slow ones. */
  #take(text: string, now: number, greeted: () => void): void {
    const [, number, written] = /^{"seq":(\d+),"at":"([^"]+)"/.exec(text) ?? [];
    if (number && written) this.#count(Number(number), now - Date.parse(written));
    else if (text.includes('"gap"')) this.told++;
    else {
      this.#caughtUpAt = (JSON.parse(text) as { seq: number }).seq;
      greeted();
    }
  }

  #count(seq: number, delayMs: number): void {
    this.got.set(seq, (this.got.get(seq) ?? 0) + 1);
    this.last = Math.max(this.last, seq);
    if (seq > this.#caughtUpAt) this.delays.push(delayMs);
  }
}

async function measure({ instance, crowd }: Rig) {
  const phones = await crowd.phones(AGENTS, answerScenario());
  const db = new pg.Client({ connectionString: instance.databaseUrl });
  await db.connect();
  try {
    await phonesFree(instance, 60_000);
    await customers("warm-up", WARM_UP_SECONDS).done;
    await phonesFree(instance, 60_000);
    const first = await latest(db);
    const subscribers = Array.from({ length: SUBSCRIBERS }, () => new Subscriber(instance, first));
    await Promise.all(subscribers.map((each) => each.connect()));
    const load = customers("load", SECONDS);
    const failed = load.done.then((code) => (code === 0 ? 0 : 1));
    await cutEach(subscribers, SECONDS * 1000);
    const someFailed = await failed;
    await phonesFree(instance, 60_000);
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
    const calls = Array.from({ length: RATE * seconds }, (_, call) => ({
      from: clientOf(9001 + (call % AGENTS)),
      to: LINE,
    }));
    return crowd.customers({ name, calls, rate: RATE, atOnce: RATE * 10, scenario: callScenario(TALK_MS) });
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
