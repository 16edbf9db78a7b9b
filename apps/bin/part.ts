/**
 * One part of an instance in the foreground, for containers (docker-compose.yml). The steps are those of
 * `npm start`; a part ends on SIGTERM, and whoever started it starts it again.
 *
 *   part fetch              gets Asterisk and completes PostgreSQL, while an image is built
 *   part postgres           the embedded PostgreSQL; makes the secrets and the cluster on the first start
 *   part prepare            the database's shape, and Asterisk's whole configuration; ends
 *   part asterisk|engine|agi|api|jobs|wss
 *   part healthy <part>     ends with 0 if the part does its work, else with 1
 */

import { join } from "node:path";
import { createCommandClient } from "../commands/client.ts";
import { commandSocket } from "../commands/socket.ts";
import { asEnvironment, type Config, loadConfig } from "../config.ts";
import { home } from "../home.ts";
import { carryingAccount } from "../host/account.ts";
import { APPS, type AppName, answersReady, startApps, takes } from "../host/apps.ts";
import { findAsterisk } from "../host/asterisk.ts";
import { asteriskConfigFile, asteriskConsole, startAsterisk } from "../host/asterisk-process.ts";
import { childEnvironment } from "../host/environment.ts";
import { describeEvent } from "../host/instance.ts";
import { makePlaces, type Places } from "../host/places.ts";
import { completePostgres, startPostgres } from "../host/postgres.ts";
import { HostError } from "../host/problem.ts";
import { ensureSecrets } from "../host/secrets.ts";
import { Supervisor } from "../host/supervisor.ts";
import { embeddedUrl } from "../peers/instance.ts";
import { openDatabase } from "../store/database.ts";
import { isHeld } from "../store/single.ts";
import { prepare } from "./prepare.ts";

const report = (line: string): void => console.log(line);

async function main([name = "", what = ""]: readonly string[]): Promise<void> {
  if (name === "fetch") {
    await completePostgres(home);
    const asterisk = await findAsterisk(loadConfig(), report);
    return report(`Asterisk ${asterisk.version}`);
  }
  const owner = await carryingAccount(report);
  const places = await makePlaces(loadConfig(), owner);
  if (name === "healthy") process.exit((await healthy(what, places).catch(() => false)) ? 0 : 1);
  if (name === "prepare") return prepareAll(places);
  const supervisor = new Supervisor(join(places.config.dataDir, "logs"), (event) => {
    const line = describeEvent(event);
    if (line) report(line);
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void supervisor.stop().then(() => process.exit(0)));
  await start(name, places, supervisor);
  report(`${name} is up`);
}

async function start(name: string, places: Places, supervisor: Supervisor): Promise<void> {
  const { owner } = places;
  const config = withDatabase(places);
  const { dataDir } = config;
  if (name === "postgres") {
    const secrets = ensureSecrets(config, owner);
    await startPostgres({ config: places.config, secrets, owner, supervisor, report });
  } else if (name === "asterisk") {
    await startAsterisk({ asterisk: await findAsterisk(config, report), dataDir, owner, supervisor });
  } else if (APPS.includes(name as AppName)) {
    if (name === "wss" && config.wssPort === undefined)
      throw new HostError("DOZVON_WSS_PORT is not set: there are no browser phones.");
    await startApps(places, childEnvironment(asEnvironment(config)), supervisor, [name], report);
  } else throw new HostError(`there is no part "${name}".`);
}

async function prepareAll(places: Places): Promise<void> {
  const config = withDatabase(places);
  const { owner } = places;
  const secrets = ensureSecrets(config, owner);
  const asterisk = await findAsterisk(config, report);
  const databaseUrl = config.databaseUrl ?? "";
  const { fresh } = await prepare({ config, secrets, databaseUrl, asterisk, owner });
  report(fresh ? "prepared, with a demonstration company" : "prepared");
}

/** The configuration that the apps get: the database's address is always in it. */
function withDatabase({ config, owner }: Pick<Places, "config" | "owner">): Config {
  const databaseUrl = config.databaseUrl ?? embeddedUrl(config, ensureSecrets(config, owner));
  return Object.freeze({ ...config, databaseUrl });
}

async function healthy(name: string, { config, owner }: Places): Promise<boolean> {
  if (name === "postgres") return config.databaseUrl !== undefined || takes(config.databasePort);
  if (name === "agi") return takes(config.agiPort);
  if (name === "api") return answersReady(config);
  if (name === "wss") return config.wssPort !== undefined && takes(config.wssPort, config.wssHost);
  if (name === "engine") return enginesFloor(config);
  if (name === "jobs") return worksAlone(withDatabase({ config, owner }));
  const asterisk = await findAsterisk(config, report);
  const said = await asteriskConsole(
    asterisk,
    asteriskConfigFile(config.dataDir),
    owner,
    "core waitfullybooted",
  );
  return /fully booted/.test(said);
}

/** The engine is well when it tells its floor. */
async function enginesFloor(config: Config): Promise<boolean> {
  await createCommandClient(commandSocket(config)).floor();
  return true;
}

/** The jobs process is well while it holds its lock. */
async function worksAlone({ databaseUrl = "" }: Config): Promise<boolean> {
  const db = openDatabase({ url: databaseUrl, name: "healthy", poolSize: 1, log: { warn: () => {} } });
  return isHeld(db, "jobs").finally(() => db.destroy());
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`dozvon: ${error instanceof HostError ? error.message : ((error as Error).stack ?? error)}`);
  process.exit(1);
}
