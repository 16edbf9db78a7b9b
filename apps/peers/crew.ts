/** The demonstration agents at work: SIPp phones that are registered, and agents who are signed in. */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { HostError } from "../host/problem.ts";
import { type ApiClient, ApiError } from "./client.ts";
import type { Credentials } from "./instance.ts";
import { type PeerPlace, phone, register, type SippPeer } from "./sipp.ts";

const AVAILABLE_WITHIN_MS = 10_000;
/** As long as a person needs to look at the screen and press. */
const ANSWER_AFTER_MS = 900;

type Agent = Credentials["agents"][number];

interface Live {
  readonly status: string;
  readonly call: { readonly id: string; readonly phase: string } | null;
}

interface Work {
  readonly state: "inbound" | "outbound";
  readonly answerAfterMs: number;
}

const INBOUND: Work = { state: "inbound", answerAfterMs: ANSWER_AFTER_MS };

/** Agents who came for a call; `leave` brings everything back to where it was. */
export interface Crew {
  readonly agents: readonly Agent[];
  leave(): Promise<void>;
}

/**
 * Registers a phone for each agent and signs the agents in, until all of them are available.
 * @param speech a µ-law file that whoever answers speaks.
 * @param work the state in which they wait for calls, and how soon their phones answer
 * @throws HostError when Asterisk or the API does not want them; nobody is left behind then.
 */
export async function bringCrew(
  api: ApiClient,
  place: PeerPlace,
  agents: readonly Agent[],
  speech: string,
  work: Work = INBOUND,
): Promise<Crew> {
  const phones: { agent: Agent; peer: SippPeer }[] = [];
  const leave = async (): Promise<void> => {
    const signedIn = agents.map(({ id }) => api.send("POST", `/v1/agents/${id}/sign-out`).catch(() => {}));
    await Promise.all(signedIn);
    await Promise.all(phones.splice(0).map(({ agent, peer }) => goHome(place, agent, peer)));
  };
  try {
    for (const agent of agents) {
      const peer = await phone(place, agent.sip, { answerAfterMs: work.answerAfterMs, speech });
      phones.push({ agent, peer });
      await api.send("POST", `/v1/agents/${agent.id}/sign-in`);
      await api.send("PUT", `/v1/agents/${agent.id}/state`, { state: work.state });
    }
    const status = work.state === "inbound" ? "available" : work.state;
    for (const agent of agents) await available(api, agent, status);
    return { agents, leave };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** Where the demonstration's voices are. */
export function voice(home: string, language: "en" | "ru", who: "customer" | "agent"): string {
  return join(home, "sounds", language, `demo-${who}.ulaw`);
}

async function goHome(place: PeerPlace, agent: Agent, peer: SippPeer): Promise<void> {
  await peer.stop();
  await register(place, agent.sip, peer.port, 0).catch(() => {});
}

/** The call before may have left its agent in wrap-up, for as long as the queue says. */
async function complete(api: ApiClient, { id: agentId }: Pick<Agent, "id">, call: string): Promise<void> {
  const topics = (await api.get<{ items: { id: string; archived: boolean }[] }>("/v1/topics")).items;
  const topic = topics.find(({ archived }) => !archived);
  const body = { agentId, topicIds: topic ? [topic.id] : [] };
  await api.send("POST", `/v1/calls/${call}/complete`, body).catch((error: unknown) => {
    // Completed already: it has just ended by itself.
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  });
}

/** Waits until this agent is; a wrap-up is ended. @throws HostError after ten seconds */
export async function available(
  api: ApiClient,
  agent: Pick<Agent, "id" | "name">,
  status = "available",
): Promise<void> {
  const until = performance.now() + AVAILABLE_WITHIN_MS;
  for (;;) {
    const { live } = await api.get<{ live: Live | null }>(`/v1/agents/${agent.id}`);
    if (live?.status === status) return;
    if (live?.call?.phase === "wrap-up") await complete(api, agent, live.call.id);
    if (performance.now() > until)
      throw new HostError(
        `${agent.name} did not become available (${live?.status ?? "the engine is away"}).`,
      );
    await pause(50);
  }
}
