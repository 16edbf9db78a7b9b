/**
 * A whole instance for integration scenes: real Asterisk, PostgreSQL, engine, AGI app and API, with SIPp peers.
 *
 * A scene makes its own agents, queue and line through the API, so scenes do not see each other.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";
import { type Running, startEverything } from "../../apps/bin/start.ts";
import { loadConfig } from "../../apps/config.ts";
import { findSipp } from "../../apps/host/peers.ts";
import type { CustomerBehaviour, PhoneBehaviour } from "../../apps/peers/scenarios.ts";
import {
  type Account,
  callFromTrunk,
  FAR_ADDRESS,
  farEnd,
  type PeerPlace,
  peerPortsIn,
  phone,
  type SippPeer,
} from "../../apps/peers/sipp.ts";
import { copyFounded } from "./founded.ts";
import { freePorts, peerPorts, rtpPorts } from "./ports.ts";
import { until } from "./until.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers are read freely in tests; their shape is the API suite's matter.
type Json = any;

export interface LiveMessage {
  readonly seq: number;
  readonly topic: string;
  readonly kind: string;
  readonly at: string;
  readonly data: Json;
}

export interface TestAgent {
  readonly id: string;
  readonly name: string;
  readonly shortNumber: string;
  readonly account: Account;
}

export interface TestLine {
  readonly id: string;
  readonly number: string;
  readonly queueId: string;
}

export class Scene {
  readonly instance: Running;
  readonly place: PeerPlace;
  readonly live: LiveMessage[] = [];
  readonly #folder: string;
  readonly #peers: SippPeer[] = [];
  #socket: WebSocket | undefined;
  #next = 200;

  constructor(instance: Running, place: PeerPlace, folder: string) {
    this.instance = instance;
    this.place = place;
    this.#folder = folder;
  }

  /** One request; resolves with status and parsed body. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    key: string = this.instance.secrets.adminApiKey,
  ): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${this.instance.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  }

  /** A request that must succeed. */
  async get(path: string): Promise<Json> {
    return this.#must("GET", path);
  }

  async must(method: string, path: string, body?: unknown): Promise<Json> {
    return this.#must(method, path, body);
  }

  async #must(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await this.ask(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async agent(name: string): Promise<TestAgent> {
    const shortNumber = String(this.#next++);
    const made = await this.#must("POST", "/v1/agents", { name, shortNumber });
    return { id: made.id, name, shortNumber, account: made.sip };
  }

  /** An API key of this agent's own. */
  async keyOf(agent: TestAgent): Promise<string> {
    const body = { name: `key of ${agent.name}`, role: "agent", agentId: agent.id };
    return (await this.#must("POST", "/v1/keys", body)).key;
  }

  async line(
    agents: readonly TestAgent[],
    change: { queue?: object; line?: object } = {},
  ): Promise<TestLine> {
    const number = `+7495100${String(this.#next++).padStart(4, "0")}`;
    const queue = await this.#must("POST", "/v1/queues", {
      name: `Queue ${number}`,
      strategy: "sequential",
      answerSeconds: 5,
      agents: agents.map((agent) => agent.id),
      ...change.queue,
    });
    const line = await this.#must("POST", "/v1/lines", {
      number,
      name: `Line ${number.slice(-4)}`,
      queueId: queue.id,
      // Scenes of other subjects measure times and count what is heard.
      prompts: { arrival: "none", waiting: "none" },
      ...change.line,
    });
    return { id: line.id, number, queueId: queue.id };
  }

  async contact(name: string, number: string, owner?: TestAgent): Promise<string> {
    const made = await this.#must("POST", "/v1/contacts", {
      name,
      phones: [number],
      ownerId: owner?.id ?? null,
    });
    return made.id;
  }

  /** Signs in, registers a phone with this behaviour, goes to inbound, and waits until the agent is available. */
  async onShift(agent: TestAgent, behaviour: PhoneBehaviour): Promise<SippPeer> {
    const peer = await phone(this.place, agent.account, behaviour);
    this.#peers.push(peer);
    await this.#must("POST", `/v1/agents/${agent.id}/sign-in`, {});
    await this.#must("PUT", `/v1/agents/${agent.id}/state`, { state: "inbound" });
    await this.status(agent, "available");
    return peer;
  }

  async status(agent: TestAgent, status: string, withinMs = 15_000): Promise<void> {
    await until(
      `${agent.name} is ${status}`,
      async () => (await this.get(`/v1/agents/${agent.id}`)).live?.status === status,
      withinMs,
    );
  }

  /** A carrier whose far end answers like this; calls to numbers outside go there. */
  async farEnd(behaviour: PhoneBehaviour): Promise<SippPeer> {
    const peer = farEnd(this.place, behaviour);
    this.#peers.push(peer);
    const name = `Carrier at ${peer.port}`;
    const { items } = await this.get("/v1/trunks");
    for (const other of items)
      if (other.name.startsWith("Carrier at ")) await this.#must("DELETE", `/v1/trunks/${other.id}`);
    await this.#must("POST", "/v1/trunks", {
      name,
      addresses: [FAR_ADDRESS],
      host: FAR_ADDRESS,
      port: peer.port,
    });
    return peer;
  }

  /** A customer calls through the demonstration trunk. */
  customer(number: string, behaviour: CustomerBehaviour): SippPeer {
    const peer = callFromTrunk(this.place, number, behaviour);
    this.#peers.push(peer);
    return peer;
  }

  /** A peer of the scene's own making; `clear` ends it with the others. */
  keep(peer: SippPeer): SippPeer {
    this.#peers.push(peer);
    return peer;
  }

  /** Waits for a live message. */
  async heard(
    what: string,
    fits: (message: LiveMessage) => boolean,
    withinMs = 15_000,
  ): Promise<LiveMessage> {
    return until(`the live stream says ${what}`, () => this.live.find(fits), withinMs);
  }

  /** The closed record of the call from this number. */
  async record(from: string, withinMs = 20_000): Promise<Json> {
    return until(
      `the call from ${from} has a closed record`,
      async () => {
        const { items } = await this.get(`/v1/calls?from=${encodeURIComponent(from)}`);
        return items.length === 1 && items[0].endedAt ? items[0] : undefined;
      },
      withinMs,
    );
  }

  async why(call: string): Promise<Json> {
    return this.get(`/v1/calls/${call}/why`);
  }

  /** Channels that Asterisk has now. */
  async channels(): Promise<number> {
    const text = await this.instance.console("core show channels count");
    return Number(/(\d+) active channels?/.exec(text)?.[1] ?? Number.NaN);
  }

  /** Ends all peers and waits until Asterisk is quiet; agents sign out. */
  async clear(): Promise<void> {
    await Promise.all(this.#peers.splice(0).map((peer) => peer.stop()));
    const { items } = await this.get("/v1/agents");
    for (const agent of items)
      if (agent.state !== "offline") await this.#must("POST", `/v1/agents/${agent.id}/sign-out`, {});
    await this.instance.console("channel request hangup all");
    await until("Asterisk is quiet", async () => (await this.channels()) === 0);
  }

  async openStream(): Promise<void> {
    const url = `${this.instance.url.replace("http", "ws")}/v1/stream?topics=calls,agents,queues`;
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${this.instance.secrets.adminApiKey}` },
    });
    socket.on("message", (text) => this.live.push(JSON.parse(String(text)) as LiveMessage));
    socket.on("error", () => {});
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    this.#socket = socket;
  }

  async close(): Promise<void> {
    this.#socket?.terminate();
    await Promise.all(this.#peers.map((peer) => peer.stop()));
    await this.instance.stop();
    if (!process.env.DOZVON_KEEP) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Starts an instance of its own, without the demonstration call. */
export async function openScene(settings: Record<string, string> = {}): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), "dozvon-scene-"));
  chmodSync(folder, 0o755); // Otherwise the data would be moved to where the instance's account can reach them.
  const ports = await freePorts(6);
  const rtp = await rtpPorts();
  peerPortsIn(await peerPorts());
  const keys = ["API", "SIP", "ARI", "AMI", "AGI", "DATABASE"];
  const config = loadConfig({
    ...Object.fromEntries(keys.map((key, index) => [`DOZVON_${key}_PORT`, String(ports[index])])),
    DOZVON_DATA_DIR: join(folder, "data"),
    DOZVON_RTP_FROM: String(rtp.from),
    DOZVON_RTP_TO: String(rtp.to),
    ...settings,
  });
  await copyFounded(config);
  const said: string[] = [];
  const instance = await startEverything({ config, report: (line) => said.push(line), demo: false }).catch(
    (error: unknown) => {
      throw new Error(`the instance did not start: ${String(error)}\n${said.join("\n")}`);
    },
  );
  const sipp = await findSipp(config, () => {});
  const place = {
    sipp,
    folder: join(folder, "peers"),
    asterisk: { address: "127.0.0.1", port: config.sipPort },
  };
  const scene = new Scene(instance, place, folder);
  await scene.openStream();
  return scene;
}
