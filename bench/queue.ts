/**
 * How long does a freed agent stand idle while callers wait? Two ways, on one Asterisk, in one run:
 *
 *   plain     Queue() from static configuration, nothing else
 *   ours      a line of ours: decision, queue, records, live stream; the engine nudges the queue (agents/freed.ts)
 *
 * 20 agents talk 2 s each, 100 callers wait all the time. SIPp's phones note when they are free and when they ring.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Running } from "../apps/bin/start.ts";
import { findSipp, type Peer } from "../apps/host/peers.ts";
import { until } from "../tests/support/until.ts";
import { at, cpuMs, rounded } from "./figures.ts";
import { benchConfig, freePhones, prepareInstance, sippRun } from "./instance.ts";
import { registerAllScenario, talkScenario, waitScenario } from "./sipp.ts";

const AGENTS = 20;
const WAITING = 100;
const TALK_MS = 2000;
const CALLS = Number(process.env.BENCH_CALLS ?? 400);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 2);
const LINE = "+74957770001";
type Way = "plain" | "ours";

interface Figures {
  failed: number;
  cpuMsPerCall: number;
  /** Asterisk's part of it. */
  asteriskMs: number;
  p50Ms: number;
  p99Ms: number;
}

/** Runs everything and returns the one line. */
export async function run(): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), "dozvon-bench-"));
  chmodSync(folder, 0o755);
  const { config, phonePort } = await benchConfig(folder);
  const instance = await prepareInstance(config, {
    rows: team(),
    custom: { "extensions-bench.conf": PLAIN_DIALPLAN, "queues-bench.conf": plainQueue() },
  });
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
    insert into queue (key, name, strategy, all_agents, max_wait_seconds) values ('qbench', 'Bench', 'most-idle', true, 3600);
    insert into line (key, number, name, queue_id, recording)
      values ('lbench', '${LINE}', 'Bench', (select id from queue where key = 'qbench'), 'off');`;
}

const PLAIN_DIALPLAN = `; Plain Asterisk, to compare with.
[lines](+)
exten => 85,1,Answer()
 same => n,Queue(plain)
`;

function plainQueue(): string {
  const members = numbers().map((n) => `member => PJSIP/agent-${n},0,Agent ${n},PJSIP/agent-${n},no,0,no`);
  return [
    "[plain]",
    "strategy = leastrecent",
    "timeout = 20",
    "retry = 1",
    "ringinuse = no",
    ...members,
  ].join("\n");
}

async function measure(
  instance: Running,
  sipp: Peer,
  folder: string,
  phonePort: number,
): Promise<Record<string, unknown>> {
  const asterisk = `127.0.0.1:${instance.config.sipPort}`;
  const phonesAt = ["-i", "127.0.0.3", "-p", String(phonePort)];
  const accounts = numbers().map((n) => `agent-${n};[authentication username=agent-${n} password=bench]`);
  writeFileSync(join(folder, "accounts.csv"), ["SEQUENTIAL", ...accounts].join("\n"));
  await sippRun(sipp, folder, "register", registerAllScenario(), [
    ...phonesAt,
    "-m",
    String(AGENTS),
    "-r",
    "50",
    "-inf",
    "accounts.csv",
    asterisk,
  ]).done;
  const phones = sippRun(sipp, folder, "phones", talkScenario(TALK_MS), [
    ...phonesAt,
    "-mi",
    "127.0.0.3",
    "-aa",
    asterisk,
  ]);
  try {
    const rounds: Record<Way, Figures[]> = { plain: [], ours: [] };
    for (let round = 0; round < ROUNDS; round++)
      for (const way of ["plain", "ours"] as const) {
        const figures = await one(way);
        console.error(`${way}: ${JSON.stringify(figures)}`);
        rounds[way].push(figures);
      }
    const [plain, ours] = [mean(rounds.plain), mean(rounds.ours)];
    return {
      bench: "queue",
      ...rounded({
        cpuRatio: ours.cpuMsPerCall / plain.cpuMsPerCall,
        addedWaitP50Ms: ours.p50Ms - plain.p50Ms,
        addedWaitP99Ms: ours.p99Ms - plain.p99Ms,
      }),
      agents: AGENTS,
      waiting: WAITING,
      plain,
      ours,
    };
  } finally {
    phones.child.kill("SIGKILL");
  }

  async function one(way: Way): Promise<Figures> {
    const rows = Array.from({ length: CALLS }, (_, call) => {
      const caller = `+7916${String(2_000_000 + call)}`;
      return `${caller};${way === "plain" ? "85" : LINE}`;
    });
    writeFileSync(join(folder, `${way}.csv`), ["SEQUENTIAL", ...rows].join("\n"));
    await until("all phones are free", () => freePhones(instance), 30_000);
    const pids = [instance.children.asterisk?.pid, instance.children.engine?.pid, instance.children.api?.pid];
    const used = way === "plain" ? pids.slice(0, 1) : pids;
    const [before, asteriskBefore] = [cpuMs(used), cpuMs(pids.slice(0, 1))];
    const since = Date.now();
    const customers = sippRun(sipp, folder, way, waitScenario(), [
      ...["-i", "127.0.0.2", "-p", String(phonePort + 1), "-mi", "127.0.0.2", "-m", String(CALLS)],
      ...["-r", "50", "-l", String(WAITING + AGENTS), "-inf", `${way}.csv`, asterisk],
    ]);
    const code = await customers.done;
    const cpu = (cpuMs(used) - before) / CALLS;
    const asteriskMs = (cpuMs(pids.slice(0, 1)) - asteriskBefore) / CALLS;
    const gaps = idleTimes(phones.log, since, CALLS);
    return {
      failed: code === 0 ? 0 : CALLS - gaps.length,
      ...rounded({ cpuMsPerCall: cpu, asteriskMs, p50Ms: at(gaps, 0.5), p99Ms: at(gaps, 0.99) }),
    };
  }
}

/**
 * From each phone's hang-up to its next ring. The last calls are left out: when nobody waits any more, an idle agent
 * is not late.
 */
function idleTimes(log: string, since: number, calls: number): number[] {
  const freedAt = new Map<string, number>();
  const gaps: number[] = [];
  let rings = 0;
  for (const line of readFileSync(log, "utf8").split("\n")) {
    const [, stamp, what, phone = ""] = /(\d{9,}\.\d{3,6})\s(rings|freed) (agent-\d+)/.exec(line) ?? [];
    const time = Number(stamp) * 1000;
    if (!what || time < since) continue;
    if (what === "freed") freedAt.set(phone, time);
    else if (++rings <= calls - AGENTS && freedAt.has(phone)) gaps.push(time - (freedAt.get(phone) ?? time));
  }
  return gaps.sort((a, b) => a - b);
}

function mean(rounds: readonly Figures[]): Figures {
  const of = (key: keyof Figures): number => rounds.reduce((sum, each) => sum + each[key], 0) / rounds.length;
  return {
    failed: rounds.reduce((sum, each) => sum + each.failed, 0),
    ...rounded({
      cpuMsPerCall: of("cpuMsPerCall"),
      asteriskMs: of("asteriskMs"),
      p50Ms: of("p50Ms"),
      p99Ms: of("p99Ms"),
    }),
  };
}

function numbers(): number[] {
  return Array.from({ length: AGENTS }, (_, index) => 9001 + index);
}
