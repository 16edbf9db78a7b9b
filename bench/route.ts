/**
 * What does deciding cost? Three ways of connecting a caller with an agent, on one Asterisk, in one run:
 *
 *   dial      the dialplan alone: Dial()
 *   owner     ours: Stasis → decision → continue → Dial(), with records, `why` and the live stream on
 *   bridge    the usual way: npm ari-client, originate and an ARI bridge
 *
 * Each at 50 calls/s for 20 s (2 s talk), twice, after a short warm-up, without recording and with. SIPp is both ends and measures the delay
 * from INVITE out of the customer to INVITE into the agent's phone. CPU is utime + stime of the processes.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import WebSocket from "ws";
import type { Running } from "../apps/bin/start.ts";
import { openDatabase } from "../apps/store/database.ts";
import { until } from "../tests/support/until.ts";
import { at, cpuMs, rounded } from "./figures.ts";
import { onInstance, phonesFree, type Rig } from "./rig.ts";
import { answerScenario, callScenario } from "./sipp.ts";
import { clientOf, lineRows, OWN_CLIENTS, SILENT_LINES, teamRows } from "./team.ts";

const AGENTS = 200;
const RATE = Number(process.env.BENCH_RATE ?? 50);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 2);
const WARM_UP_SECONDS = 5;
const TALK_MS = 2000;
const LINES = { off: "+74957770001", on: "+74957770002" };
type Way = "dial" | "owner" | "bridge";
const WAYS: readonly Way[] = ["dial", "owner", "bridge"];

interface Figures {
  failed: number;
  asteriskMs: number;
  nodeMs: number;
  p50Ms: number;
  p99Ms: number;
}

/** Runs everything and returns the one line. */
export async function run(): Promise<Record<string, unknown>> {
  const lines = lineRows("lbenchoff", LINES.off, "off") + lineRows("lbenchon", LINES.on, "stereo");
  const rows = teamRows(AGENTS, "sequential") + lines + SILENT_LINES + OWN_CLIENTS;
  return onInstance({ rows, custom: { "extensions-bench.conf": PLAIN_DIALPLAN } }, measure);
}

const PLAIN_DIALPLAN = `; The two ways that are compared with ours: 81 and 82 dial, 83 and 84 ask an ari-client application.
[lines](+)
exten => _81XXXX,1,Dial(PJSIP/agent-\${EXTEN:2},20)
exten => _82XXXX,1,MixMonitor(\${CHANNEL(linkedid)}.raw,bD)
 same => n,Dial(PJSIP/agent-\${EXTEN:2},20)
exten => _83XXXX,1,Stasis(bench,agent-\${EXTEN:2},off)
exten => _84XXXX,1,Stasis(bench,agent-\${EXTEN:2},on)
`;

