/**
 * The product's pacer: it dials while the risk that one more answered call would find nobody stays below a threshold,
 * which the budget of abandonment moves.
 */
import type { PacedCall, Pacer, PacingDecision, PacingReason, PacingView, Resolution } from "../pacer.ts";
import { Agents } from "./agents.ts";
import { Answers } from "./answers.ts";
import { Budget } from "./budget.ts";
import { Flight, reachedSince } from "./flight.ts";
import { Latency } from "./latency.ts";
import { type PacingOptions, type Policy, policyOf } from "./options.ts";
import { Outage } from "./outage.ts";
import { Risk } from "./risk.ts";
import { readSaved, saved } from "./snapshot.ts";

/**
 * Without history it is one for one until so many dials are resolved, or twice as many as there are agents, and somebody
 * has answered.
 */
const PROBE = 30;
/** Calls are shed when the risk is so many times what a dial may have. */
const SHED_AT = 3;

/** What held the last decision at its number. */
type Bound = "risk" | "ratio" | "one-for-one" | "guard" | "probe" | "outage" | "room";

export class RiskPace implements Pacer {
  readonly #policy: Policy;
  readonly #answers: Answers;
  readonly #agents: Agents;
  readonly #budget: Budget;
  readonly #latency: Latency;
  readonly #outage: Outage;
  readonly #risk = new Risk();
  readonly #flight = new Flight();
  /** Dials resolved, as far as the probe counts. */
  #resolved = 0;
  #at: number | null = null;
  #team = 0;
  #idle = 0;
  #waiting = 0;
  #q = 0;
  #theta = 0;
  #guard = false;
  #bound: Bound = "probe";
  #dialled = 0;
  #shed = 0;

  constructor(options: PacingOptions, snapshot?: unknown) {
    const policy = policyOf(options);
    const known = readSaved(snapshot);
    this.#policy = policy;
    this.#answers = new Answers(policy, known?.answers);
    this.#agents = new Agents(policy, known?.agents);
    this.#budget = new Budget(policy, known?.budget);
    this.#latency = new Latency(policy.connectLatency, known?.latency);
    this.#outage = new Outage(known?.outage);
    this.#resolved = known?.resolved ?? 0;
    this.#at = known?.at ?? null;
  }

  onDial(call: PacedCall): void {
    this.#answers.reached(call.cls ?? 0, 0);
  }

