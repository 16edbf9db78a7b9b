/** The three ways in turn, on one instance. */
import { join } from "node:path";
import { carrierOf, FAR_ADDRESS, PHONE_ADDRESS, type SippPeer } from "../../apps/peers/sipp.ts";
import { type Db, openDatabase } from "../../apps/store/database.ts";
import { writeTone } from "../../tests/support/sound.ts";
import { until } from "../../tests/support/until.ts";
import { type Send, sender } from "../api.ts";
import { phonesFree, type Rig } from "../rig.ts";
import { shortNumbers } from "../team.ts";
import { type Ears, openEars } from "./ears.ts";
import { allLines } from "./lines.ts";
import { dialPlainly } from "./plain.ts";
import { AGENTS, type Answered, CALLS, CUSTOMER_HERTZ, ROUNDS, WARM_UP, WAYS, type Way } from "./plan.ts";
import { campaignKey } from "./rows.ts";
import { customersScenario, phonesScenario } from "./scenarios.ts";
import { type Stages, stagesOf } from "./stages.ts";

/** What came of one way's calls. */
export interface Heard {
  readonly calls: Answered[];
  /** Calls that no agent got. */
  readonly lost: number;
  /** Where the time of each call went; empty for the plain way. */
  readonly stages: Stages[];
}

/** Everything that the ways need. */
export interface Place {
  readonly rig: Rig;
  readonly db: Db;
  readonly send: Send;
  readonly ears: Ears;
  readonly far: SippPeer;
  readonly trunk: { readonly id: string; readonly key: string };
  /** What the agents' phones have noted. */
  readonly phonesLog: string;
}

/** Runs all rounds. */
export async function measure(rig: Rig): Promise<Record<Way, Heard>> {
  const { instance, crowd } = rig;
  const ears = await openEars(PHONE_ADDRESS, shortNumbers(AGENTS));
  const far = carrierOf(
    crowd.place,
    customersScenario(writeTone(join(crowd.place.folder, "customer.ulaw"), CUSTOMER_HERTZ)),
  );
  const phones = await crowd.phones(AGENTS, phonesScenario(ears.firstDigit));
  const db = openDatabase({ url: instance.databaseUrl, name: "bench", log: { warn: () => {} } });
  try {
    const send = sender(instance);
    await phonesFree(instance, 60_000, "outbound");
    const trunk = await addTrunk(send, db, far);
    const place: Place = { rig, db, send, ears, far, trunk, phonesLog: phones.log };
    const all: Record<Way, Heard> = { plain: nothing(), rung: nothing(), open: nothing() };
    for (let round = 0; round <= ROUNDS; round++)
      for (const way of WAYS) {
        const { calls, lost, stages } = await one(place, way, round);
        console.error(`${way}, round ${round}: ${calls.length} heard, ${lost} lost`);
        if (round === 0) continue;
        const sum = all[way];
        all[way] = {
          calls: [...sum.calls, ...calls],
          lost: sum.lost + lost,
          stages: [...sum.stages, ...stages],
        };
      }
    return all;
  } finally {
    await db.destroy();
    await far.stop();
    phones.child.kill("SIGKILL");
    ears.close();
  }
}

function nothing(): Heard {
  return { calls: [], lost: 0, stages: [] };
}

async function addTrunk(send: Send, db: Db, far: SippPeer): Promise<Place["trunk"]> {
  const { id } = await send("POST", "/v1/trunks", {
    ...{ name: "Carrier", addresses: [FAR_ADDRESS], host: FAR_ADDRESS, port: far.port },
  });
  const { key } = await db.selectFrom("trunk").select("key").where("id", "=", id).executeTakeFirstOrThrow();
  return { id, key };
}

/** Numbers of nobody else: the way, the round and the call. */
function numbersFor(way: Way, round: number): string[] {
  const count = round === 0 ? WARM_UP : Math.ceil(CALLS / ROUNDS);
  return Array.from(
    { length: count },
    (_, call) => `+7917${WAYS.indexOf(way)}${round}${String(call).padStart(5, "0")}`,
  );
}

async function one(place: Place, way: Way, round: number): Promise<Heard> {
  const numbers = numbersFor(way, round);
  const answered = new Map<string, number>();
  const agents = new Map<string, number>();
  let stages: Stages[] = [];
  if (way === "plain") await dialPlainly(place, numbers, agents);
  else {
    if (way === "open") await allLines(place.send, true);
    const campaign = await runCampaign(place, campaignKey(way, round), numbers);
    for (const { number, short } of await connectedTo(place.db, campaign)) agents.set(number, Number(short));
    if (way === "open") await allLines(place.send, false);
    stages = await stagesOf(place.db, campaign);
  }
  for (const { at, text } of place.far.notes()) {
    const number = /^answers \[?sip:(\+\d+)/.exec(text)?.[1];
    if (number) answered.set(number, at);
  }
  const calls = numbers.flatMap((number) => {
    const [at, agent] = [answered.get(number), agents.get(number)];
    if (at === undefined || agent === undefined) return [];
    return [{ number, agent, at, heardAt: undefined }];
  });
  return { calls: heardIn(place.ears, calls), lost: numbers.length - calls.length, stages };
}

/** The first sound after each answer, and before the agent's next customer answers. */
function heardIn({ of }: Ears, calls: readonly Answered[]): Answered[] {
  const sorted = [...calls].sort((one, other) => one.at - other.at);
  return sorted.map((call, place) => {
    const next = sorted.slice(place + 1).find(({ agent }) => agent === call.agent);
    return { ...call, heardAt: of.get(call.agent)?.heard(call.at, next?.at ?? Number.POSITIVE_INFINITY) };
  });
}

/** Lists these numbers, lets the campaign go on, and waits until each is settled. @returns its id */
async function runCampaign({ send, db, trunk }: Place, key: string, contacts: string[]): Promise<string> {
  const { id } = await db
    .selectFrom("campaign")
    .select("id")
    .where("key", "=", key)
    .executeTakeFirstOrThrow();
  await send("PATCH", `/v1/campaigns/${id}`, { trunkIds: [trunk.id] });
  await send("POST", `/v1/campaigns/${id}/contacts`, { contacts });
  await send("POST", `/v1/campaigns/${id}/resume`);
  const settled = async (): Promise<boolean> => {
    const { n } = await db
      .selectFrom("attempt")
      .select(({ fn }) => fn.countAll<string>().as("n"))
      .where("campaign_id", "=", id)
      .where("ending", "is not", null)
      .executeTakeFirstOrThrow();
    return Number(n) >= contacts.length;
  };
  await until(`every attempt of ${key} has its ending`, settled, 150_000);
  await send("POST", `/v1/campaigns/${id}/stop`).catch(() => {});
  return id;
}

/** Who got whom. */
function connectedTo(db: Db, campaign: string): Promise<{ number: string; short: string }[]> {
  return db
    .selectFrom("attempt")
    .innerJoin("agent", "agent.id", "attempt.agent_id")
    .select(["number", "short_number as short"])
    .where("campaign_id", "=", campaign)
    .where("connected_at", "is not", null)
    .execute() as never;
}
