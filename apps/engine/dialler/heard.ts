/**
 * What the pacers are told, out of what happened on the floor.
 */

import { agentsOf } from "../../core/dialling/agents.ts";
import type { AttemptEnding } from "../../core/dialling/campaign.ts";
import type { Attempt } from "../../core/dialling/floor.ts";
import type { Resolution } from "../../core/dialling/pacer.ts";
import type { DomainEvent } from "../../core/events.ts";
import type { AgentId, Floor } from "../../core/floor.ts";
import type { CampaignRun } from "./run.ts";

/** What became of a dial that nobody answered, for the pacer. */
const RESOLUTIONS: Readonly<Partial<Record<AttemptEnding, Resolution>>> = {
  machine: "machine",
  no_answer: "noanswer",
  busy: "fail",
  rejected: "fail",
  unreachable: "fail",
  not_in_service: "fail",
  failed: "fail",
  lost: "fail",
  shed: "shed",
  cancelled: "shed",
  not_placed: "shed",
};

/** Keeps what has to be remembered between events: how long talks and wrap-ups last, and attempts until they are over. */
export class PacersEars {
  readonly #floor: () => Floor;
  readonly #runs: ReadonlyMap<string, CampaignRun>;
  /** The attempts as they were last: events come when the floor has moved on already. */
  readonly #attempts = new Map<Attempt["id"], Attempt>();
  readonly #talks = new Map<AgentId, number>();
  readonly #wraps = new Map<AgentId, number>();
  /** Whether somebody waited for an agent: their connection says nothing of how long we need for one. */
  readonly #waited = new Set<Attempt["id"]>();

  constructor(floor: () => Floor, runs: ReadonlyMap<string, CampaignRun>) {
    this.#floor = floor;
    this.#runs = runs;
  }

  /** @returns whether the number of calls in flight, or of agents who are free, may have changed */
  hear(event: DomainEvent): boolean {
    switch (event.kind) {
      case "AttemptDialled":
        return this.#ofAttempt(event, (run, attempt) => {
          if (event.refusedBy.length === 0) run.dialled(attempt);
        });
      case "AttemptAnswered":
        return this.#ofAttempt(event, (run, attempt) => run.resolved(attempt, "live", event.at));
      case "AnnouncementHeard":
        return this.#ofAttempt(event, (run, attempt) => run.resolved(attempt, "live", event.at));
      case "MachineHeard":
        return this.#ofAttempt(event, (run, attempt) => run.resolved(attempt, "machine", event.at));
      case "CustomerWaits":
        this.#waited.add(event.attempt);
        return true;
      case "CustomerAbandoned":
        return this.#ofAttempt(event, (run) => run.live(true));
      case "AttemptOver":
        this.#over(event);
        return true;
      case "TalkStarted":
        this.#talkStarted(event);
        return true;
      case "TalkEnded":
        this.#talkEnded(event.agent, event.at);
        return true;
      case "WrapUpStarted":
        this.#wraps.set(event.agent, event.at);
        return true;
      case "WrapUpEnded":
        this.#wrapEnded(event.agent, event.at);
        return true;
      case "StateChosen":
      case "DeviceChanged":
      case "OpenLineChanged":
      case "AgentOffered":
      case "OfferEnded":
      case "CampaignsLoaded":
      case "AttemptHungUp":
        return true;
      default:
        return false;
    }
  }

  /** After a restart: dials that are still under way. */
  recovered(attempts: Iterable<Attempt>): void {
    for (const attempt of attempts) this.#attempts.set(attempt.id, attempt);
  }

  #ofAttempt(
    { attempt: id, campaign }: { attempt: string; campaign: string },
    tell: (run: CampaignRun, attempt: Attempt) => void,
  ): true {
    const attempt = this.#floor().attempts.get(id) ?? this.#attempts.get(id);
    const run = this.#runs.get(campaign);
    if (attempt) this.#attempts.set(id, attempt);
    if (attempt && run) tell(run, attempt);
    return true;
  }

  #over(event: Extract<DomainEvent, { kind: "AttemptOver" }>): void {
    this.#ofAttempt(event, (run, attempt) => {
      const kind = RESOLUTIONS[event.ending];
      if (kind) run.resolved(attempt, kind, event.at);
      // Who hung up before the deadline was answered by a person and is no abandoned call.
      if (event.ending === "hung_up" || event.ending === "self_service") run.live(false);
      run.over(event.attempt);
    });
    this.#attempts.delete(event.attempt);
    this.#waited.delete(event.attempt);
  }

  #talkStarted({ agent, at, call }: Extract<DomainEvent, { kind: "TalkStarted" }>): void {
    this.#talks.set(agent, at);
    const channel = this.#floor().calls.get(call)?.channel;
    const attempt = channel === undefined ? undefined : this.#attempts.get(channel);
    const run = attempt && this.#runs.get(attempt.campaignId);
    if (!run || attempt.stage === "talking") return;
    this.#attempts.set(attempt.id, { ...attempt, stage: "talking" });
    run.live(false);
    if (attempt.liveAt !== undefined && !this.#waited.has(attempt.id))
      run.connected(Math.max(0, (at - attempt.liveAt) / 1000));
  }

  #talkEnded(agent: AgentId, at: number): void {
    const since = this.#talks.get(agent);
    this.#talks.delete(agent);
    if (since === undefined) return;
    for (const run of this.#runsOf(agent)) run.pacer.onTalkEnd(Math.max(0, (at - since) / 1000));
    const wrapsUp = this.#floor().agents.get(agent)?.call?.phase === "wrap-up";
    if (!wrapsUp) this.#afterwards(agent, 0);
  }

  #wrapEnded(agent: AgentId, at: number): void {
    const since = this.#wraps.get(agent);
    this.#wraps.delete(agent);
    if (since !== undefined) this.#afterwards(agent, Math.max(0, (at - since) / 1000));
  }

  #afterwards(agent: AgentId, seconds: number): void {
    const { state, pendingState } = this.#floor().agents.get(agent) ?? {};
    const next = pendingState ?? state;
    const how = next === "offline" || next === undefined ? "off" : next === "break" ? "break" : "ready";
    for (const run of this.#runsOf(agent)) run.pacer.onWrapEnd(seconds, how);
  }

  #runsOf(agent: AgentId): CampaignRun[] {
    const floor = this.#floor();
    return [...this.#runs.values()].filter(({ campaign }) => agentsOf(floor, campaign).includes(agent));
  }
}