  onResolved(call: PacedCall, kind: Resolution, age: number): void {
    reachedSince(this.#answers, call.cls, this.#at === null ? 0 : this.#at - call.t0, age);
    // We hung up: nobody knows what would have become of it.
    if (kind === "shed") return;
    this.#resolved = Math.min(this.#resolved + 1, PROBE);
    if (this.#outage.resolved(kind === "fail")) this.#answers.resolved(call.cls ?? 0, age, kind === "live");
  }

  onLive(lost: boolean): void {
    this.#budget.answered(lost);
  }

  onTalkEnd(seconds: number): void {
    this.#agents.talkEnded(seconds);
  }

  onWrapEnd(seconds: number, next: "ready" | "break" | "off"): void {
    this.#agents.wrapEnded(seconds, next === "ready");
  }

  /** A live answer was connected with a free agent: so long it took from the answer until they hear each other. */
  onConnect(seconds: number): void {
    this.#latency.measured(seconds);
  }

  tick(view: PacingView): void {
    this.#flight.take(view.inFlight);
    const before = this.#at ?? view.now;
    const now = Math.max(view.now, before);
    this.#flight.age(this.#answers, before, now);
    this.#answers.pass(now - before);
    this.#agents.pass(now, before, view.agents);
    this.#budget.pass(now, view.windowEnd);
    this.#at = now;
  }

  decide(view: PacingView): PacingDecision {
    this.tick(view);
    const reserve = view.idle - view.waiting;
    this.#idle = view.idle;
    this.#waiting = view.waiting;
    this.#theta = this.#budget.theta();
    this.#guard = this.#budget.guard();
    this.#q = 0;
    this.#bound = "risk";
    this.#prepare(view, reserve);
    const shed = this.#policy.shedding ? this.#shedding(view.now, reserve) : this.#addCalls(view.now, 0);
    const inFlight = this.#flight.size - shed;
    const room = Math.max(0, Math.floor(view.room ?? Number.POSITIVE_INFINITY));
    const most = Math.min(room, Math.floor(this.#policy.mostPerAgent * this.#team) - inFlight);
    this.#dialled = this.#dialling(view, reserve, inFlight, Math.max(0, most));
    this.#shed = shed;
    return shed > 0 ? { dial: this.#dialled, shed: this.#flight.oldest(shed) } : { dial: this.#dialled };
  }

  explain(): PacingReason {
    return {
      q: this.#q,
      theta: this.#theta,
      pHat: this.#answers.rate(),
      guard: this.#guard,
      bound: this.#bound,
      dial: this.#dialled,
      shed: this.#shed,
      inFlight: this.#flight.size,
      idle: this.#idle,
      waiting: this.#waiting,
      agents: this.#team,
      live: this.#budget.live,
      lost: this.#budget.lost,
      allowance: this.#budget.allowance(),
      patience: this.#latency.patience(this.#policy.connectDeadline),
      answersFast: this.#answers.fast(),
      agentsFast: this.#agents.fast(),
      talkSeconds: 1 / this.#agents.talkRate(),
      wrapSeconds: 1 / this.#agents.wrapRate(),
    };
  }

  snapshot(): unknown {
    return saved({
      at: this.#at,
      resolved: this.#resolved,
      outage: this.#outage.saved(),
      answers: this.#answers.saved(),
      agents: this.#agents.saved(),
      budget: this.#budget.saved(),
      latency: this.#latency.saved(),
    });
  }

  /** The agents, busy ones by their chance of being free in time. */
  #prepare(view: PacingView, reserve: number): void {
    this.#risk.start(reserve, view.arrivals ?? 0);
    this.#agents.work(this.#latency.patience(this.#policy.connectDeadline));
    const busy = { talk: 0, wrap: 0, break: 0 };
    this.#team = 0;
    for (const { state, pausePending } of view.agents) {
      this.#team++;
      if (!pausePending && state !== "idle") busy[state]++;
    }
    this.#risk.addAgents(this.#agents.talker, busy.talk);
    this.#risk.addAgents(this.#agents.wrapper, busy.wrap);
    this.#risk.addAgents(this.#agents.pauser, busy.break);
  }

  /** Counts the answers of all calls in flight but the `without` oldest. @returns `without` */
  #addCalls(now: number, without: number): number {
    for (let index = this.#flight.size - 1; index >= without; index--)
      this.#risk.addCall(this.#answers.table, this.#flight.chancesOf(this.#answers, index, now));
    return without;
  }

  /**
   * How many of the oldest calls to hang up: of those that have rung long enough as many as it takes to bring the risk
   * down, and none while there is an idle agent for each. Counts the answers of the others.
   */
  #shedding(now: number, reserve: number): number {
    let left = this.#addCalls(now, this.#flight.rungFor(this.#policy.shedAfter, now));
    const highest = SHED_AT * this.#theta;
    for (; left > 0; left--) {
      const kept = this.#flight.size - left;
      const offset = this.#flight.chancesOf(this.#answers, left - 1, now);
      if (kept >= reserve) this.#q = this.#risk.of(this.#answers.table, offset);
      if (this.#q > highest) break;
      this.#risk.addCall(this.#answers.table, offset);
    }
    return left;
  }

  /** How many to dial. Beyond one for one each needs a risk below the threshold, but in `power`. */
  #dialling(view: PacingView, reserve: number, inFlight: number, most: number): number {
    const oneForOne = Math.max(0, reserve - inFlight);
    const { bound, mostInFlight } = this.#ceiling(reserve);
    const wanted = Math.max(oneForOne, mostInFlight - inFlight);
    this.#bound = wanted > most ? "room" : bound;
    const highest = this.#policy.mode === "power" ? 1 : this.#theta;
    // Even one for one there is a risk when a queue takes the same agents; it may be as much as the target.
    const highestOfOne = view.arrivals ? Math.max(highest, this.#policy.target) : 1;
    for (let dial = 0; dial < Math.min(wanted, most); dial++) {
      const offset = this.#answers.chancesAt(view.next?.[dial] ?? 0, 0);
      const beyond = dial >= oneForOne;
      if (beyond || view.arrivals) this.#q = this.#risk.of(this.#answers.table, offset);
      if (this.#q > (beyond ? highest : highestOfOne)) {
        this.#bound = "risk";
        return dial;
      }
      this.#risk.addCall(this.#answers.table, offset);
    }
    return Math.min(wanted, most);
  }

  /** How many calls may be in flight at most, and why; without a bound only the risk decides. */
  #ceiling(reserve: number): { bound: Bound; mostInFlight: number } {
    const one = Math.max(0, reserve);
    if (this.#guard) return { bound: "guard", mostInFlight: one };
    if (this.#outage.on()) return { bound: "outage", mostInFlight: one };
    if (this.#policy.mode === "progressive") return { bound: "one-for-one", mostInFlight: one };
    if (this.#policy.mode === "power")
      return { bound: "ratio", mostInFlight: Math.floor(one * this.#policy.ratio) };
    const probing = this.#resolved < Math.min(PROBE, 2 * this.#team) || this.#budget.live === 0;
    if (probing) return { bound: "probe", mostInFlight: one };
    return { bound: "risk", mostInFlight: Number.POSITIVE_INFINITY };
  }
}
