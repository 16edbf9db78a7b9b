/**
 * The engine's process: the one screen where its parts are joined.
 *
 *   spool ──live──▶ ┐                       ┌─▶ journal (decisions)
 *   ARI ───events─▶ ├─▶ engine.hear ─▶ core ┼─▶ hands (ARI continue, AMI pause)
 *   commands ─────▶ ┘                       └─▶ live stream
 *   spool ──intake─▶ PostgreSQL
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import cron from "node-cron";
import { createAmi } from "../asterisk/ami.ts";
import { createAnswerAsker } from "../asterisk/answer-asker.ts";
import { ariUrl } from "../asterisk/ari/address.ts";
import { channelExists, channelsOf } from "../asterisk/ari/channels.ts";
import { createAri } from "../asterisk/ari/choose.ts";
import { setGlobal } from "../asterisk/ari/globals.ts";
import { createHands } from "../asterisk/hands.ts";
import { ARI_EVENTS, hearAri, type Senses } from "../asterisk/hears.ts";
import { createMover } from "../asterisk/mover.ts";
import { createProbe } from "../asterisk/probe.ts";
import { createQueueMembers } from "../asterisk/queue-members.ts";
import { createRecordingMuter } from "../asterisk/recording-muter.ts";
import { createCommands } from "../commands/commands.ts";
import { createTurns } from "../commands/context.ts";
import { commandSocket, serveCommands } from "../commands/server.ts";
import { createApplier } from "../confgen/applier.ts";
import { serversOf } from "../core/agents/wrap-up.ts";
import type { AgentState } from "../core/floor.ts";
import { ringingFor } from "../core/hear/answering.ts";
import { isOpen } from "../core/routing/hours.ts";
import { REMEMBERED } from "../core/routing/likely-free.ts";
import { Alarms } from "../engine/alarms.ts";
import { announceClosed, announceNotices, announceQueue, createAnnouncer } from "../engine/announcer.ts";
import { callIdOf } from "../engine/call-id.ts";
import { viewConversation } from "../engine/conversation-view.ts";
import { createEngine } from "../engine/engine.ts";
import { Histogram, readFigures } from "../engine/figures.ts";
import { viewFloor } from "../engine/floor-view.ts";
import { openJournal } from "../engine/journal.ts";
import { namesOf } from "../engine/names.ts";
import { createNumbersKnown } from "../engine/numbers-known.ts";
import type { Announcer } from "../engine/ports.ts";
import { createRecordingOffice } from "../engine/recording-office.ts";
import { catchUp, startIntake, startLive } from "../engine/spools.ts";
import { createStateKeeper } from "../engine/state-keeper.ts";
import { createWakes } from "../engine/wakes.ts";
import { takeConfig } from "../given-config.ts";
import { findAsterisk } from "../host/asterisk.ts";
import { asteriskConfigFile, asteriskConsole } from "../host/asterisk-process.ts";
import { loadSecrets } from "../host/secrets.ts";
import { mayDial } from "../phone/allowed.ts";
import { identify } from "../phone/identify.ts";
import { readCallbacks } from "../store/callbacks.ts";
import { openDatabase } from "../store/database.ts";
import { Intake, type Source } from "../store/intake.ts";
import { lastSign } from "../store/last-sign.ts";
import { listen } from "../store/listen.ts";
import { LiveWriter } from "../store/live.ts";
import { readOpenCalls, readOpenWrapUps } from "../store/open-calls.ts";
import { soundIds } from "../store/reads/sounds.ts";
import { readRecentTalks } from "../store/recent-talks.ts";
import { readSettings, type Settings } from "../store/settings.ts";
import { saveState as saveAgentState } from "../store/writes/agent-state.ts";
import { prepareCallbacks } from "./call-backs.ts";
import { byCommands, prepareDesk } from "./desk.ts";
import { prepareDialler, previewsByCommands } from "./dialling.ts";
import { openLog } from "./log.ts";
import { createReconciler } from "./reconciling.ts";
import { onStop } from "./stop.ts";
import { createWorkshop } from "./workshop.ts";

const APPLICATION = "dozvon";
const RECONCILE_MS = 30_000;
const ASTERISK_PATIENCE_MS = 5000;

const config = await takeConfig();
const secrets = loadSecrets(config);
const log = openLog("engine", config);
const places = {
  log: join(config.dataDir, "asterisk", "log"),
  journal: join(config.dataDir, "spool", "decisions.ndjson"),
  maxBytes: config.spoolMaxMb * 1024 * 1024,
};
/** Where MixMonitor writes. */
const monitor = join(config.dataDir, "asterisk", "spool", "monitor");
const alarms = new Alarms(log, (list) => live.push("system", "alarms.changed", { alarms: list }));

