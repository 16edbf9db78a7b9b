/**
 * How long does a freed agent stand idle while callers wait? Two ways, on one Asterisk, in one run:
 *
 *   plain     Queue() from static configuration, nothing else
 *   ours      a line of ours: decision, queue, records, live stream; the engine nudges the queue (agents/freed.ts)
 *
 * 20 agents talk 2 s each, 100 callers wait all the time. SIPp's phones note when they are free and when they ring.
 */
import { readFileSync } from "node:fs";
import { at, cpuMs, rounded } from "./figures.ts";
import { onInstance, phonesFree, type Rig } from "./rig.ts";
import { talkScenario, waitScenario } from "./sipp.ts";
import { lineRows, SILENT_LINES, shortNumbers, teamRows } from "./team.ts";

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
  const patience = "update queue set max_wait_seconds = 3600 where key = 'qbench';";
  const rows = `${teamRows(AGENTS, "most-idle")}${patience}${lineRows("lbench", LINE, "off")}${SILENT_LINES}`;
  const custom = { "extensions-bench.conf": PLAIN_DIALPLAN, "queues-bench.conf": plainQueue() };
  return onInstance({ rows, custom }, measure);
}

const PLAIN_DIALPLAN = `; Plain Asterisk, to compare with.
[lines](+)
exten => 85,1,Answer()
 same => n,Queue(plain)
`;

function plainQueue(): string {
  const members = shortNumbers(AGENTS).map(
    (n) => `member => PJSIP/agent-${n},0,Agent ${n},PJSIP/agent-${n},no,0,no`,
  );
  return [
    "[plain]",
    "strategy = leastrecent",
    "timeout = 20",
    "retry = 1",
    "ringinuse = no",
    ...members,
  ].join("\n");
}

async function measure({ instance, crowd }: Rig): Promise<Record<string, unknown>> {
  const phones = await crowd.phones(AGENTS, talkScenario(TALK_MS));
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
    const calls = Array.from({ length: CALLS }, (_, call) => ({
      from: `+7916${String(2_000_000 + call)}`,
      to: way === "plain" ? "85" : LINE,
    }));
    await phonesFree(instance);
    const pids = [instance.children.asterisk?.pid, instance.children.engine?.pid, instance.children.api?.pid];
    const used = way === "plain" ? pids.slice(0, 1) : pids;
    const [before, asteriskBefore] = [cpuMs(used), cpuMs(pids.slice(0, 1))];
    const since = Date.now();
    const load = { name: way, calls, rate: 50, atOnce: WAITING + AGENTS, scenario: waitScenario() };
    const code = await crowd.customers(load).done;
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
