/** Asterisk: does it answer by every door we use, are all its modules there, and is its clock ours. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { type Asterisk, findAsterisk } from "../host/asterisk.ts";
import { asteriskConfigFile, asteriskConsole } from "../host/asterisk-process.ts";
import type { Instance } from "../peers/instance.ts";
import type { Check, Finding } from "./finding.ts";

const ANSWER_WITHIN_MS = 3000;
/** The Date header has no fractions of a second. */
const CLOCKS_AGREE_MS = 2000;
const UP = "see logs/asterisk.log and asterisk/log/messages.log in the data folder";

/** Checks of the Asterisk that this instance runs. */
export function asteriskChecks(instance: Instance): Check[] {
  const { config, secrets } = instance;
  let asterisk: Promise<Asterisk> | undefined;
  const console = async (command: string) => {
    asterisk ??= findAsterisk(config, () => {});
    return asteriskConsole(await asterisk, asteriskConfigFile(config.dataDir), instance.owner, command);
  };
  return [
    {
      name: "Asterisk",
      hint: UP,
      look: async () => (await console("core show version")).trim().split(" built")[0] ?? "",
    },
    {
      name: "modules",
      hint: `${UP}; custom.d/ may ask for one that is missing`,
      look: () => modules(instance, console),
    },
    { name: "ARI", hint: UP, look: () => ari(instance) },
    {
      name: "AMI",
      hint: UP,
      look: () =>
        talk(
          config.amiPort,
          `Action: Login\r\nUsername: dozvon\r\nSecret: ${secrets.amiSecret}\r\n\r\n`,
          (text) => {
            if (/Response: Success/.test(text)) return "takes our login";
            if (/Response: Error/.test(text)) throw new Error("refuses our login");
            return undefined;
          },
        ),
    },
    {
      name: "AGI app",
      hint: "see logs/agi.log in the data folder",
      look: () =>
        // A withheld number belongs to nobody, so the app answers by hanging up at once.
        talk(
          config.agiPort,
          "agi_request: agi://127.0.0.1/owner\nagi_callerid: unknown\n\n",
          () => undefined,
          "answers",
        ),
    },
    { name: "phones", hint: UP, look: () => phones(console) },
    {
      name: "configuration",
      hint: "look at custom.d/: Asterisk skips a file with a mistake and those of its kind after it",
      look: async () => complaints(readFileSync(join(config.dataDir, "asterisk/log/messages.log"), "utf8")),
    },
  ];
}

const RECENT_MS = 3_600_000;

/** What Asterisk said of its configuration files in the last hour. */
function complaints(messages: string): Finding | string {
  const about =
    /^\[([^\]]+)\] (?:WARNING|ERROR)\S* (?:config|pbx_config|res_sorcery_config|config_options)\.c/;
  const recent = messages.split("\n").filter((line) => {
    const time = about.exec(line)?.[1];
    return time !== undefined && Date.now() - Date.parse(time) < RECENT_MS;
  });
  const last = recent.at(-1)?.replace(/^\[[^\]]*\]\s*/, "");
  return last
    ? { ok: false, text: `${recent.length} complaints, the last: ${last}` }
    : "loaded without complaint";
}

/** Asterisk's clock by the Date header of its HTTP server. */
async function ari({ config, secrets }: Instance) {
  const login = Buffer.from(`dozvon:${secrets.ariPassword}`).toString("base64");
  const response = await fetch(`http://127.0.0.1:${config.ariPort}/ari/applications/dozvon`, {
    headers: { authorization: `Basic ${login}` },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (response.status === 404) throw new Error("answers, but the engine is not connected to it");
  if (!response.ok) throw new Error(`answers ${response.status}`);
  const off = Date.parse(response.headers.get("date") ?? "") - Date.now();
  const agrees = Number.isNaN(off) || Math.abs(off) <= CLOCKS_AGREE_MS;
  return {
    ok: agrees,
    text: `the engine is connected; Asterisk's clock ${agrees ? "agrees with ours" : `is ${off} ms from ours`}`,
    ...(!agrees && { hint: "set the clocks by NTP, and look at the time zone" }),
  };
}

async function modules({ config }: Instance, console: (command: string) => Promise<string>) {
  const text = readFileSync(join(config.dataDir, "asterisk/etc/modules.conf"), "utf8");
  const wanted = [...text.matchAll(/^\s*(?:pre)?load\s*=>?\s*(\S+\.so)/gm)].map(([, name]) => name ?? "");
  const shown = await console("module show");
  // Name, description, use count, status: "Running" or "Not Running".
  const running = new Set([...shown.matchAll(/^(\S+\.so)\s.*\s\d+\s+Running\b/gm)].map(([, name]) => name));
  const missing = wanted.filter((name) => !running.has(name));
  if (missing.length === 0) return `all ${wanted.length} run`;
  return {
    ok: false,
    text: `${missing.length} of ${wanted.length} do not run: ${missing.slice(0, 5).join(", ")}`,
  };
}

async function phones(console: (command: string) => Promise<string>): Promise<string> {
  const shown = await console("pjsip show contacts");
  const names = [...shown.matchAll(/^\s*Contact:\s+(agent-[^/\s]+)\/sip:/gm)].map(([, name]) => name ?? "");
  return names.length === 0 ? "none is registered" : `${names.length} registered: ${names.join(", ")}`;
}

/**
 * Says something to a port of this machine and reads until `understand` answers.
 * @param atEnd what it means when the other side hangs up after listening; without it that is wrong.
 */
function talk(
  port: number,
  say: string,
  understand: (text: string) => string | undefined,
  atEnd?: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    let text = "";
    const done = (answer: string | Error): void => {
      socket.destroy();
      if (answer instanceof Error) reject(answer);
      else resolve(answer);
    };
    socket.setTimeout(ANSWER_WITHIN_MS, () => done(new Error(`no answer on port ${port}`)));
    socket.on("connect", () => socket.write(say));
    socket.on("data", (part) => {
      text += part.toString("utf8");
      try {
        const answer = understand(text);
        if (answer !== undefined) done(answer);
      } catch (error) {
        done(error as Error);
      }
    });
    socket.on("end", () => done(atEnd ?? new Error("hangs up on us")));
    socket.on("error", (error) => done(new Error(`port ${port}: ${error.message}`)));
  });
}
