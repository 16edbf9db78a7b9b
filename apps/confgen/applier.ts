/**
 * Brings rows into the running Asterisk: render, look for mistakes, swap the files, reload what they concern, read
 * back what Asterisk has loaded. If Asterisk has not taken it, the last good files come back and the command fails
 * with Asterisk's own words. Nothing is ever half-done.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { AriError } from "../asterisk/ari/port.ts";
import { type Applied, CommandProblem } from "../commands/port.ts";
import type { Config } from "../config.ts";
import type { Settings } from "../store/settings.ts";
import { instanceOf, lintFiles, under } from "./etc.ts";
import { render } from "./generated.ts";
import { type AsteriskPlaces, asteriskPlaces } from "./places.ts";
import * as readback from "./readback.ts";
import { readInstalled, type Swap, swapIn } from "./swap.ts";

export interface ApplierOptions extends readback.Switch {
  readonly config: Pick<Config, "dataDir" | "decisionMs" | "agiPort" | "menuSeconds" | "wssPort">;
  readonly log: { warn(fields: object, text: string): void };
  readonly now?: () => Date;
}

/** What the answer to a command is about; its part of Asterisk is read back even if no file changed. */
export type Focus = Readonly<
  { queue: string } | { phone: string } | { trunk: string } | { line: string } | { nothing: true }
>;

/** A change that Asterisk has taken; `undo` if the transaction around it cannot be committed after all. */
export interface Change extends Applied {
  undo(): Promise<void>;
}

export interface Applier {
  /** @throws CommandProblem 422 `asterisk-refused`, 503 `asterisk-away`; the old configuration is in force again. */
  apply(settings: Settings, focus: Focus): Promise<Change>;
  /** Writes the files without telling Asterisk: for pauses, which it knows already. Failures are only logged. */
  note(settings: Settings): void;
  /** How many callers are in this menu now, as Asterisk says. @throws CommandProblem 503 `asterisk-away` */
  callersIn(menu: string): Promise<number>;
  /** Where a trunk's registration stands, as Asterisk says; undefined: it has none. */
  registration(trunk: string): Promise<readback.Registration | undefined>;
  /** Asterisk's endpoints, by name, with their states (`online`, `offline`). @throws AriError */
  endpoints(): Promise<ReadonlyMap<string, string>>;
}

/** Which module reads which file of generated/. Trunks concern three modules beside the one with the endpoints. */
const READERS: Readonly<Record<string, readonly string[]>> = {
  "globals.conf": ["pbx_config.so"],
  "lines.conf": ["pbx_config.so"],
  "prompts.conf": ["pbx_config.so"],
  "music.conf": ["res_musiconhold.so"],
  "menus.conf": ["pbx_config.so"],
  "trunks.conf": ["pbx_config.so"],
  "short-numbers.conf": ["pbx_config.so"],
  "queues.conf": ["app_queue.so"],
  "pjsip-agents.conf": ["res_pjsip.so"],
  "pjsip-trunks.conf": [
    "res_pjsip.so",
    "res_pjsip_endpoint_identifier_ip.so",
    "res_pjsip_outbound_registration.so",
  ],
};
/** Phones and queues exist before the dialplan leads to them. */
const ORDER = [
  "res_pjsip.so",
  "res_pjsip_endpoint_identifier_ip.so",
  "res_pjsip_outbound_registration.so",
  "res_musiconhold.so",
  "app_queue.so",
  "pbx_config.so",
];
const RELOAD_WITHIN_MS = 8000;

/** An applier for one Asterisk; the caller sees to it that only one change is under way. */
export function createApplier(options: ApplierOptions): Applier {
  const { config, log, now = () => new Date() } = options;
  const asterisk: readback.Switch = options;
  const places = asteriskPlaces(config.dataDir);
  const instance = instanceOf(config);
  const files = (settings: Settings) => render(settings, instance, now());
  return {
    async apply(settings, focus) {
      const rendered = files(settings);
      const problems = lintFiles(under("generated", rendered), places);
      if (problems.length > 0) throw refused(problems.join("; "));
      const mark = messagesEnd(places);
      const before = readback.extensionsIn(readInstalled(places.generated));
      const swap = swapIn(places.generated, rendered);
      const modules = modulesFor(swap.changed);
      const undo = () => putBack(swap, modules, options);
      try {
        for (const module of modules) await reload(asterisk, module);
        const verified = await verify(asterisk, settings, { modules, focus, before });
        return {
          applied: { reloaded: modules, verified, warnings: complaints(messagesSince(places, mark)) },
          undo,
        };
      } catch (error) {
        await undo();
        throw asProblem(error, messagesSince(places, mark).join(" / "));
      }
    },
    callersIn: (menu) =>
      readback.channelsIn(asterisk, `menu-${menu}`).catch((error: unknown) => {
        throw asProblem(error, "");
      }),
    registration: (trunk) => readback.registration(asterisk, trunk),
    endpoints: () => readback.loadedEndpoints(asterisk),
    note(settings) {
      try {
        swapIn(places.generated, files(settings));
      } catch (error) {
        log.warn({ error: (error as Error).message }, "Asterisk's files could not be brought up to date.");
      }
    },
  };
}

