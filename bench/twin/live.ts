/**
 * The twin's campaign on the real system: 20 agents' phones, a carrier, the engine and Asterisk; what came of it is read
 * from the attempts' rows, which are Asterisk's record.
 */
import { setTimeout as pause } from "node:timers/promises";
import { carrierOf, FAR_ADDRESS, type SippPeer } from "../../apps/peers/sipp.ts";
import { type Db, openDatabase } from "../../apps/store/database.ts";
import { until } from "../../tests/support/until.ts";
import { type Send, sender } from "../api.ts";
import { at } from "../figures.ts";
import { phonesFree, type Rig } from "../rig.ts";
import { answerScenario } from "../sipp.ts";
import { farEndScenario } from "./far-end.ts";
import { LISTED, numbers } from "./people.ts";
import type { Delays, Plan } from "./plan.ts";
import { BEFORE } from "./rows.ts";

export interface Live {
  readonly utilisation: number;
  readonly abandoned: number;
  readonly dialled: number;
  readonly answered: number;
  readonly delays: Delays;
}

interface Attempt {
  readonly number: string;
  readonly ending: string | null;
  readonly created_at: Date;
  readonly answered_at: Date | null;
  readonly connected_at: Date | null;
  readonly ended_at: Date | null;
  /** Whether no agent was free when the customer answered. */
  readonly waited: boolean;
}

/** Runs the campaign for its time. @param seed of the list */
export async function measureLive({ instance, crowd }: Rig, plan: Plan, seed: number): Promise<Live> {
  const phones = await crowd.phones(plan.agents, answerScenario());
  const far = carrierOf(crowd.place, farEndScenario());
  const db = openDatabase({ url: instance.databaseUrl, name: "bench", log: { warn: () => {} } });
  try {
    const send = sender(instance);
    await phonesFree(instance, 60_000, "outbound");
    const campaign = await prepare(send, far, seed);
    await send("POST", `/v1/campaigns/${campaign}/resume`);
    const from = Date.now() + plan.warmUpSeconds * 1000;
    const to = from + plan.seconds * 1000;
    await pause(to - Date.now());
    await send("POST", `/v1/campaigns/${campaign}/stop`);
    await until("every attempt has its ending", () => settled(db), 120_000);
    const rows = await attemptsOf(db, campaign);
    const live = { ...figures(rows, plan, from, to), delays: delaysOf(rows, far) };
    console.error(`live: ${JSON.stringify(live)}`);
    return live;
  } finally {
    await db.destroy();
    await far.stop();
    phones.child.kill("SIGKILL");
  }
}

/** A trunk to the carrier, and the campaign's list. @returns the campaign's id */
async function prepare(send: Send, far: SippPeer, seed: number): Promise<string> {
  const trunk = await send("POST", "/v1/trunks", {
    ...{ name: "Carrier", addresses: [FAR_ADDRESS], host: FAR_ADDRESS, port: far.port },
  });
  const { items } = await send<{ items: { id: string }[] }>("GET", "/v1/campaigns");
  const id = items[0]?.id ?? "";
  await send("PATCH", `/v1/campaigns/${id}`, { trunkIds: [trunk.id] });
  const contacts = numbers(LISTED, seed);
  const { added } = await send<{ added: number }>("POST", `/v1/campaigns/${id}/contacts`, { contacts });
  if (added !== LISTED) throw new Error(`only ${added} of ${LISTED} numbers were taken`);
  return id;
}

async function settled(db: Db): Promise<boolean> {
  const open = await db.selectFrom("attempt").select("id").where("ending", "is", null).execute();
  return open.length === 0;
}

function attemptsOf(db: Db, campaign: string): Promise<Attempt[]> {
  return db
    .selectFrom("attempt")
    .select(["number", "ending", "created_at", "answered_at", "connected_at", "ended_at"])
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom("call_event")
          .select("origin")
          .whereRef("call_event.call_id", "=", "attempt.call_id")
          .where("kind", "=", "CustomerWaits"),
      ).as("waited"),
    )
    .where("campaign_id", "=", campaign)
    .where("id", "not like", `${BEFORE}%`)
    .orderBy("created_at")
    .execute() as never;
}

/** As the simulator adds a day up: agents are busy from hearing the customer until the end of the wrap-up. */
function figures(rows: readonly Attempt[], plan: Plan, from: number, to: number) {
  const inTime = (date: Date | null) => date !== null && date.getTime() >= from && date.getTime() < to;
  const answered = rows.filter(({ answered_at }) => inTime(answered_at));
  const abandoned = answered.filter(({ ending }) => ending === "abandoned");
  const busy = rows.reduce((sum, { connected_at, ended_at }) => {
    if (!connected_at || !ended_at) return sum;
    const end = ended_at.getTime() + plan.wrapUpSeconds * 1000;
    return sum + Math.max(0, Math.min(end, to) - Math.max(connected_at.getTime(), from));
  }, 0);
  return {
    utilisation: busy / (plan.agents * (to - from)),
    abandoned: abandoned.length / Math.max(1, answered.length),
    dialled: rows.filter(({ created_at }) => inTime(created_at)).length,
    answered: answered.length,
  };
}

/** By the clocks of the rows and of the carrier, which are one. */
function delaysOf(rows: readonly Attempt[], far: SippPeer): Delays {
  const notes = new Map<string, { dialled?: number; answered?: number }>();
  for (const { at: when, text } of far.notes()) {
    const [, what, number] = /^(dialled|answered) \[?sip:(\+\d+)/.exec(text) ?? [];
    if (number && what) notes.set(number, { ...notes.get(number), [what]: when });
  }
  const origination: number[] = [];
  const connection: number[] = [];
  for (const { number, created_at, answered_at, connected_at, waited } of rows) {
    const { dialled, answered } = notes.get(number) ?? {};
    if (!answered_at || dialled === undefined || answered === undefined) continue;
    origination.push(dialled - created_at.getTime() + Math.max(0, answered_at.getTime() - answered));
    if (connected_at && !waited) connection.push(connected_at.getTime() - answered_at.getTime());
  }
  return { origination: tenths(origination), connection: tenths(connection) };
}

/** The middles of ten equal parts, in seconds. */
function tenths(milliseconds: readonly number[]): number[] {
  const sorted = [...milliseconds].sort((one, other) => one - other);
  return Array.from({ length: 10 }, (_, part) => Math.max(0, at(sorted, (part + 0.5) / 10)) / 1000);
}
