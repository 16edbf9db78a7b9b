/**
 * The three records, each read twice from its file:
 *
 *   live     at once, into the core: who talks, who waits, who is gone. Goes on while the database is away.
 *   intake   in batches, into PostgreSQL, with a checkpoint. Waits while the database is away; nothing is skipped.
 */
import { join } from "node:path";
import { hearCel, hearQueueLog } from "../asterisk/hears.ts";
import { celFile, celLines, parseCel } from "../asterisk/spool/cel.ts";
import { type Following, follow } from "../asterisk/spool/follow.ts";
import { parseQueueLog } from "../asterisk/spool/queue-log.ts";
import { type Batch, createSpoolReader, type SpoolReader } from "../asterisk/spool/reader.ts";
import { OPEN_LINE } from "../core/agents/open-line.ts";
import type { Input } from "../core/inputs.ts";
import type { Checkpoint, Intake, Source, TakenFact } from "../store/intake.ts";
import type { Alarms } from "./alarms.ts";
import { callIdOf } from "./call-id.ts";
import { parseJournalLine } from "./journal.ts";
import type { Log } from "./ports.ts";

export interface SpoolPlaces {
  /** Asterisk's log folder. */
  readonly log: string;
  readonly journal: string;
  readonly maxBytes: number;
}

export interface SpoolHooks {
  /** Makes Asterisk reopen queue_log after it was renamed. */
  reopenQueueLog(): Promise<void>;
  reopenJournal(): Promise<void>;
}

const ROTATE_BYTES = 64 * 1024 * 1024;
/** A look at the files three times a second makes one transaction of many calls. */
const INTAKE_MS = 300;

const SOURCES: readonly Source[] = ["engine", "cel", "queue"];

/** Where a source's file is. */
export function spoolPath(places: SpoolPlaces, source: Source): string {
  if (source === "cel") return join(places.log, "cel-custom", celFile);
  return source === "queue" ? join(places.log, "queue_log") : places.journal;
}

/** A line of a source as a fact of a call; undefined for lines about no call, and half lines of a crash. */
export function factOf(source: Source, line: string, position: string): TakenFact | undefined {
  const origin = `${source}:${position}`;
  if (source === "engine") return parseJournalLine(line, origin);
  if (source === "cel") {
    const event = parseCel(line);
    // An open line is no call; what its customers do has ids of its own.
    if (!event || event.linkedId.startsWith(OPEN_LINE)) return undefined;
    const { eventType: kind, at, linkedId } = event;
    // Whole milliseconds, as the database gives them back: the fold must not depend on where a fact comes from.
    return {
      origin,
      at: Math.floor(at),
      source,
      kind,
      call: callIdOf(linkedId),
      linkedId,
      data: withoutEmpty(event),
    };
  }
  const event = parseQueueLog(line);
  if (!event?.callId.includes(".")) return undefined;
  const kind = event.event === "other" ? event.name : event.event;
  return { origin, at: event.at, source, kind, call: callIdOf(event.callId), data: { ...event } };
}

/** Takes in everything that lies in the files now, before the engine starts to decide. */
export async function catchUp(places: SpoolPlaces, intake: Intake, log: Log): Promise<void> {
  for (const source of SOURCES) {
    const reader = await intakeReader(places, source, intake, undefined, log, () => {});
    await reader.caughtUp();
    await reader.stop();
  }
}

/** Starts the lasting intake of all three files. */
export async function startIntake(
  places: SpoolPlaces,
  intake: Intake,
  hooks: SpoolHooks,
  alarms: Alarms,
  log: Log,
): Promise<SpoolReader[]> {
  return Promise.all(
    SOURCES.map((source) =>
      intakeReader(places, source, intake, hooks, log, (raised) =>
        alarms.set(`spool too large: ${source}`, raised),
      ),
    ),
  );
}

/** Starts the live following of Asterisk's two files, from where the intake stood when the floor was rebuilt. */
export function startLive(
  places: SpoolPlaces,
  from: ReadonlyMap<Source, Checkpoint>,
  hear: (input: Input) => void,
  log: Log,
): Following[] {
  const followSource = (source: "cel" | "queue", inputOf: (line: string) => Input | undefined): Following =>
    follow({
      path: spoolPath(places, source),
      from: from.get(source),
      log,
      ...(source === "cel" ? { multiLine: celLines } : {}),
      onLine(line) {
        const input = inputOf(line);
        if (input) hear(input);
      },
    });
  return [followSource("cel", liveCel), followSource("queue", liveQueue)];
}

/** Only these of CEL's kinds move the floor; the others are not even parsed. */
const MOVING = /^"(CHAN_START|BRIDGE_ENTER|BRIDGE_EXIT|ATTENDEDTRANSFER|HANGUP|LINKEDID_END|USER_DEFINED)"/;

function liveCel(line: string): Input | undefined {
  const event = MOVING.test(line) ? parseCel(line) : undefined;
  return event && hearCel(event, callIdOf);
}

function liveQueue(line: string): Input | undefined {
  const event = line.includes("|ENTERQUEUE|") ? parseQueueLog(line) : undefined;
  return event && hearQueueLog(event, callIdOf);
}

async function intakeReader(
  places: SpoolPlaces,
  source: Source,
  intake: Intake,
  hooks: SpoolHooks | undefined,
  log: Log,
  onAlarm: (raised: boolean) => void,
): Promise<SpoolReader> {
  const from = await intake.checkpoint(source);
  const reopen =
    source === "queue" ? hooks?.reopenQueueLog : source === "engine" ? hooks?.reopenJournal : undefined;
  return createSpoolReader({
    path: spoolPath(places, source),
    from,
    log,
    maxBytes: places.maxBytes,
    onAlarm,
    watch: false,
    pollMs: hooks ? INTAKE_MS : 20,
    ...(hooks ? { rotateBytes: ROTATE_BYTES } : {}),
    ...(reopen ? { reopen } : {}),
    ...(source === "cel" ? { multiLine: celLines } : {}),
    async onLines(batch) {
      await intake.take(source, factsOf(source, batch), batch.checkpoint);
    },
  });
}

function factsOf(source: Source, batch: Batch): TakenFact[] {
  return batch.lines.flatMap((line, index) => factOf(source, line, batch.positions[index] ?? "") ?? []);
}

/** Most of CEL's texts are empty; stored without them an event is a third of the size. */
function withoutEmpty(event: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== ""));
}
