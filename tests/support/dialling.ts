/**
 * Campaigns in scenes: a carrier with many people behind it, agents in outbound state, and the attempts as they are in
 * the database.
 */
import type { Callees } from "../../apps/peers/carrier.ts";
import type { PhoneBehaviour } from "../../apps/peers/scenarios.ts";
import { carrier, FAR_ADDRESS, type SippPeer } from "../../apps/peers/sipp.ts";
import { type Db, openDatabase } from "../../apps/store/database.ts";
import { OPEN_POLICY } from "./campaigns.ts";
import type { Scene, TestAgent, TestLine } from "./scene.ts";
import { until } from "./until.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers are read freely in tests; their shape is the API suite's matter.
type Json = any;

export interface AttemptSeen {
  readonly id: string;
  readonly call_id: string;
  readonly number: string;
  readonly ending: string | null;
  readonly cause: number | null;
  readonly agent_id: string | null;
  readonly trunk_key: string | null;
  readonly caller_number: string | null;
  readonly answered_at: Date | null;
  readonly connected_at: Date | null;
  readonly abandoned_at: Date | null;
  readonly message_played_at: Date | null;
  readonly ended_at: Date | null;
  readonly amd: Json;
  readonly pressed: string | null;
}

/** What tests of campaigns do beside what every scene does. */
export class Dialling {
  readonly #scene: Scene;
  readonly db: Db;
  #made = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.db = openDatabase({
      url: scene.instance.databaseUrl,
      name: "test",
      poolSize: 2,
      log: { warn: () => {} },
    });
  }

  close(): Promise<void> {
    return this.db.destroy();
  }

  /** A carrier behind which these people are; all campaigns' calls go there. */
  async carrier(callees: Callees, limits: object = {}): Promise<SippPeer & { readonly trunkId: string }> {
    const peer = carrier(this.#scene.place, callees);
    this.#scene.keep(peer);
    const { items } = await this.#scene.get("/v1/trunks");
    for (const other of items)
      if (other.name.startsWith("Carrier at ")) await this.#scene.must("DELETE", `/v1/trunks/${other.id}`);
    const { id } = await this.#scene.must("POST", "/v1/trunks", {
      name: `Carrier at ${peer.port}`,
      addresses: [FAR_ADDRESS],
      host: FAR_ADDRESS,
      port: peer.port,
      ...limits,
    });
    return Object.assign(peer, { trunkId: id });
  }

  /** Signs in with a phone that answers by itself, in outbound state. */
  async ready(agent: TestAgent, behaviour: Partial<PhoneBehaviour> = {}): Promise<SippPeer> {
    const peer = await this.#scene.onShift(agent, { answerAfterMs: 50, ...behaviour });
    await this.#scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "outbound" });
    return peer;
  }

  /** A campaign that does not run yet, with these numbers on its list. */
  async campaign(
    line: TestLine,
    agents: readonly TestAgent[],
    numbers: readonly string[],
    change: Record<string, Json> = {},
  ): Promise<string> {
    this.#made += 1;
    const row = {
      ...{ key: `c${Date.now().toString(36)}${this.#made}`, name: `Campaign ${Date.now()} ${this.#made}` },
      ...{
        mode: "progressive",
        purpose: "service",
        line_id: line.id,
        queue_id: null,
        policy: JSON.stringify(OPEN_POLICY),
      },
      ...{ calls_per_second: 20, ring_seconds: 15, started_at: new Date() },
      ...change,
    };
    const { id } = await this.db
      .insertInto("campaign")
      .values(row as never)
      .returning("id")
      .executeTakeFirstOrThrow();
    for (const agent of agents)
      await this.db.insertInto("campaign_agent").values({ campaign_id: id, agent_id: agent.id }).execute();
    await this.list(id, numbers);
    return id;
  }

  /** A campaign made, listed and started as a manager does it, through the API. @returns its id */
  async begin({
    numbers,
    ...wanted
  }: { numbers: readonly string[] } & Record<string, Json>): Promise<string> {
    this.#made += 1;
    const name = `${wanted.name} ${this.#made}`;
    const { id } = await this.#scene.must("POST", "/v1/campaigns", { ...wanted, name });
    await this.#scene.must("POST", `/v1/campaigns/${id}/contacts`, { contacts: numbers });
    await this.#scene.must("POST", `/v1/campaigns/${id}/start`);
    return id;
  }

  async list(campaign: string, numbers: readonly string[]): Promise<void> {
    for (const phone of numbers) {
      const { id } = await this.db
        .insertInto("campaign_contact")
        .values({ campaign_id: campaign, contact_id: null, agent_id: null, next_at: new Date(0) } as never)
        .returning("id")
        .executeTakeFirstOrThrow();
      await this.db
        .insertInto("campaign_number")
        .values({ campaign_contact_id: id, campaign_id: campaign, phone, position: 0, zone: null } as never)
        .execute();
    }
  }

  move(campaign: string, state: string): Promise<void> {
    return this.change(campaign, { state });
  }

  /** Columns of its row; the engine is told. */
  async change(campaign: string, change: Record<string, Json>): Promise<void> {
    await this.db
      .updateTable("campaign")
      .set(change as never)
      .where("id", "=", campaign)
      .execute();
    await this.#tell();
  }

  async #tell(): Promise<void> {
    const { items } = await this.#scene.get("/v1/queues");
    await this.#scene.must("PATCH", `/v1/queues/${items[0].id}`, { name: items[0].name });
  }

  /** Uploads a sound. @returns its id */
  async sound(body: FormData): Promise<string> {
    const { url, secrets } = this.#scene.instance;
    const headers = { authorization: `Bearer ${secrets.adminApiKey}` };
    const response = await fetch(`${url}/v1/sounds`, { method: "POST", body, headers });
    const answer = (await response.json()) as { id: string };
    if (response.status >= 300) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
    return answer.id;
  }

  async attempts(campaign: string): Promise<AttemptSeen[]> {
    return this.db
      .selectFrom("attempt")
      .selectAll()
      .where("campaign_id", "=", campaign)
      .orderBy("created_at")
      .execute() as never;
  }

  /** Waits until so many attempts have their endings, and none is open. */
  async settled(campaign: string, count: number, withinMs = 40_000): Promise<AttemptSeen[]> {
    return until(
      `${count} attempts have endings`,
      async () => {
        const rows = await this.attempts(campaign);
        return rows.length >= count && rows.every(({ ending }) => ending !== null) ? rows : undefined;
      },
      withinMs,
    );
  }
}

/** How often each number was dialled, by the carrier's own notes. */
export function dialledBy(peer: SippPeer): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of peer.notes()) {
    const number = /^dialled \[?sip:(\+\d+)/.exec(text)?.[1];
    if (number) counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  return counts;
}
