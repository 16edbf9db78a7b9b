/**
 * `npm run doctor`: looks at the running instance of this checkout from outside, one line per thing, with advice
 * where something is wrong. Ends with 1 when anything is.
 */
import { asteriskChecks } from "../doctor/asterisk.ts";
import { callCheck } from "../doctor/call.ts";
import { openForDoctor } from "../doctor/database.ts";
import { type Check, examine } from "../doctor/finding.ts";
import { machineChecks } from "../doctor/machine.ts";
import { trunkCheck } from "../doctor/trunks.ts";
import { HostError } from "../host/problem.ts";
import { findInstance, type Instance } from "../peers/instance.ts";

interface Ready {
  readonly ready: boolean;
  readonly database: string;
  readonly engine: string;
  readonly asterisk: string;
  readonly alarms: readonly string[];
}

let wrong = 0;

async function look(check: Check): Promise<void> {
  const { ok, text, hint } = await examine(check);
  console.log(`${ok ? "✔" : "✘"} ${text}`);
  if (ok) return;
  wrong++;
  if (hint) console.log(`    → ${hint}`);
}

function starter({ pid, config }: Instance): Check {
  return {
    name: "instance",
    hint: "start it: npm start",
    look: async () =>
      pid === undefined
        ? { ok: false, text: `nothing runs on ${config.dataDir}` }
        : `process ${pid} on ${config.dataDir}`,
  };
}

function api({ url }: Instance): Check {
  return {
    name: "API",
    hint: "see logs/api.log and logs/engine.log in the data folder",
    look: async () => {
      const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5000) }).catch(() => {
        throw new Error(`${url} does not answer`);
      });
      const { ready, database, engine, asterisk, alarms } = (await response.json()) as Ready;
      const parts = `database ${database}, engine ${engine}, Asterisk ${asterisk}`;
      const alarmed = alarms.length > 0 ? `; alarms: ${alarms.join(", ")}` : "";
      return { ok: ready && alarms.length === 0, text: `${url}, ${parts}${alarmed}` };
    },
  };
}

try {
  const instance = findInstance();
  const database = openForDoctor(instance);
  await look(starter(instance));
  const checks = [
    ...machineChecks(instance, database.checkpoints),
    ...database.checks,
    ...asteriskChecks(instance),
    trunkCheck(instance.url, instance.secrets.adminApiKey),
    api(instance),
    callCheck(instance),
  ];
  // Without an instance everything else would only say the same again.
  if (wrong === 0 || process.argv.includes("--all")) for (const check of checks) await look(check);
  await database.close();
} catch (error) {
  if (!(error instanceof HostError)) throw error;
  console.log(`✘ ${error.message}`);
  wrong++;
}
console.log(wrong === 0 ? "all is well" : `${wrong} thing${wrong === 1 ? "" : "s"} wrong`);
process.exit(wrong === 0 ? 0 : 1);
