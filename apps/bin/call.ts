/**
 * `npm run call -- <number>`: places a call by hand and tells what becomes of it.
 *
 *   npm run call                              the first line
 *   npm run call -- +74950000102 --from +79160001002 --seconds 10
 *   npm run call -- --with-phones             brings the demonstration agents with SIPp phones for this call
 *
 * The caller is SIPp at the demonstration trunk's address. Without --seconds the caller hangs up fifteen seconds
 * after the call is answered; a caller whom nobody answers gives up after a minute.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { findSipp } from "../host/peers.ts";
import { HostError } from "../host/problem.ts";
import { ApiClient, ApiError } from "../peers/client.ts";
import { bringCrew, type Crew, voice } from "../peers/crew.ts";
import { credentialsOf, findRunning, type Instance } from "../peers/instance.ts";
import { callFromTrunk, type PeerPlace } from "../peers/sipp.ts";
import { namesFrom, Story, tellRecord } from "../peers/story.ts";

const RING_MS = 60_000;
const RECORD_WITHIN_MS = 8000;
const SECONDS = 15;
const CALLER = "+79161234567";

interface Line {
  readonly name: string;
  readonly number: { readonly e164: string };
  readonly language: "en" | "ru";
}

async function main(): Promise<void> {
  const wish = readWish(process.argv.slice(2));
  const instance = findRunning();
  const { config } = instance;
  const api = new ApiClient(instance.url, instance.secrets.adminApiKey);
  const lines = (await api.get<{ items: Line[] }>("/v1/lines")).items;
  const line = wish.number ? lines.find(({ number }) => number.e164 === wish.number) : lines[0];
  const number = wish.number ?? line?.number.e164;
  if (!number) throw new HostError("there is no line yet; make one or name a number.");
  const language = line?.language ?? "en";
  const folder = mkdtempSync(join(tmpdir(), "dozvon-call-"));
  const address = config.sipBind === "0.0.0.0" ? "127.0.0.1" : config.sipBind;
  const sipp = await findSipp(config, console.error);
  const place: PeerPlace = { sipp, folder, asterisk: { address, port: config.sipPort } };
  const tidy: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const leave = async (): Promise<void> => {
    for (const step of tidy.splice(0).reverse()) await step();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void leave().then(() => process.exit(130)));
  try {
    const crew = wish.phones ? await crewFor(instance, api, place, language) : undefined;
    if (crew) tidy.push(() => crew.leave());
    else await warnIfNobody(api);
    const story = new Story(wish.from, await namesFrom(api), console.log);
    tidy.push(await api.follow((message) => story.hear(message), "calls"));
    story.say(`${wish.from} calls ${line ? `${line.name} (${number})` : number}`);
    const since = new Date().toISOString();
    const caller = callFromTrunk(place, number, {
      from: wish.from,
      cancelAfterMs: RING_MS,
      hangUpAfterMs: wish.seconds * 1000,
      speech: voice(config.home, language, "customer"),
    });
    tidy.push(() => caller.stop());
    const code = await caller.done;
    if (code !== 0 && !story.call)
      throw new HostError(`Asterisk did not take the call (SIPp ended with ${code}).`);
    // A number that is not in service is answered by the dialplan alone, and nothing is told before the record.
    const call = story.call ?? (await callFrom(api, wish.from, since));
    if (call && (!story.call || (await story.over(RING_MS)))) await tellRecord(api, story, call);
    else story.say("the call's record is not closed yet");
  } finally {
    await leave();
  }
}

/** The newest call from this number since then, as soon as it is on record. */
async function callFrom(api: ApiClient, from: string, since: string): Promise<string | undefined> {
  const query = `from=${encodeURIComponent(from)}&since=${since}&open=false&limit=1`;
  const until = performance.now() + RECORD_WITHIN_MS;
  for (;;) {
    const { items } = await api.get<{ items: { id: string }[] }>(`/v1/calls?${query}`);
    if (items[0] || performance.now() > until) return items[0]?.id;
    await pause(100);
  }
}

function readWish(args: string[]) {
  const usage = "usage: npm run call -- [number] [--from +7…] [--seconds 15] [--with-phones]";
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        from: { type: "string", default: CALLER },
        seconds: { type: "string", default: String(SECONDS) },
        "with-phones": { type: "boolean", default: false },
      },
    });
    const [number, ...more] = positionals;
    const seconds = Number(values.seconds);
    const numbers = [values.from, ...(number === undefined ? [] : [number])];
    if (more.length > 0 || !(seconds > 0) || numbers.some((one) => !/^\+?\d{2,15}$/.test(one)))
      throw new HostError(usage);
    return { number, from: values.from, seconds, phones: values["with-phones"] };
  } catch (error) {
    throw error instanceof HostError ? error : new HostError(`${(error as Error).message}\n${usage}`);
  }
}

/** Only agents who are signed out: nobody's work is taken over. */
async function crewFor(
  instance: Instance,
  api: ApiClient,
  place: PeerPlace,
  language: "en" | "ru",
): Promise<Crew> {
  const { items } = await api.get<{ items: { id: string; state: string }[] }>("/v1/agents");
  const free = new Set(items.filter(({ state }) => state === "offline").map(({ id }) => id));
  const agents = credentialsOf(instance).agents.filter(({ id }) => free.has(id));
  if (agents.length === 0)
    throw new HostError("no demonstration agent is signed out, so none can be brought with a phone.");
  return bringCrew(api, place, agents, voice(instance.config.home, language, "agent"));
}

async function warnIfNobody(api: ApiClient): Promise<void> {
  const { items } = await api.get<{ items: { live: { status: string } | null }[] }>("/v1/agents");
  if (items.some(({ live }) => live !== null && live.status !== "offline")) return;
  console.log(
    "no agent is signed in with a phone, so nobody will answer; to bring some: npm run call -- --with-phones",
  );
}

try {
  await main();
} catch (error) {
  const known = error instanceof HostError || error instanceof ApiError;
  console.error(`dozvon: ${known ? error.message : ((error as Error).stack ?? error)}`);
  process.exit(1);
}
