/**
 * What did we miss? Asked at start, at every reconnect and every 30 s; one command at a time, reads first.
 *
 * ARI replays nothing, so state is read anew and the differences become inputs, as if the missed event came now:
 * phones' states, calls that wait in Stasis for a decision, calls that are no more, and queue members' pauses.
 */
import { AriError, type AriPort } from "../asterisk/ari/port.ts";
import { callOf, deviceOf, hearQuestion, type Senses } from "../asterisk/hears.ts";
import { OPEN_LINE } from "../core/agents/open-line.ts";
import { pauseReason, queuePaused } from "../core/agents/wrap-up.ts";
import { phoneOfChannel } from "../core/records/fold.ts";
import type { Engine } from "./engine.ts";
import type { Log } from "./ports.ts";

export interface ReconcilePorts {
  readonly engine: Engine;
  readonly ari: AriPort;
  readonly application: string;
  readonly senses: Senses;
  /** How many device events of this phone have been heard; a reading that an event overtook is stale. */
  deviceEvents(phone: string): number;
  /** Queue members as Asterisk has them: phone → paused. */
  pauses(): Promise<ReadonlyMap<string, boolean>>;
  pause(phone: string, paused: boolean, reason: string): Promise<void>;
  /** Open records in the database: id, channel, and the last moment they are known of. */
  openRecords(): Promise<readonly { id: string; channel: string; lastFactAt: number }[]>;
  /** Whether everything that Asterisk has written is in the database. */
  caughtUp(): Promise<boolean>;
  /** The last sign of life of the Asterisk before this one that concerns a call: its recording, the record. */
  lastSign(channel: string, before: number): Promise<number>;
  /** Writes down that a call's record will never be completed by Asterisk. */
  lost(call: string, at: number): void;
  readonly log: Log;
}

/** A question that was answered this recently is on its way; asking again would answer it twice. */
const FRESH_MS = 1500;
/** A channel seen a moment ago may not be in the record yet, and the other way round. */
const RECORD_LAG_MS = 8000;
/** A dead Asterisk is started again within seconds. */
const SOON_MS = 60_000;

/** One pass. @throws AriError when Asterisk is away; the next connect tries again. */
export async function reconcile(ports: ReconcilePorts): Promise<void> {
  await readPhones(ports);
  await answerWaiting(ports);
  await closeVanished(ports);
  await setPauses(ports);
}

/** Every agent's phone, and a subscription to its changes. */
async function readPhones({ engine, ari, application, senses, deviceEvents }: ReconcilePorts): Promise<void> {
  const phones = [...engine.floor.agents.values()].map((agent) => agent.phone);
  for (let first = 0; first < phones.length; first += 50) {
    const eventSource = phones
      .slice(first, first + 50)
      .map((phone) => `deviceState:PJSIP/${phone}`)
      .join(",");
    await ari.request({
      method: "POST",
      path: `applications/${application}/subscription`,
      query: { eventSource },
    });
  }
  for (const phone of phones) {
    const before = deviceEvents(phone);
    const reply = await ari.request({
      method: "GET",
      path: `deviceStates/${encodeURIComponent(`PJSIP/${phone}`)}`,
    });
    if (deviceEvents(phone) !== before) continue;
    const state = (reply.body as { state?: string } | undefined)?.state ?? "";
    engine.hear({ kind: "deviceChanged", at: senses.now(), phone, device: deviceOf(state) });
  }
}

/** Calls that asked while nobody listened: their question is answered now. */
async function answerWaiting({ engine, ari, application, senses }: ReconcilePorts): Promise<void> {
  const reply = await ari.request({ method: "GET", path: `applications/${application}` });
  const channels = (reply.body as { channel_ids?: string[] } | undefined)?.channel_ids ?? [];
  for (const id of channels) {
    const args = await questionArgs(ari, id);
    if (!args) continue;
    const call = callOf(id, args.asked, senses);
    const known = engine.floor.calls.get(call);
    if (known !== undefined && senses.now() - known.phaseSince < FRESH_MS) continue;
    const question = hearQuestion(id, args.caller, args.asked, senses);
    if (!question) continue;
    // It still waits, so whatever was decided for it has not arrived.
    engine.hear({ kind: "stepRefused", at: senses.now(), call });
    engine.hear(question);
  }
}