async function measure({ instance, crowd }: Rig): Promise<Record<string, unknown>> {
  const phones = await crowd.phones(AGENTS, answerScenario());
  const listener = new WebSocket(`${instance.url.replace("http", "ws")}/v1/stream`, {
    headers: { authorization: `Bearer ${instance.secrets.adminApiKey}` },
  });
  listener.on("error", () => {});
  const usual = spawn(
    process.execPath,
    [
      fileURLToPath(new URL("ari-client-app.js", import.meta.url)),
      String(instance.config.ariPort),
      instance.secrets.ariPassword,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await new Promise((resolve) => usual.stdout.once("data", resolve));
  await phonesFree(instance);
  try {
    // A process that has just started is still being compiled; a call centre's has not just started.
    for (const way of WAYS) await one(way, "off", WARM_UP_SECONDS);
    const off = await threeWays("off");
    const on = await threeWays("on");
    return {
      bench: "route",
      ...verdict(off),
      rate: RATE,
      seconds: SECONDS,
      paths: off,
      recording: { ...verdict(on), paths: on },
    };
  } finally {
    phones.child.kill("SIGKILL");
    usual.kill("SIGKILL");
    listener.terminate();
  }

  /** Each way in turn, and all of them again: neighbours on the machine are noise that comes and goes. */
  async function threeWays(recording: "off" | "on"): Promise<Record<Way, Figures>> {
    const rounds = new Map<Way, Figures[]>(WAYS.map((way) => [way, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const way of WAYS) {
        const figures = await one(way, recording);
        console.error(`${way}, recording ${recording}: ${JSON.stringify(figures)}`);
        rounds.get(way)?.push(figures);
      }
    }
    return Object.fromEntries([...rounds].map(([way, all]) => [way, mean(all)])) as Record<Way, Figures>;
  }

  async function one(way: Way, recording: "off" | "on", seconds = SECONDS): Promise<Figures> {
    const prefix = { dial: recording === "off" ? "81" : "82", bridge: recording === "off" ? "83" : "84" };
    const calls = Array.from({ length: RATE * seconds }, (_, call) => {
      const agent = 9001 + (call % AGENTS);
      const to = way === "owner" ? LINES[recording] : `${prefix[way]}${agent}`;
      return { from: clientOf(agent), to };
    });
    await phonesFree(instance);
    const node =
      way === "owner"
        ? [instance.children.engine?.pid, instance.children.api?.pid]
        : way === "bridge"
          ? [usual.pid]
          : [];
    const pids = { asterisk: [instance.children.asterisk?.pid], node };
    const [asteriskBefore, nodeBefore] = [cpuMs(pids.asterisk), cpuMs(pids.node)];
    const since = Date.now();
    const customers = crowd.customers({
      ...{ name: `${way}-${recording}`, calls, rate: RATE, atOnce: RATE * 10 },
      scenario: callScenario(TALK_MS),
    });
    await customers.done;
    if (way === "owner")
      await until("all records are closed", () => recordsClosed(instance, since, calls.length), 60_000);
    const asteriskMs = (cpuMs(pids.asterisk) - asteriskBefore) / calls.length;
    const nodeMs = (cpuMs(pids.node) - nodeBefore) / calls.length;
    const delays = delaysOf(notes(customers.log, "calls"), notes(phones.log, "rings", since));
    return {
      failed: calls.length - Math.min(delays.length, notes(customers.log, "left").length),
      ...rounded({ asteriskMs, nodeMs, p50Ms: at(delays, 0.5), p99Ms: at(delays, 0.99) }),
    };
  }
}

/** The mean of the rounds; failures add up. */
function mean(rounds: readonly Figures[]): Figures {
  const of = (key: keyof Figures): number => rounds.reduce((sum, each) => sum + each[key], 0) / rounds.length;
  const failed = rounds.reduce((sum, each) => sum + each.failed, 0);
  return {
    failed,
    ...rounded({
      asteriskMs: of("asteriskMs"),
      nodeMs: of("nodeMs"),
      p50Ms: of("p50Ms"),
      p99Ms: of("p99Ms"),
    }),
  };
}

function verdict(paths: Record<Way, Figures>): Record<string, number> {
  const total = (way: Way): number => paths[way].asteriskMs + paths[way].nodeMs;
  return rounded({
    failed: paths.owner.failed,
    cpuRatio: total("owner") / total("dial"),
    cpuRatioAriBridge: total("bridge") / total("dial"),
    addedP50Ms: paths.owner.p50Ms - paths.dial.p50Ms,
    addedP99Ms: paths.owner.p99Ms - paths.dial.p99Ms,
  });
}

async function recordsClosed(instance: Running, since: number, calls: number): Promise<boolean> {
  const db = openDatabase({ url: instance.databaseUrl, name: "bench", log: { warn: () => {} } });
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int n from call where arrived_at >= ${new Date(since - 50)} and ended_at is not null`.execute(
    db,
  );
  await db.destroy();
  return (rows[0]?.n ?? 0) >= calls;
}

interface Note {
  readonly at: number;
  readonly number: string;
}

function notes(log: string, what: string, since = 0): Note[] {
  return readFileSync(log, "utf8")
    .split("\n")
    .flatMap((line) => {
      const found = new RegExp(`(\\d{9,}\\.\\d{3,6})\\s${what} .*?(\\+7916200\\d{4})`).exec(line);
      const time = Number(found?.[1]) * 1000;
      return found && time >= since ? [{ at: time, number: found[2] ?? "" }] : [];
    });
}

/** The k-th call of a number is the k-th ring with that number. */
function delaysOf(called: readonly Note[], rang: readonly Note[]): number[] {
  const byNumber = new Map<string, number[]>();
  for (const { number, at } of rang) byNumber.set(number, [...(byNumber.get(number) ?? []), at]);
  const delays = called.map(({ number, at }) => (byNumber.get(number)?.shift() ?? Number.NaN) - at);
  return delays.filter((delay) => !Number.isNaN(delay)).sort((a, b) => a - b);
}
