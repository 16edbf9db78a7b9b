/**
 * Rows → the files of generated/: agents' phones, carriers, queues, lines, short numbers.
 *
 * Pure. What each file looks like is in asterisk-conf/generated/*.mustache.
 */

import { SIP_REALM } from "../core/agents/sip-realm.ts";
import type { Agent } from "../core/floor.ts";
import { STANDARD_PROMPTS } from "../core/routing/prompts.ts";
import type { Language, QueueSettings, Settings, Trunk } from "../store/settings.ts";
import { menuView } from "./menus.ts";
import { openingView } from "./opening.ts";
import { ownPrompts, waitingView } from "./prompts.ts";
import { displayName, safe } from "./safe.ts";
import { spellings } from "./spellings.ts";
import { fill, type View } from "./templates.ts";

/** What the files of generated/ need to know of the instance. */
export interface Instance {
  readonly decisionMs: number;
  readonly agiPort: number;
  /** Where Asterisk finds prompts: its own data, and the uploaded ones. */
  readonly sounds: { readonly data: string; readonly built: string };
  /** The longest time that a call spends in voice menus. */
  readonly menuSeconds: number;
  /** Whether browsers may be phones; without them such an agent has an ordinary one. */
  readonly browsers: boolean;
  /** What Asterisk speaks unless told otherwise. */
  readonly language: Language;
}

/** Names relative to generated/ → text. */
export type Files = Readonly<Record<string, string>>;

/** How app_queue calls our strategies. */
export const STRATEGIES = { random: "random", "most-idle": "leastrecent", sequential: "linear" } as const;

/**
 * Renders all files of generated/.
 * @param at the time in the files' first line; nothing else depends on it.
 * @throws UnsafeValue for a row that no command would have written.
 */
export function render(settings: Settings, instance: Instance, at: Date): Files {
  const view = { ...instanceView(instance), ...settingsView(settings, instance) };
  const names = [
    ...["globals", "lines", "menus", "trunks", "prompts", "music"],
    ...["queues", "short-numbers", "pjsip-agents", "pjsip-trunks"],
  ];
  const head = `; Rendered by Dozvon from the database at ${at.toISOString()}. Changes here are lost: your own go into custom.d/.\n`;
  return Object.fromEntries(
    names.map((name) => [`${name}.conf`, head + tidy(fill(`generated/${name}.conf.mustache`, view))]),
  );
}

/** A file without its first line, which holds the time. */
export function bodyOf(text: string): string {
  return text.slice(text.indexOf("\n") + 1);
}

function tidy(text: string): string {
  return `${text.replace(/\n{3,}/g, "\n\n").trimEnd()}\n`;
}

function instanceView(instance: Instance): View {
  const seconds = instance.decisionMs / 1000;
  if (!(seconds > 0 && seconds < 60)) throw new Error(`decisionMs: ${instance.decisionMs}`);
  return {
    decisionSeconds: String(seconds),
    agiPort: safe("count", instance.agiPort),
    menuSeconds: safe("count", instance.menuSeconds),
    built: safe("path", instance.sounds.built),
  };
}

function settingsView(settings: Settings, instance: Instance): View {
  const byId = new Map(settings.agents.map((agent) => [agent.id, agent]));
  return {
    realm: SIP_REALM,
    agents: settings.agents.map((agent) => agentView(agent, settings.digests.get(agent.id) ?? "", instance)),
    queues: settings.queues.map((queue) => queueView(queue, byId)),
    lines: settings.lines.map((line) => lineView(line, settings, instance)),
    ...ownPrompts(settings, instance),
    messages: settings.lines.flatMap(messageViews),
    menus: settings.menus.map((menu) => menuView(menu, settings, instance)),
    trunks: settings.trunks.map(trunkView),
  };
}

/** LINE-11, LINE-12: an agent's phone is a browser or an ordinary one, never both. */
function agentView(agent: Agent, digest: string, { browsers }: Instance): View {
  const template = browsers && agent.callMode === "webrtc" ? "agent-webrtc" : "agent";
  return { ...memberView(agent), template, digest: safe("digest", digest) };
}

function memberView(agent: Agent): View {
  const short = safe("number", agent.shortNumber);
  return {
    short,
    phone: safe("key", agent.phone),
    name: displayName(agent.name, short),
    paused: agent.state === "inbound" ? "no" : "yes",
  };
}

