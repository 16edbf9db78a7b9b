/**
 * What Asterisk has really loaded, read back from it, and how that differs from the rows.
 */
import type { AmiReply } from "../asterisk/ami-port.ts";
import type { AriPort } from "../asterisk/ari/port.ts";
import type { Settings } from "../store/settings.ts";
import { type Files, STRATEGIES } from "./generated.ts";
import { spellings } from "./spellings.ts";

/** The part of AMI that is used here. */
export interface AmiActions {
  action(
    name: string,
    fields?: Readonly<Record<string, string>>,
    options?: { timeoutMs?: number; collectUntil?: string },
  ): Promise<AmiReply>;
}

/** Asterisk, as far as configuration goes. */
export interface Switch {
  readonly ari: Pick<AriPort, "request">;
  readonly ami: AmiActions;
}

/** One queue as Asterisk has it. Members are phones in app_queue's own order. */
export interface LoadedQueue {
  readonly strategy: string;
  readonly waiting: number;
  readonly members: readonly string[];
}

/** All queues, by key. @throws AmiError */
export async function loadedQueues({ ami }: Switch): Promise<Map<string, LoadedQueue>> {
  const { events } = await ami.action("QueueStatus", {}, { collectUntil: "QueueStatusComplete" });
  const queues = new Map<string, { strategy: string; waiting: number; members: string[] }>();
  for (const event of events) {
    const key = String(event.queue);
    if (event.event === "QueueParams")
      queues.set(key, { strategy: String(event.strategy), waiting: Number(event.calls), members: [] });
    if (event.event === "QueueMember")
      queues.get(key)?.members.push(String(event.location).replace(/^PJSIP\//, ""));
  }
  return queues;
}

/** A registration of ours with somebody else: `Rejected` is final, `Unregistered` goes on trying. */
export type Registration = "Registered" | "Unregistered" | "Rejected";

/** One trunk's registration. @throws AmiError */
export async function registration({ ami }: Switch, trunk: string): Promise<Registration | undefined> {
  const until = { collectUntil: "OutboundRegistrationDetailComplete" };
  const { events } = await ami.action("PJSIPShowRegistrationsOutbound", {}, until);
  const found = events.find(
    ({ event, objectname }) => event === "OutboundRegistrationDetail" && objectname === trunk,
  );
  return found && (String(found.status) as Registration);
}

/** All PJSIP endpoints and their states (`online`, `offline`). @throws AriError */
export async function loadedEndpoints({ ari }: Switch): Promise<Map<string, string>> {
  const { body } = await ari.request({ method: "GET", path: "endpoints/PJSIP" });
  const list = body as readonly { resource: string; state: string }[];
  return new Map(list.map(({ resource, state }) => [resource, state]));
}

/** The extensions of a context; none when there is no such context. @throws AmiError */
export async function loadedExtensions({ ami }: Switch, context: string): Promise<Set<string>> {
  const until = { collectUntil: "ShowDialPlanComplete" };
  try {
    const { events } = await ami.action("ShowDialPlan", { Context: context }, until);
    return new Set(events.flatMap(({ extension }) => (typeof extension === "string" ? [extension] : [])));
  } catch (error) {
    if ((error as { kind?: unknown }).kind === "refused") return new Set();
    throw error;
  }
}

/** How many channels are in this context of the dialplan now. @throws AriError */
export async function channelsIn({ ari }: Switch, context: string): Promise<number> {
  const { body } = await ari.request({ method: "GET", path: "channels" });
  const list = body as readonly { dialplan?: { context?: string } }[];
  return list.filter(({ dialplan }) => dialplan?.context === context).length;
}

/** What Asterisk has not taken of the queues; empty when all is as the rows say. */
export function queueDifferences(settings: Settings, loaded: ReadonlyMap<string, LoadedQueue>): string[] {
  const phones = new Map(settings.agents.map((agent) => [agent.id, agent.phone]));
  return settings.queues.flatMap((queue) => {
    const seen = loaded.get(queue.key);
    if (!seen) return [`queue ${queue.key} is missing`];
    const wanted = queue.agents.flatMap((id) => phones.get(id) ?? []);
    const ordered = queue.strategy === "sequential";
    return [
      ...(seen.strategy === STRATEGIES[queue.strategy]
        ? []
        : [`queue ${queue.key} has strategy ${seen.strategy}`]),
      ...(same(wanted, seen.members, ordered)
        ? []
        : [`queue ${queue.key} has members ${seen.members.join(", ")}`]),
    ];
  });
}

/** Phones and trunks that Asterisk lacks. */
export function endpointDifferences(settings: Settings, loaded: ReadonlyMap<string, string>): string[] {
  const wanted = [
    ...settings.agents.map((agent) => agent.phone),
    ...settings.trunks.map((trunk) => trunk.key),
  ];
  return wanted.filter((name) => !loaded.has(name)).map((name) => `endpoint ${name} is missing`);
}

/** Contexts and the extensions that must be in each, no more and no less. */
export function wantedExtensions(settings: Settings): Map<string, string[]> {
  const keys = settings.lines.map((line) => line.key);
  return new Map([
    ["lines", settings.lines.flatMap((line) => spellings(line.number))],
    ["line-settings", keys],
    ["carriers", settings.trunks.map((trunk) => trunk.key)],
    ...settings.menus.map((menu): [string, string[]] => [
      `menu-${menu.key}`,
      [
        "s",
        "t",
        "i",
        ...(menu.repeat.mode === "cyclic" ? [] : ["none"]),
        ...menu.buttons.map(({ digit }) => digit),
      ],
    ]),
    [
      "short-numbers",
      [...settings.agents, ...settings.lines].flatMap(({ shortNumber }) => shortNumber ?? []),
    ],
  ]);
}

/**
 * What is missing from a context, and what was taken away but is still there.
 * @param removed extensions that were ours before; a site may have added others, which are none of our business.
 */
export function extensionDifferences(
  context: string,
  wanted: readonly string[],
  loaded: ReadonlySet<string>,
  removed: ReadonlySet<string>,
): string[] {
  const stale = [...loaded].filter((exten) => removed.has(exten) && !wanted.includes(exten));
  return [
    ...wanted.filter((exten) => !loaded.has(exten)).map((exten) => `${exten} is missing from [${context}]`),
    ...stale.map((exten) => `${exten} is still in [${context}]`),
  ];
}

/** All extensions in files of ours, whatever their context. */
export function extensionsIn(files: Files): Set<string> {
  const texts = Object.values(files).join("\n");
  return new Set([...texts.matchAll(/^exten => ([^,]+),/gm)].map(([, exten = ""]) => exten));
}

function same(wanted: readonly string[], seen: readonly string[], ordered: boolean): boolean {
  const [a, b] = ordered ? [wanted, seen] : [[...wanted].sort(), [...seen].sort()];
  return a.length === b.length && a.every((phone, index) => phone === b[index]);
}
