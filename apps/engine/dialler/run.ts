/**
 * One running campaign: its pacer, what it is told, and how many are being written down at this moment.
 */
import type { Campaign } from "../../core/dialling/campaign.ts";
import type { Attempt } from "../../core/dialling/floor.ts";
import type { CallRef, Pacer, PacingReason, PacingView, Resolution } from "../../core/dialling/pacer.ts";
import { createPacer, type PacingOptions } from "../../core/dialling/pacing.ts";
import { type Idle, toldAfter } from "../../core/dialling/why-idle.ts";

/** Pacing needs no more than this often to be thought about. */
const LEAST_MS = 500;
/** So many numbers of the list are thought of at once. */
const LOOK_AHEAD = 64;
/** After the list had nobody who may be called now. */
const EMPTY_MS = 3000;
/** From the dial until a phone rings, at most as a rule: carriers need so long, and the law counts rings. */
const SET_UP_SECONDS = 5;

export interface Wanted {
  readonly dial: number;
  readonly shed: readonly CallRef[];
}

type RiskPacer = ReturnType<typeof createPacer>;

export class CampaignRun {
  campaign: Campaign;
  /** Attempts that are being written down. */
  taking = 0;
  #pacer: RiskPacer;
  #options: string;
  #decidedAt = 0;
  #emptyUntil = 0;
  /** Why nobody is dialled, since when, and whether that was told. */
  #idle: { code: Idle["code"]; since: number; told: boolean } | undefined;
  /** Resolved already: a call that was answered ends later, and is not resolved twice. */
  readonly #resolved = new Set<Attempt["id"]>();
  /** Classes of the numbers that were dialled last: those that come next on the list are like them. */
  readonly #classes: number[] = [];

  constructor(campaign: Campaign, snapshot: unknown) {
    this.campaign = campaign;
    const options = optionsOf(campaign);
    this.#options = JSON.stringify(options);
    this.#pacer = createPacer(options, snapshot);
  }

  /** Settings were changed while it runs: what was learnt stays. */
  change(campaign: Campaign): void {
    this.campaign = campaign;
    const options = optionsOf(campaign);
    const text = JSON.stringify(options);
    if (text === this.#options) return;
    this.#options = text;
    this.#pacer = createPacer(options, this.#pacer.snapshot());
  }

  get pacer(): Pacer {
    return this.#pacer;
  }

  /** In how many milliseconds it may be thought about: 0 now, undefined not before something else has happened. */
  dueIn(at: number): number | undefined {
    const { state, mode } = this.campaign;
    if (state !== "running" || mode === "preview" || this.taking > 0) return undefined;
    return Math.max(0, this.#decidedAt + LEAST_MS - at, this.#emptyUntil - at);
  }

  /** What to dial and what to hang up now. `over`: the limit is passed by the rows, so only one for one. */
  decide(view: PacingView, at: number, over: boolean): Wanted {
    this.#decidedAt = at;
    const room = Math.max(0, Math.floor(view.room ?? 0));
    if (this.campaign.mode === "agentless") return { dial: room, shed: [] };
    const { dial, shed = [] } = this.#pacer.decide({ next: this.#classes, ...view });
    const inFlight = [...view.inFlight].length;
    // Where none may be abandoned there is no risk to take, not even before anything is known.
    const none = this.campaign.policy.abandonment.limitPercent === 0;
    const most = over || none ? Math.max(0, view.idle - view.waiting - inFlight) : dial;
    return { dial: Math.min(dial, most, room), shed };
  }

  /** Nobody on the list may be called now. */
  listEmpty(at: number): void {
    this.#emptyUntil = at + EMPTY_MS;
  }

  isListEmpty(at: number): boolean {
    return this.#emptyUntil > at;
  }

  /** It dials nobody, and why. @returns whether that is to be told: once, when it has stood for a while */
  idle(why: Idle, at: number): boolean {
    if (why.code !== this.#idle?.code) this.#idle = { code: why.code, since: at, told: false };
    if (this.#idle.told || at - this.#idle.since < toldAfter(why)) return false;
    this.#idle.told = true;
    return true;
  }

  /** It has dialled somebody. */
  busy(): void {
    this.#idle = undefined;
  }

  /** Somebody may be due again: contacts were added, or a rule changed. */
  listChanged(): void {
    this.#emptyUntil = 0;
  }

  dialled(attempt: Attempt): void {
    this.#classes.push(attempt.cls ?? 0);
    if (this.#classes.length > LOOK_AHEAD) this.#classes.shift();
    this.#pacer.onDial(pacedCall(attempt));
  }

  resolved(attempt: Attempt, kind: Resolution, at: number): void {
    if (this.#resolved.has(attempt.id)) return;
    this.#resolved.add(attempt.id);
    this.#pacer.onResolved(pacedCall(attempt), kind, Math.max(0, (at - attempt.dialledAt) / 1000));
  }

  /** A live person got an agent, or did not. */
  live(lost: boolean): void {
    this.#pacer.onLive(lost);
  }

  /** So long it took from the answer until the agent was there, when one was free at once. */
  connected(seconds: number): void {
    this.#pacer.onConnect(seconds);
  }

  over(attempt: Attempt["id"]): void {
    this.#resolved.delete(attempt);
  }

  snapshot(): unknown {
    return this.#pacer.snapshot();
  }

  explain(): PacingReason {
    return this.#pacer.explain();
  }
}

function pacedCall({ id, dialledAt, cls }: Attempt) {
  return { id, t0: dialledAt / 1000, cls };
}

function optionsOf(campaign: Campaign): PacingOptions {
  const { mode, ratio, ringSeconds, shedding, policy } = campaign;
  const { limitPercent, connectSeconds } = policy.abandonment;
  return {
    mode: mode === "power" || mode === "predictive" ? mode : "progressive",
    ratio,
    limit: limitPercent / 100,
    connectDeadline: connectSeconds,
    ringSeconds,
    shedding,
    shedAfter: policy.minRingSeconds + SET_UP_SECONDS,
  };
}
