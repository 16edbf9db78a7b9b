/**
 * The figures that Prometheus reads. Each is taken when it is asked for; between scrapes this costs nothing but a count
 * of calls that end. prom-client is loaded with the first scrape, since many sites never scrape.
 */
import type { Counter, Gauge, Registry } from "prom-client";
import type { Figures, FloorView } from "../../commands/port.ts";
import { CommandProblem } from "../../commands/port.ts";
import { type OutboxFigures, outboxFigures } from "../../store/reads/outbox.ts";
import { listQueues } from "../../store/reads/queues.ts";
import { type ApiContext, floorOrNull } from "../context.ts";
import { turnHistogram } from "./histogram.ts";

export interface Metrics {
  /** Prometheus' text format. */
  read(): Promise<{ text: string; type: string }>;
}

/** One scrape: what is null could not be asked. */
interface Scrape {
  readonly floor: FloorView | null;
  readonly figures: Figures | null;
  readonly outbox: OutboxFigures | null;
  readonly queueNames: ReadonlyMap<string, string>;
}

const STATUSES = [
  ...["available", "outbound", "ringing", "dialling", "talking", "wrap-up"],
  ...["do-not-disturb", "break", "offline"],
];
const PHASES = ["deciding", "offered", "queued", "talking", "ending"];

/** Starts counting calls that end; everything else waits for a scrape. */
export function createMetrics(context: Pick<ApiContext, "db" | "commands" | "tail">): Metrics {
  const closed = new Map<string, { labels: { type: string; ending: string }; count: number }>();
  context.tail.observe((rows) => {
    for (const { kind, data } of rows) {
      if (kind !== "call.ended") continue;
      const labels = { type: String(data.type), ending: String(data.ending) };
      const entry = closed.get(`${labels.type} ${labels.ending}`) ?? { labels, count: 0 };
      entry.count += 1;
      closed.set(`${labels.type} ${labels.ending}`, entry);
    }
  });
  let known: Promise<{ registry: Registry; fill(scrape: Scrape): void }> | undefined;
  return {
    async read() {
      known ??= define(() => closed.values());
      const { registry, fill } = await known;
      // What cannot be read now is counted by a later scrape.
      await context.tail.refresh().catch(() => {});
      fill(await look(context));
      return { text: await registry.metrics(), type: registry.contentType };
    },
  };
}

async function look({ db, commands }: Pick<ApiContext, "db" | "commands">): Promise<Scrape> {
  const [floor, figures, outbox, queues] = await Promise.all([
    floorOrNull(commands),
    orNull(commands.figures()),
    orNull(outboxFigures(db)),
    orNull(listQueues(db)),
  ]);
  return { floor, figures, outbox, queueNames: new Map(queues?.map(({ id, name }) => [id, name])) };
}

/** A scrape must say what it can, above all when something is down. */
async function orNull<Value>(answer: Promise<Value>): Promise<Value | null> {
  return answer.catch((error: unknown) => {
    if (error instanceof CommandProblem && error.status !== 503) throw error;
    return null;
  });
}

async function define(closed: () => Iterable<{ labels: { type: string; ending: string }; count: number }>) {
  const { Registry, Gauge, Counter, collectDefaultMetrics } = await import("prom-client");
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> =>
    new Gauge({ name: `dozvon_${name}`, help, labelNames, registers });
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
    new Counter({ name: `dozvon_${name}`, help, labelNames, registers });

  const up = gauge("up", "Whether a part answers (1) or not (0): engine, asterisk, database.", "part");
  const calls = gauge("calls", "Calls in progress, by phase.", "phase");
  const waiting = gauge("queue_waiting", "Callers who wait in a queue now.", "queue");
  const longest = gauge("queue_longest_wait_seconds", "How long the first of them has waited.", "queue");
  const free = gauge("queue_free_agents", "Agents of a queue who could take a call now.", "queue");
  const agents = gauge("agents", "Agents by status (AGENT-01).", "status");
  const alarms = gauge(
    "alarm",
    "Alarms and degraded modes that are raised now, each with the value 1.",
    "alarm",
  );
  const ended = counter(
    "calls_closed_total",
    "Calls whose record was closed since this process began, by type and ending (law L8).",
    "type",
    "ending",
  );
  const spool = gauge("spool_waiting_bytes", "Bytes of Asterisk's record that are not yet in the database.");
  const recordings = gauge(
    "recordings_waiting",
    "Recordings in the spool, those of calls in progress included.",
  );
  const memory = gauge("engine_resident_bytes", "Resident memory of the engine's process.");
  const cpu = counter("engine_cpu_seconds_total", "Processor time of the engine's process.");
  const uptime = gauge("engine_uptime_seconds", "How long the engine's process has run.");
  const events = gauge("outbox_events", "Committed events that the jobs process has not looked at.");
  const pending = gauge("webhook_deliveries_pending", "Deliveries of webhooks that wait.");
  const oldest = gauge("webhook_oldest_pending_seconds", "How long the oldest of them has waited.");
  const dead = gauge("webhook_deliveries_dead", "Deliveries that were given up in the last 30 days.");
  const messages = gauge("messages_waiting", "E-mails and SMS that wait to be sent.", "kind");
  const turns = turnHistogram();
  registry.registerMetric(turns.metric);

  const fill = ({ floor, figures, outbox, queueNames }: Scrape): void => {
    registry.resetMetrics();
    up.set({ part: "engine" }, floor ? 1 : 0);
    up.set({ part: "asterisk" }, floor?.asterisk === "up" ? 1 : 0);
    up.set({ part: "database" }, outbox ? 1 : 0);
    for (const { labels, count } of closed()) ended.inc(labels, count);
    if (floor) {
      const of = (list: readonly string[], value: string) => list.filter((each) => each === value).length;
      const phases = floor.calls.map(({ phase }) => phase);
      for (const phase of new Set([...PHASES, ...phases])) calls.set({ phase }, of(phases, phase));
      const statuses = floor.agents.map(({ status }) => status);
      for (const status of new Set([...STATUSES, ...statuses])) agents.set({ status }, of(statuses, status));
      for (const { id, waiting: count, longestWaitSince: since, free: idle } of floor.queues) {
        const queue = queueNames.get(id) ?? id;
        waiting.set({ queue }, count);
        longest.set({ queue }, since === undefined ? 0 : Math.max(0, floor.at - since) / 1000);
        free.set({ queue }, idle);
      }
      for (const alarm of floor.alarms) alarms.set({ alarm }, 1);
    }
    turns.set(figures?.turns);
    if (figures) {
      spool.set(figures.spoolWaitingBytes);
      recordings.set(figures.recordingsWaiting);
      memory.set(figures.residentBytes);
      cpu.inc(figures.cpuSeconds);
      uptime.set(figures.uptimeSeconds);
    }
    if (outbox) {
      events.set(outbox.events);
      pending.set(outbox.deliveriesPending);
      oldest.set(outbox.oldestSeconds);
      dead.set(outbox.deliveriesDead);
      messages.set({ kind: "mail" }, outbox.mails);
      messages.set({ kind: "sms" }, outbox.sms);
    }
  };
  return { registry, fill };
}