// The database: everything the engine starts from. Without it there is nothing to decide with, so we wait.
const databaseUrl = config.databaseUrl ?? "";
const db = openDatabase({ url: databaseUrl, name: "engine", log });
const live = new LiveWriter(db, (error) =>
  log.warn({ error: String(error) }, "Live events wait for the database."),
);
await live.start();

// Asterisk.
const ari = createAri(config.ariDriver, {
  url: ariUrl(config),
  username: "dozvon",
  password: secrets.ariPassword,
  application: APPLICATION,
  events: ARI_EVENTS,
  log,
});
const ami = createAmi({
  host: "127.0.0.1",
  port: config.amiPort,
  username: "dozvon",
  secret: secrets.amiSecret,
  log,
});
const members = createQueueMembers(ami);
const known = createNumbersKnown(db, log);
const senses: Senses = {
  now: Date.now,
  draw: Math.random,
  callIdOf,
  newId: randomUUID,
  mayDial: (number) => mayDial(number, config),
  refused: known.refused,
  identify: (number) => identify(number, config.country, known.directory.now),
};

// The loop.
const journal = openJournal(places.journal);
const news = createAnnouncer(() => engine.floor, live);
const desk = prepareDesk({
  ...{ db, live, log, floor: () => engine.floor },
  alive: (channel) => channelExists(ari, channel),
});
const announcer: Announcer = {
  announce(event) {
    news.announce(event);
    desk.moved(event);
    dialler.heard(event);
  },
};
const dialler = prepareDialler({
  ...{ db, live, log, callIdOf, floor: () => engine.floor },
  hear: (input) => void engine.hear(input),
  ready: () => ari.state === "up",
  ...channelsOf(ari),
  tell: (name, value) => setGlobal(ari, name, value),
  caughtUp: recordTaken,
  mayDial: senses.mayDial,
});
const hands = createHands(
  {
    ari,
    members,
    mover: createMover(ami),
    probe: createProbe(ami, ari),
    asker: createAnswerAsker(console),
    hear: (input) => void engine.hear(input),
  },
  log,
);
const wakes = createWakes((input) => engine.hear(input));
const states = createStateKeeper(saveState, log);
const callbacks = prepareCallbacks({
  ...{ db, live, log, callIdOf },
  alive: (channel) => channelExists(ari, channel),
  hear: (input) => void engine.hear(input),
});
const turns = new Histogram();
const engine = createEngine({ hands, callbacks, dialler, wakes, states, journal, announcer, log, turns });
const intake = new Intake(
  db,
  namesOf(() => engine.floor),
  (closed) => {
    for (const call of closed) {
      announceClosed(call, live);
      if (call.record.type === "outbound") desk.soon();
      if (call.record.queueId) announceQueue(engine.floor, call.record.queueId, live);
    }
    dialler.closed(closed);
    recordings.sweep.soon();
  },
  (fact, error) => {
    log.error(
      { origin: fact.origin, kind: fact.kind, error: String(error) },
      "A line cannot be stored; it is skipped.",
    );
    alarms.set("lines skipped", true);
  },
  {
    isOpen: (line, at) => isOpen(engine.floor.lines.get(line)?.hours, at),
    onNotices: (notices) => announceNotices(notices, live),
  },
);
const recordings = createRecordingOffice({
  ...{ db, config, live, alarms, log },
  muter: createRecordingMuter(ami),
  floor: () => engine.floor,
});

