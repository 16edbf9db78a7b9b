/**
 * What could be reached by who knows more than anybody can: the outcome and the answer time of every number before it
 * is dialled (`calls`), and besides when each busy agent will be free (`everything`). A number that nobody answers is
 * dialled at once; one that is answered when the risk that it, or one after it, finds nobody is small enough.
 */
import type { PacedAgent, PacingView } from "../../pacer.ts";
import type { Scenario } from "../scenario.ts";
import type { Knowledge } from "../world.ts";
import { Freeing } from "./freeing.ts";
import { SimplePacer } from "./simple.ts";
import { Steering } from "./steering.ts";

export type Known = "calls" | "everything";

export class Oracle extends SimplePacer {
  readonly #known: Known;
  readonly #knowledge: Knowledge;
  readonly #patience: number;
  readonly #freeing: Freeing;
  readonly #steering = new Steering({ target: 0.028, step: 0.12, start: 0.06, lowest: 0.002, highest: 0.9 });

  constructor(known: Known, knowledge: Knowledge, scenario: Scenario) {
    super();
    this.#known = known;
    this.#knowledge = knowledge;
    this.#patience = scenario.patience;
    this.#freeing = new Freeing(scenario);
  }

  override onLive(lost: boolean): void {
    this.#steering.learn(lost);
  }

  override decide(view: PacingView) {
    const answers: number[] = [];
    for (const call of view.inFlight) {
      const { at, fate } = this.#knowledge.fateOf(call);
      if (fate.kind === "live") answers.push(at);
    }
    answers.sort((a, b) => a - b);
    const busy = [...view.agents].filter((agent) => agent.state !== "idle");
    const most = Math.min(view.room ?? Number.POSITIVE_INFINITY, 20 * (busy.length + view.idle));
    let dial = 0;
    for (; dial < most; dial++) {
      const fate = this.#knowledge.ahead(dial);
      if (fate.kind !== "live") continue;
      const at = view.now + fate.after;
      const place = answers.findIndex((other) => other > at);
      answers.splice(place < 0 ? answers.length : place, 0, at);
      if (this.#risk(view, busy, answers, at) > this.#steering.factor) break;
    }
    return { dial };
  }

  /** The greatest probability, at this answer and those after it, that there are more answers than agents. */
  #risk(view: PacingView, busy: readonly PacedAgent[], answers: readonly number[], from: number): number {
    let risk = 0;
    answers.forEach((at, place) => {
      if (at < from) return;
      const needed = place + 1 - (view.idle - view.waiting);
      if (needed > 0) risk = Math.max(risk, this.#fewerThan(needed, busy, view.now, at + this.#patience));
    });
    return risk;
  }

  /** The probability that fewer than so many of these agents are free by then. */
  #fewerThan(needed: number, busy: readonly PacedAgent[], now: number, by: number): number {
    if (needed > busy.length) return 1;
    // P(exactly k are free) for k below `needed`; the rest does not matter.
    const exactly = new Float64Array(needed);
    exactly[0] = 1;
    for (const agent of busy) {
      const free = this.#freeBy(agent, now, by);
      for (let k = needed - 1; k >= 0; k--)
        exactly[k] = (exactly[k] ?? 0) * (1 - free) + (k > 0 ? (exactly[k - 1] ?? 0) * free : 0);
    }
    return exactly.reduce((sum, one) => sum + one, 0);
  }

  #freeBy(agent: PacedAgent, now: number, by: number): number {
    if (this.#known === "everything") return this.#knowledge.freeAt(agent) <= by ? 1 : 0;
    return this.#freeing.by(agent, now, by - now);
  }
}