function queueView(queue: QueueSettings, agents: ReadonlyMap<string, Agent>): View {
  const key = safe("key", queue.key);
  const members = queue.agents.flatMap((id) => agents.get(id) ?? []);
  return {
    key,
    name: displayName(queue.name, key),
    strategy: STRATEGIES[queue.strategy],
    answerSeconds: safe("count", queue.answerSeconds),
    weight: safe("count", queue.weight),
    announceEvery:
      queue.announcePosition || queue.announceWait ? safe("count", queue.announceEverySeconds) : "0",
    callback: queue.callback !== undefined,
    digit: safe("count", Number(queue.callback?.digit ?? 1)),
    after: safe("count", queue.callback?.afterSeconds ?? 0),
    wait: safe("count", queue.maxWaitSeconds),
    announcePosition: queue.announcePosition ? "yes" : "no",
    announceWait: queue.announceWait ? "yes" : "no",
    members: members.map((agent) => ({
      ...memberView(agent),
      penalty: safe("count", queue.penalties?.get(agent.id) ?? 0),
    })),
  };
}

function lineView(line: Settings["lines"][number], settings: Settings, instance: Instance): View {
  const key = safe("key", line.key);
  const queue = settings.queues.find((each) => each.id === line.queueId);
  if (!queue) throw new Error(`line ${key}: its queue does not exist`);
  const language = settings.languages.get(line.id) ?? instance.language;
  const [first = "", ...others] = spellings(line.number);
  return {
    key,
    name: displayName(line.name, key),
    number: safe("number", first),
    others: others.map((spelling) => ({ spelling: safe("number", spelling) })),
    language: language === instance.language ? false : safe("word", language),
    spoken: safe("word", language),
    lineShort: line.shortNumber === undefined ? false : safe("number", line.shortNumber),
    queue: safe("key", queue.key),
    priority: line.priority ? safe("count", line.priority) : false,
    wait: safe("count", queue.maxWaitSeconds),
    ring: safe("count", queue.answerSeconds),
    record: safe("word", line.recording),
    announce: line.announceRecording && line.recording !== "off" ? "1" : "0",
    ...openingView(line.hours),
    ...waitingView(settings.prompts.get(line.id) ?? STANDARD_PROMPTS, key, language, instance),
    ...outsideView(line, settings),
    menuOpen: line.menu && line.menu.when !== "closed" ? safe("key", line.menu.key) : "",
    menuClosed: line.menu && line.menu.when !== "open" ? safe("key", line.menu.key) : "",
  };
}

/** What the fallback needs for numbers outside: the first trunk that dials, whom it shows, and where it forwards. */
function outsideView({ outside, number }: Settings["lines"][number], settings: Settings): View {
  const dialling = settings.carriers.filter((trunk) => trunk.dials);
  const trunk = dialling.find(({ id }) => id === outside?.trunkId) ?? dialling[0];
  const forward = outside?.forward;
  const single = forward?.mode === "number" && forward.verified ? safe("number", forward.number) : "";
  return {
    trunk: trunk ? safe("key", trunk.key) : "",
    shown: outside?.callerId === "caller" ? "-" : safe("number", number),
    outsideRing: safe("count", outside?.seconds ?? 25),
    forward: single,
  };
}

/** The endings at which a line takes a message (D-39). */
function messageViews(line: Settings["lines"][number]): View[] {
  const { voicemail = "off", voicemailSeconds = 120 } = line;
  const endings =
    voicemail === "both" ? ["no-answer", "out-of-hours"] : voicemail === "off" ? [] : [voicemail];
  const key = safe("key", line.key);
  const seconds = safe("count", voicemailSeconds);
  return endings.map((ending) => ({ ending, key, seconds, name: displayName(line.name, key) }));
}

function trunkView(trunk: Trunk): View {
  const key = safe("key", trunk.key);
  const host = trunk.host === null ? false : safe("host", trunk.host);
  const username = host && trunk.username !== null ? safe("account", trunk.username) : false;
  return {
    key,
    name: displayName(trunk.name, key),
    addresses: trunk.addresses.map((address) => ({ address: safe("address", address) })),
    host,
    port: safe("count", trunk.port),
    plus: trunk.number_format === "digits" ? "" : "+",
    domain: host && trunk.domain ? safe("host", trunk.domain) : false,
    home: host && (trunk.domain ? safe("host", trunk.domain) : host),
    pbx: trunk.kind === "pbx",
    known: trunk.addresses.length > 0,
    username,
    password: username ? safe("secret", trunk.password ?? "") : false,
  };
}