const reconcileNow = createReconciler({
  ...{ ari, senses, log, application: APPLICATION, members, journal },
  engine: () => engine,
  deviceEvents: (phone) => deviceEvents.get(phone) ?? 0,
  openRecords: () => readOpenCalls(db),
  caughtUp: recordTaken,
  lastSign: (channel, before) => lastSign(db, monitor, channel, before),
});

// 1. Rows, then everything the record says happened meanwhile, then the calls that are still going on.
takeSettings(await readSettings(db));
await catchUp(places, intake, log);
const from = new Map<Source, { file: string; offset: number }>();
for (const source of ["cel", "queue"] as const) {
  const checkpoint = await intake.checkpoint(source);
  if (checkpoint) from.set(source, checkpoint);
}
engine.hear({ kind: "callsRecovered", at: Date.now(), calls: await readOpenCalls(db) });
engine.hear({ kind: "wrapUpsRecovered", at: Date.now(), wrapUps: await readOpenWrapUps(db) });
const recovered = await readCallbacks(db);
engine.hear({ kind: "callbacksRecovered", at: Date.now(), callbacks: recovered });
await dialler.recover();
engine.hear({ kind: "talksSeen", at: Date.now(), talks: await readRecentTalks(db, REMEMBERED) });
await known.load();
log.info({ contacts: known.directory.now.size, openCalls: engine.floor.calls.size }, "The floor is rebuilt.");

// 2. From here on everything is heard as it happens.
const following = startLive(places, from, (input) => engine.hear(input), log);
const readers = await startIntake(
  places,
  intake,
  {
    reopenQueueLog: async () => void (await console("logger reload")),
    reopenJournal: () => journal.reopen(),
  },
  alarms,
  log,
);
const applier = createApplier({ config, ari, ami, log });
const inTurn = createTurns();
const directoryNotices = listen({
  url: databaseUrl,
  channel: "directory",
  log,
  onNotice: known.changed,
  onConnected: () => {
    alarms.set("database away", false);
    void known.reload();
    void applyRows();
    void campaignsChanged();
  },
  onLost: () => alarms.set("database away", true),
});

// 3. Asterisk may ask.
callbacks.look(recovered);
dialler.start();
const deviceEvents = new Map<string, number>();
ari.onEvent((event) => {
  const input = hearAri(event, senses);
  if (!input) return;
  if (input.kind === "deviceChanged") deviceEvents.set(input.phone, (deviceEvents.get(input.phone) ?? 0) + 1);
  engine.hear(input);
});
ari.onConnected(() => {
  alarms.set("asterisk away", false);
  void reconcileNow();
  desk.soon();
  dialler.connected();
});
ari.onLost((reason) => {
  log.warn({ reason }, "ARI is gone.");
  alarms.set("asterisk away", true);
});
ami.onConnected(() => {
  void reconcileNow();
  recordings.pauses.recover().catch((error: unknown) => {
    log.warn(
      { error: String(error) },
      "Paused recordings could not be looked after; the next connection tries again.",
    );
  });
});
const linked = ari.connect().catch((error: unknown) => fail("ARI", error));
const managed = ami.connect().catch((error: unknown) => fail("AMI", error));
const timer = setInterval(() => void reconcileNow(), RECONCILE_MS);
cron.schedule("0 20 2 * * *", () => recordings.keeper.daily().catch(recordingsLeft), { noOverlap: true });
void recordings.keeper.wrapAnew();
cron.schedule("17 3 * * * *", () => live.trim(24).catch(() => {}), { timezone: "Etc/UTC", noOverlap: true });