async function questionArgs(
  ari: AriPort,
  id: string,
): Promise<{ caller: string; asked: string[] } | undefined> {
  const reply = await ari.request({ method: "GET", path: `channels/${id}` }).catch(unlessGone);
  const channel = reply?.body as
    | { caller?: { number?: string }; dialplan?: { app_name?: string; app_data?: string } }
    | undefined;
  if (channel?.dialplan?.app_name !== "Stasis") return undefined;
  const [, ...asked] = (channel.dialplan.app_data ?? "").split(",");
  return { caller: channel.caller?.number ?? "", asked };
}

interface SeenChannel {
  readonly id: string;
  readonly name: string;
  readonly dialplan?: { readonly app_name?: string };
}

/** Calls and open lines without a channel, and open lines that stand: Asterisk died under them, or their end was not told. */
async function closeVanished(ports: ReconcilePorts): Promise<void> {
  const { engine, ari, senses, openRecords, caughtUp, lost, log } = ports;
  const before = senses.now();
  // An end that still lies in the spool is no lost end.
  const records = (await caughtUp()) ? await openRecords().catch(() => []) : [];
  const lines = [...engine.floor.agents.values()].filter(({ openLine }) => openLine !== undefined);
  const reply = await ari.request({ method: "GET", path: "channels" });
  const channels = reply.body as SeenChannel[];
  const alive = new Set(channels.map((channel) => channel.id));
  for (const { phone, openLine: channel = "" } of lines)
    if (!alive.has(channel)) engine.hear({ kind: "openLineGone", at: before, phone, channel });
  for (const { id: channel, name, dialplan } of channels) {
    const phone = channel.startsWith(OPEN_LINE) ? phoneOfChannel(name) : undefined;
    if (phone !== undefined && dialplan?.app_name === "ConfBridge")
      engine.hear({ kind: "openLineStands", at: before, phone, channel });
  }
  for (const call of engine.floor.calls.values()) {
    if (alive.has(call.channel) || before - call.phaseSince < RECORD_LAG_MS) continue;
    engine.hear({ kind: "callGone", at: before, call: call.id });
  }
  const started = await startOf(ari);
  for (const record of records) {
    if (alive.has(record.channel) || before - record.lastFactAt < RECORD_LAG_MS) continue;
    log.warn({ call: record.id }, "A call ended without a record of its end; it is closed as lost.");
    lost(record.id, started > record.lastFactAt ? await endWithAsterisk(ports, record, started) : before);
  }
}

/**
 * When a call ended that its Asterisk did not survive: when this Asterisk began, if that was soon after the last sign
 * of life; else with that sign, so that a night without power is not talk time.
 */
async function endWithAsterisk(
  { lastSign }: ReconcilePorts,
  record: { channel: string; lastFactAt: number },
  started: number,
): Promise<number> {
  const sign = Math.max(record.lastFactAt, await lastSign(record.channel, started).catch(() => 0));
  return started - sign < SOON_MS ? started : sign;
}

/** When this Asterisk was started, in milliseconds since 1970. */
async function startOf(ari: AriPort): Promise<number> {
  const reply = await ari.request({ method: "GET", path: "asterisk/info", query: { only: "status" } });
  const status = (reply.body as { status?: { startup_time?: string } } | undefined)?.status;
  return Date.parse(status?.startup_time ?? "") || 0;
}

/** Asterisk's queues follow the agents' states, also after an Asterisk restart. */
async function setPauses({ engine, pauses, pause, log }: ReconcilePorts): Promise<void> {
  const now = await pauses();
  for (const agent of engine.floor.agents.values()) {
    const wanted = queuePaused(agent, engine.floor);
    const actual = now.get(agent.phone);
    if (actual === undefined || actual === wanted) continue;
    log.info({ phone: agent.phone, paused: wanted }, "A queue member's pause was put right.");
    await pause(agent.phone, wanted, pauseReason(agent));
  }
}

function unlessGone(error: unknown): undefined {
  if (error instanceof AriError && error.gone) return undefined;
  throw error;
}
