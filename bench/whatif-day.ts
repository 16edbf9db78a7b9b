/**
 * A busy day that no line of ours has decided: a textbook queue written down here, event by event, and its records as
 * the intake would have left them. First come, first served; the agent who has been idle longest; a caller who
 * waits gets a freed agent at once, as `npm run bench -- queue` measures it; whoever loses patience goes.
 */
import type { Db } from "../apps/store/database.ts";

export interface Load {
  readonly calls: number;
  readonly agents: number;
  readonly seed: number;
  /** Midnight, UTC. */
  readonly from: number;
}

interface Caller {
  readonly id: string;
  readonly arrivedAt: number;
  readonly patienceMs: number;
  readonly talkMs: number;
  ringAt?: number;
  connectedAt?: number;
  endedAt?: number;
  agent?: Worker;
}

interface Worker {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly meanRingMs: number;
  freeAt: number;
}

const HOUR = 3_600_000;
const HANDED_OVER_MS = 15;
/** Of a day's calls, hour by hour: a morning peak and a smaller one in the afternoon. */
const PROFILE = [1, 1, 1, 1, 1, 2, 5, 20, 50, 80, 95, 90, 75, 70, 80, 85, 75, 60, 40, 28, 20, 12, 6, 2];

/** Lets the day happen and writes it down. */
export async function writeDay(db: Db, load: Load): Promise<{ queueId: string; callers: number }> {
  const draw = lehmer(load.seed);
  const workers = shifts(load, draw);
  const callers = serve(arrivals(load, draw), workers, draw);
  const queueId = await writeCompany(db, workers, load.from);
  await writeCalls(db, callers);
  return { queueId, callers: callers.length };
}

function arrivals({ calls, from }: Load, draw: () => number): Caller[] {
  const total = PROFILE.reduce((sum, share) => sum + share, 0);
  const made: number[] = [];
  for (const [hour, share] of PROFILE.entries()) {
    const gap = HOUR / ((calls * share) / total);
    for (let at = gap * exponential(draw); at < HOUR; at += gap * exponential(draw))
      made.push(from + hour * HOUR + at);
  }
  return made
    .sort((a, b) => a - b)
    .map((at, n) => ({
      ...{ id: uuid(1, n), arrivedAt: Math.round(at) },
      patienceMs: Math.round(150_000 * exponential(draw)),
      // The sum of two: few calls are very short, some are long.
      talkMs: Math.round(5000 + 85_000 * (exponential(draw) + exponential(draw))),
    }));
}

/** Everybody works eight hours; most of them over the day's middle. */
function shifts({ agents, from }: Load, draw: () => number): Worker[] {
  return Array.from({ length: agents }, (_, n) => {
    const start = from + (n % 20 === 0 ? (n % 3) * 8 : n % 2 === 0 ? 7.5 : 10.5) * HOUR + draw() * HOUR;
    const end = Math.min(start + 8.5 * HOUR, from + 24 * HOUR);
    return { id: uuid(2, n), from: start, to: end, meanRingMs: 1500 + 3500 * draw(), freeAt: start };
  });
}

/** Who comes is served in turn; a worker takes the next caller who is still there. */
function serve(callers: Caller[], workers: readonly Worker[], draw: () => number): Caller[] {
  for (const caller of callers) {
    // First come, first served: everybody before is assigned, so the first worker to be free is this caller's.
    let chosen: Worker | undefined;
    let best = Number.POSITIVE_INFINITY;
    for (const worker of workers) {
      if (worker.to <= Math.max(worker.freeAt, caller.arrivedAt)) continue;
      const start = Math.max(caller.arrivedAt, worker.freeAt);
      // Of those who are free already, the one who has been so for longest.
      const order = start > caller.arrivedAt ? start : worker.freeAt - 1e12;
      if (order < best) [best, chosen] = [order, worker];
    }
    const there = workers.some((worker) => worker.from <= caller.arrivedAt && caller.arrivedAt < worker.to);
    if (!chosen || !there) {
      caller.endedAt = caller.arrivedAt;
      continue;
    }
    const gaveUpAt = caller.arrivedAt + caller.patienceMs;
    const ringAt = Math.max(caller.arrivedAt, chosen.freeAt + HANDED_OVER_MS);
    const connectedAt = Math.round(ringAt + chosen.meanRingMs * (0.4 + 1.2 * draw()));
    if (gaveUpAt <= ringAt) caller.endedAt = gaveUpAt;
    else if (gaveUpAt <= connectedAt) Object.assign(caller, { ringAt, agent: chosen, endedAt: gaveUpAt });
    else Object.assign(caller, { ringAt, agent: chosen, connectedAt, endedAt: connectedAt + caller.talkMs });
    if (caller.agent) chosen.freeAt = caller.endedAt ?? ringAt;
  }
  return callers;
}