// 4. Managers may change things.
// Rows and files may differ if we died, or the database left, in the middle of a change: the rows are right.
await Promise.race([Promise.all([linked, managed]), pause(ASTERISK_PATIENCE_MS)]);
await applyRows();
const sounds = createWorkshop(config, log);
const tidySounds = async () => sounds.tidy(await soundIds(db)).catch(() => {});
void tidySounds();
cron.schedule("41 7 * * * *", () => void tidySounds(), { timezone: "Etc/UTC", noOverlap: true });
const commands = createCommands({
  inTurn,
  sounds,
  db,
  applier,
  config,
  log,
  recordings: recordings.deeds,
  engine: {
    settingsChanged(settings: Settings) {
      takeSettings(settings);
      void reconcileNow();
      void campaignsChanged();
      desk.soon();
    },
    agent: (id) => engine.floor.agents.get(id),
    callIdOf,
    deferredChanged: () => desk.soon(),
    previewOver: (id) => dialler.previewOver(id),
    tell: (kind, data) => live.push("agents", kind, data),
    servers: (call) => serversOf(engine.floor, call),
    ringingFor: (call) => ringingFor(engine.floor, call)?.id,
    ask: (input) => engine.hear(input),
    conversation: (id) => viewConversation(engine.floor, id),
    agentState: (agent, state) => engine.hear({ kind: "stateChosen", at: Date.now(), agent, state }),
  },
});
desk.open(byCommands(commands));
dialler.open(previewsByCommands(commands));
const server = await serveCommands(
  commandSocket(config),
  commands,
  () => viewFloor(engine.floor, Date.now(), ari.state === "up" ? "up" : "down", alarms.list()),
  () => readFigures({ turns, readers, recordingsSpool: monitor }),
  log,
);
log.info({}, "The engine is ready.");

onStop(async () => {
  clearInterval(timer);
  wakes.stop();
  states.stop();
  desk.stop();
  await dialler.stop();
  await server.close();
  await Promise.all([ari.close(), ami.close()]);
  for (const each of following) each.stop();
  await Promise.all(readers.map((reader) => reader.stop()));
  recordings.stop();
  await live.drain();
  await directoryNotices.close();
  journal.close();
  await db.destroy();
});

function recordingsLeft(error: unknown): void {
  log.warn({ error: String(error) }, "Recordings were not looked after tonight; the next night tries again.");
}

function takeSettings(settings: Settings): void {
  const { agents, queues, lines, carriers: trunks, numbers } = settings;
  engine.hear({ kind: "settingsLoaded", at: Date.now(), agents, queues, lines, trunks, numbers });
}

/** Said again after it is written: settings that were read before this would bring the state of before. */
async function saveState(change: { agent: string; state: AgentState; at: number }): Promise<void> {
  await inTurn(async () => {
    await db.transaction().execute((trx) => saveAgentState(trx, { ...change, at: new Date(change.at) }));
    engine.hear({ ...change, kind: "stateChosen" });
    applier.note(await readSettings(db));
  });
}

/** Asterisk keeps queue_log open; only its console can make it open a new one (ARI's rotate would lose it). */
async function console(command: string): Promise<string> {
  const asterisk = await findAsterisk(config, () => {});
  return asteriskConsole(asterisk, asteriskConfigFile(config.dataDir), undefined, command);
}

/** Whether everything that Asterisk has written is in the database. */
async function recordTaken(): Promise<boolean> {
  return (await Promise.all(readers.map((reader) => reader.waitingBytes()))).every((bytes) => bytes === 0);
}

/** Without the database campaigns stay as they are; they are read again when it is back. */
async function campaignsChanged(): Promise<void> {
  await dialler
    .changed()
    .catch((error: unknown) => log.warn({ error: String(error) }, "Campaigns were not read anew."));
}

/** Brings Asterisk's configuration to what the rows say; nothing is reloaded when nothing differs. */
async function applyRows(): Promise<void> {
  if (ari.state !== "up") return;
  await inTurn(async () => applier.apply(await readSettings(db), { nothing: true })).catch((error: unknown) =>
    log.warn({ error: String(error) }, "The rows could not be brought into Asterisk now."),
  );
}

function fail(what: string, error: unknown): void {
  log.error({ error: String(error) }, `${what} refused us for good.`);
  process.exit(1);
}
