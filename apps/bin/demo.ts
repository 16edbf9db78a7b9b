/**
 * The demonstration call on a fresh database: a known customer calls, their own agent answers, and everything
 * that is kept of it is shown. It leaves the agents signed out and the phones unregistered.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Account } from "../host/account.ts";
import { apiUrl } from "../host/apps.ts";
import type { AsteriskFacts } from "../host/asterisk.ts";
import { findSipp } from "../host/peers.ts";
import { HostError, type Report } from "../host/problem.ts";
import type { Secrets } from "../host/secrets.ts";
import { ApiClient } from "../peers/client.ts";
import { bringCrew, voice } from "../peers/crew.ts";
import { credentialsOf } from "../peers/instance.ts";
import { callFromTrunk, type PeerPlace } from "../peers/sipp.ts";
import { namesFrom, Story, tellRecord } from "../peers/story.ts";

/** What the starter knows of the instance that it has just brought up. */
export interface DemoInput {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly databaseUrl: string;
  readonly asterisk: AsteriskFacts;
  readonly owner?: Account | undefined;
  readonly report?: Report | undefined;
}

interface Contact {
  readonly name: string;
  readonly phones: readonly { e164: string | null }[];
  readonly ownerId: string | null;
}

/** From the moment Asterisk answers: the greeting and the announcement take six of these seconds. */
const TALK_MS = 10_000;
const CALL_WITHIN_MS = 25_000;

/**
 * Plays the demonstration and reports it line by line.
 * @throws HostError when a step of it did not happen.
 */
export async function demonstrate({ config, secrets, report = console.log }: DemoInput): Promise<void> {
  const url = apiUrl(config);
  const api = new ApiClient(url, secrets.adminApiKey);
  const folder = mkdtempSync(join(tmpdir(), "dozvon-demo-"));
  const asterisk = { address: sipAddress(config), port: config.sipPort };
  const place: PeerPlace = { sipp: await findSipp(config, report), folder, asterisk };
  try {
    const { agents } = credentialsOf({ config });
    const crew = await bringCrew(api, place, agents, voice(config.home, "en", "agent"));
    try {
      report(`the phones of ${agents.map(({ name }) => name).join(", ")} are registered; they take calls`);
      const { call, audio } = await oneCall(api, place, config, report);
      for (const line of whereToLook(url, config, call, audio)) report(line);
    } finally {
      await crew.leave();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function oneCall(api: ApiClient, place: PeerPlace, config: Config, report: Report) {
  type Items<Item> = { items: Item[] };
  const lines = await api.get<Items<{ name: string; number: { e164: string } }>>("/v1/lines");
  const contacts = await api.get<Items<Contact>>("/v1/contacts?limit=200");
  const line = lines.items.find(({ name }) => name === "Sales") ?? lines.items[0];
  const contact = contacts.items.find(({ ownerId, phones }) => ownerId && phones[0]?.e164);
  const from = contact?.phones[0]?.e164;
  if (!line || !from)
    throw new HostError("the demonstration company has no line or no contact with an owner.");
  const story = new Story(from, await namesFrom(api), report);
  const stop = await api.follow((message) => story.hear(message), "calls");
  story.say(`${contact.name} (${from}) calls the line ${line.name} (${line.number.e164})`);
  const behaviour = { from, hangUpAfterMs: TALK_MS, speech: voice(config.home, "en", "customer") };
  const customer = callFromTrunk(place, line.number.e164, behaviour);
  try {
    if (!(await story.over(CALL_WITHIN_MS)) || !story.call)
      throw new HostError("the call did not come to its end in time; see npm run doctor.");
    return { call: story.call, audio: await tellRecord(api, story, story.call) };
  } finally {
    stop();
    await customer.stop();
  }
}

/** Where Asterisk is reached from this machine when it listens on all addresses. */
function sipAddress({ sipBind }: Config): string {
  return sipBind === "0.0.0.0" ? "127.0.0.1" : sipBind;
}

function whereToLook(url: string, config: Config, call: string, audio: string | undefined): string[] {
  const file = join(config.dataDir, "credentials.json");
  return [
    "look at it yourself:",
    `  KEY=$(sed -n 's/.*"key": "\\(.*\\)".*/\\1/p' '${file}')`,
    `  curl -H "Authorization: Bearer $KEY" ${url}/v1/calls/${call}/why`,
    ...(audio ? [`  curl -H "Authorization: Bearer $KEY" -o call.wav ${url}${audio}`] : []),
    `  the API with every route: ${url}/docs`,
    "  call again from another terminal: npm run call -- --with-phones",
  ];
}