async function writeCompany(db: Db, workers: readonly Worker[], from: number): Promise<string> {
  const agents = workers.map(({ id }, n) => ({
    ...{ id, name: `Agent ${n}`, short_number: String(1000 + n), phone: `agent-${1000 + n}` },
    ...{ sip_ha1: "0".repeat(32), state: "offline" as const },
  }));
  await db.insertInto("agent").values(agents).execute();
  const changes = workers.flatMap(({ id, from: start, to }) => [
    { agent_id: id, state: "offline" as const, at: new Date(from - HOUR), by_key: null },
    { agent_id: id, state: "inbound" as const, at: new Date(start), by_key: null },
    { agent_id: id, state: "offline" as const, at: new Date(to), by_key: null },
  ]);
  await db.insertInto("agent_state_change").values(changes).execute();
  const queue = { id: uuid(3, 1), key: "qbench", name: "Bench", all_agents: true, max_wait_seconds: 7200 };
  await db.insertInto("queue").values(queue).execute();
  const line = { id: uuid(4, 1), key: "lbench", number: "+74957770001", name: "Bench", queue_id: queue.id };
  await db.insertInto("line").values(line).execute();
  return queue.id;
}

async function writeCalls(db: Db, callers: readonly Caller[]): Promise<void> {
  for (let first = 0; first < callers.length; first += 1000) {
    const some = callers.slice(first, first + 1000);
    await db.insertInto("call").values(some.map(callRow)).execute();
    const legs = some.flatMap((caller) => (caller.agent ? [legRow(caller, caller.agent)] : []));
    if (legs.length > 0) await db.insertInto("call_leg").values(legs).execute();
  }
}

function callRow({ id, arrivedAt, connectedAt, endedAt = arrivedAt, agent }: Caller) {
  const answered = connectedAt !== undefined;
  const nobody = !agent && endedAt === arrivedAt;
  return {
    ...{ id, linkedid: id, type: answered ? ("inbound" as const) : ("missed" as const), fallback: false },
    ...{ from_number: "+79160000000", to_number: "+74957770001", line_id: uuid(4, 1), queue_id: uuid(3, 1) },
    ...{ contact_id: null, owner_id: null, first_offered_id: null, culprit: null, cause: 16 },
    agent_id: answered ? (agent?.id ?? null) : null,
    arrived_at: new Date(arrivedAt),
    connected_at: answered ? new Date(connectedAt) : null,
    ended_at: new Date(endedAt),
    wait_ms: (connectedAt ?? endedAt) - arrivedAt,
    talk_ms: answered ? endedAt - connectedAt : null,
    ending: answered ? "answered" : nobody ? "no_answer" : "abandoned",
  };
}

function legRow({ id, arrivedAt, ringAt = arrivedAt, connectedAt, endedAt = ringAt }: Caller, agent: Worker) {
  return {
    ...{ channel: `${id}-1`, call_id: id, name: "PJSIP/bench", agent_id: agent.id, cause: 16, talk_ms: null },
    started_at: new Date(ringAt),
    answered_at: connectedAt === undefined ? null : new Date(connectedAt),
    ended_at: new Date(endedAt),
  };
}

function uuid(kind: number, n: number): string {
  return `0000000${kind}-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}

function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function exponential(draw: () => number): number {
  return -Math.log(draw());
}
