/**
 * The jobs process: webhooks, e-mail and SMS, which depend on others and may be slow, and lists of contacts, which are
 * much work. A process of its own, so that a receiver that hangs costs neither calls nor answers anything; when it is
 * away, everything waits in the outbox.
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { takeConfig } from "../given-config.ts";
import { openImportOffice } from "../jobs/imports/office.ts";
import { processes } from "../jobs/imports/process.ts";
import { startJobs } from "../jobs/worker.ts";
import { openDatabase } from "../store/database.ts";
import { plainLog } from "./plain-log.ts";
import { onStop } from "./stop.ts";

const config = await takeConfig();
const log = plainLog("jobs");
const url = config.databaseUrl ?? "";
const db = openDatabase({ url, name: "jobs", poolSize: 3, log });

/** Whoever supervises us starts us again; what was in our hands is done again then. */
function fail(why: string): never {
  log.error({ why }, "The jobs process cannot go on.");
  process.exit(1);
}

const jobs = await startJobs({ db, url, config, log, onLost: fail }).catch((error: unknown) =>
  fail(error instanceof Error ? error.message : String(error)),
);
const imports = openImportOffice({
  ...{ db, url, log, country: config.country },
  folder: join(config.dataDir, "imports"),
  run: processes({
    program: fileURLToPath(new URL("import.js", import.meta.url)),
    url,
    log,
  }),
});
log.info({}, "Jobs are being taken.");

onStop(async () => {
  await imports.stop();
  await jobs.stop();
  await db.destroy();
});
