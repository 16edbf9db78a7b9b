/** Agents who hand customers over: a blind transfer by the API, two seconds into the talk, to a colleague who is free. */
import type { LiveMessage, Scene, TestAgent } from "../support/scene.ts";
import { kindOf } from "./plan.ts";

const AFTER_MS = 2000;

export class Transferrer {
  /** Callers whose transfer was accepted. */
  readonly callers = new Set<string>();
  /** Asked for in vain: the call was over, or nobody was free any more. */
  refused = 0;
  readonly #scene: Scene;
  readonly #agents: readonly TestAgent[];
  readonly #draw: () => number;
  readonly #free = new Set<string>();
  readonly #callerOf = new Map<string, string>();
  readonly #seen = new Set<string>();
  #due: { at: number; call: string; agent: string }[] = [];

  constructor(scene: Scene, agents: readonly TestAgent[], draw: () => number) {
    this.#scene = scene;
    this.#agents = agents;
    this.#draw = draw;
    for (const { id } of agents) this.#free.add(id);
  }

  /** Takes in what the live stream said, and transfers what is due. */
  async act(): Promise<void> {
    for (const message of this.#scene.live.splice(0)) this.#hear(message);
    const due = this.#due.filter(({ at }) => at <= Date.now());
    this.#due = this.#due.filter(({ at }) => at > Date.now());
    for (const { call, agent } of due) await this.#handOver(call, agent);
  }

  #hear({ kind, data }: LiveMessage): void {
    if (kind === "call.arrived") this.#callerOf.set(data.id, data.from);
    if (kind === "agent.changed") {
      if (data.status === "available") this.#free.add(data.id);
      else this.#free.delete(data.id);
    }
    const caller = this.#callerOf.get(data?.id);
    if (kind !== "call.talking" || caller === undefined || this.#seen.has(data.id)) return;
    this.#seen.add(data.id);
    if (kindOf(caller) === "transfer")
      this.#due.push({ at: Date.now() + AFTER_MS, call: data.id, agent: data.agentId });
  }

  async #handOver(call: string, agent: string): Promise<void> {
    const others = this.#agents.filter(({ id }) => id !== agent && this.#free.has(id));
    const target = others[Math.floor(this.#draw() * others.length)];
    if (!target) {
      this.refused++;
      return;
    }
    const body = { type: "blind", to: { agentId: target.id } };
    const { status } = await this.#scene.ask("POST", `/v1/calls/${call}/transfer`, body);
    if (status < 300) this.callers.add(this.#callerOf.get(call) ?? "");
    else this.refused++;
  }
}
