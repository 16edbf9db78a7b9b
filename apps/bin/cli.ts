/**
 * `npm run cli`: the console of this instance's Asterisk; `npm run cli -- "core show channels"` for one command.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { findAsterisk } from "../host/asterisk.ts";
import { asteriskConfigFile } from "../host/asterisk-process.ts";
import { HostError } from "../host/problem.ts";
import { findRunning } from "../peers/instance.ts";

try {
  const { config, owner } = findRunning();
  const asterisk = await findAsterisk(config, (line) => console.error(line));
  const command = process.argv.slice(2).join(" ");
  const how = command === "" ? ["-r"] : ["-rx", command];
  const line = asterisk.run(["-C", asteriskConfigFile(config.dataDir), ...how]);
  const child = spawn(line.command, line.args, {
    stdio: "inherit",
    cwd: config.dataDir,
    // The console keeps its history at home.
    env: { ...process.env, HOME: join(config.dataDir, "asterisk"), LC_ALL: "C.UTF-8" },
    ...(owner && { uid: owner.uid, gid: owner.gid }),
  });
  // Ctrl-C belongs to the console.
  process.on("SIGINT", () => {});
  child.once("error", (error) => fail(error.message));
  child.once("exit", (code, signal) => process.exit(code ?? (signal ? 128 : 1)));
} catch (error) {
  if (!(error instanceof HostError)) throw error;
  fail(error.message);
}

function fail(message: string): void {
  console.error(`dozvon: ${message}`);
  process.exit(1);
}
