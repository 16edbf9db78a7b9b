/**
 * The API's process: reads PostgreSQL, asks the engine for everything that changes something, shows both.
 *
 *   people, programs ──HTTP, WebSocket──▶ API ──commands──▶ engine
 *                                          └──rows, LISTEN──▶ PostgreSQL
 */
import { join } from "node:path";
import { pino } from "pino";
import { browserPhonesOf } from "../api/browser-phones.ts";
import type { ApiContext } from "../api/context.ts";
import { createKeyRing } from "../api/keys.ts";
import { followLive } from "../api/live/tail.ts";
import { createTickets } from "../api/live/tickets.ts";
import { logOptions } from "../api/log.ts";
import { buildServer } from "../api/server.ts";
import { createCommandClient } from "../commands/client.ts";
import { commandSocket } from "../commands/socket.ts";
import { takeConfig } from "../given-config.ts";
import { mayDial } from "../phone/allowed.ts";
import { openDatabase } from "../store/database.ts";
import { readMasterKeys } from "../vault/keys.ts";
import { onStop } from "./stop.ts";

const config = await takeConfig();
const log = pino(logOptions(config.logLevel));
const url = config.databaseUrl ?? "";
const db = openDatabase({ url, name: "api", log });
const commands = createCommandClient(commandSocket(config));
const tail = followLive({ db, url, log });
const context: ApiContext = {
  db,
  commands,
  tail,
  keys: createKeyRing(db),
  tickets: createTickets(),
  recordingsDir: join(config.dataDir, "recordings"),
  soundsDir: join(config.dataDir, "sounds"),
  importsDir: join(config.dataDir, "imports"),
  recordingKeys: readMasterKeys(join(config.dataDir, "recording-keys.json")),
  country: config.country,
  browserPhones: browserPhonesOf(config),
  mayDial: (phone) => mayDial(phone, config),
  metricsOpen: config.metricsOpen === "true",
};
const api = await buildServer(context, { log });
await api.listen({
  host: config.apiHost,
  port: config.apiPort,
  listenTextResolver: (address) => `The API is ready at ${address}.`,
});

onStop(async () => {
  await api.close();
  await tail.close();
  commands.close();
  await db.destroy();
});