function modulesFor(changed: readonly string[]): string[] {
  const concerned = new Set(changed.flatMap((name) => READERS[name] ?? []));
  return ORDER.filter((module) => concerned.has(module));
}

/** Another reload may be under way (409, somebody at the console): it is waited for. */
async function reload({ ari }: readback.Switch, module: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await ari.request({ method: "PUT", path: `asterisk/modules/${module}`, timeoutMs: RELOAD_WITHIN_MS });
      return;
    } catch (error) {
      const busy = error instanceof AriError && error.status === 409 && /in progress/i.test(error.message);
      if (!busy || attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** What to look at: what was reloaded, what was asked about, and the extensions that were ours before. */
interface Looked {
  readonly modules: readonly string[];
  readonly focus: Focus;
  readonly before: ReadonlySet<string>;
}

async function verify(
  asterisk: readback.Switch,
  settings: Settings,
  { modules, focus, before }: Looked,
): Promise<Record<string, unknown>> {
  const differences: string[] = [];
  const seen: Record<string, unknown> = {};
  if (modules.includes("app_queue.so") || "queue" in focus) {
    const queues = await readback.loadedQueues(asterisk);
    differences.push(...readback.queueDifferences(settings, queues));
    const queue = "queue" in focus ? queues.get(focus.queue) : undefined;
    if (queue) Object.assign(seen, { ...queue, members: queue.members.length });
  }
  if (modules.includes("res_pjsip.so") || "phone" in focus || "trunk" in focus) {
    const endpoints = await readback.loadedEndpoints(asterisk);
    differences.push(...readback.endpointDifferences(settings, endpoints));
    const name = "phone" in focus ? focus.phone : "trunk" in focus ? focus.trunk : "";
    if (endpoints.has(name)) Object.assign(seen, { endpoint: name, state: endpoints.get(name) });
  }
  if (modules.includes("pbx_config.so") || "line" in focus)
    for (const [context, wanted] of readback.wantedExtensions(settings)) {
      const loaded = await readback.loadedExtensions(asterisk, context);
      differences.push(...readback.extensionDifferences(context, wanted, loaded, before));
    }
  if (differences.length > 0) throw refused(differences.join("; "));
  const line = "line" in focus ? settings.lines.find((each) => each.key === focus.line) : undefined;
  return line
    ? { ...seen, extensions: readback.wantedExtensions({ ...settings, lines: [line] }).get("lines") }
    : seen;
}

async function putBack(swap: Swap, modules: readonly string[], options: ApplierOptions): Promise<void> {
  swap.undo();
  for (const module of modules)
    await reload(options, module).catch((error: Error) =>
      options.log.warn(
        { module, error: error.message },
        "The last good files are back, but Asterisk did not reload them.",
      ),
    );
}

function refused(reason: string): CommandProblem {
  return new CommandProblem(422, "asterisk-refused", `Asterisk did not take the change: ${reason}`);
}

function asProblem(error: unknown, messages: string): CommandProblem {
  const { kind, message } = error as { kind?: unknown; message: string };
  if (kind === "unavailable" || kind === "timeout")
    return new CommandProblem(
      503,
      "asterisk-away",
      `Asterisk does not answer; nothing was changed (${message})`,
    );
  const reason = error instanceof CommandProblem ? error.message : refused(message).message;
  return new CommandProblem(422, "asterisk-refused", messages === "" ? reason : `${reason}. ${messages}`);
}

function messagesEnd(places: AsteriskPlaces): number {
  return existsSync(places.messages) ? statSync(places.messages).size : 0;
}

/** The last of what Asterisk complained about since then, for the person who reads the answer. */
function messagesSince(places: AsteriskPlaces, mark: number): string[] {
  if (!existsSync(places.messages)) return [];
  const lines = readFileSync(places.messages).subarray(mark).toString("utf8").trim().split("\n");
  return lines.filter((line) => /WARNING|ERROR/.test(line)).slice(-5);
}

/** Without the time and the place in Asterisk's source; only what is about configuration files. */
function complaints(messages: readonly string[]): string[] {
  return messages
    .filter((line) =>
      /(config|pbx_config|res_musiconhold|res_sorcery_config|config_options|app_queue)\.c/.test(line),
    )
    .map((line) => line.replace(/^\[[^\]]*\]\s*/, ""));
}
