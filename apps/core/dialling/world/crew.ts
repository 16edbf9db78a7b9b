/** The agents of the dialler's world: who is free, who is busy until when, who goes and comes back. */
import type { PacedAgent } from "../pacer.ts";
import type { Streams } from "./chance.ts";
import { draw } from "./duration.ts";
import type { Fate } from "./numbers.ts";
import type { Leave, Scenario } from "./scenario.ts";

/** An agent; the pacer sees the part that is a `PacedAgent`. */
export interface Member {
  state: PacedAgent["state"];
  since: number;
  pausePending: boolean;
  /** When the talk begins: their phone is rung until then. When the talk and the wrap-up end, and the break after it if there is one. */
  talkBegins: number;
  talkEnds: number;
  wrapUpEnds: number;
  breakEnds: number | undefined;
  /** Is to go after this call; has gone and will come back. */
  leaving: Leave | undefined;
  away: boolean;
}

/** Keeps the queue of free agents, longest idle first. */
export class Crew {
  readonly members: readonly Member[];
  /** Those whom the pacer sees; those who have signed out are not among them. */
  present: readonly Member[];
  readonly idle: Member[];
  /** How many are in each state; those who are away are on a break here. */
  readonly counts: Record<PacedAgent["state"], number>;
  /** Those of the talking whose phone rings still. */
  connecting = 0;
  readonly #scenario: Scenario;
  readonly #streams: Streams;

  constructor(scenario: Scenario, streams: Streams) {
    this.#scenario = scenario;
    this.#streams = streams;
    this.members = Array.from({ length: scenario.agents }, () => ({
      ...{ state: "idle" as const, since: 0, pausePending: false, leaving: undefined, away: false },
      ...{ talkBegins: 0, talkEnds: 0, wrapUpEnds: 0, breakEnds: undefined },
    }));
    this.present = this.members;
    this.idle = [...this.members];
    this.counts = { idle: scenario.agents, talk: 0, wrap: 0, break: 0 };
  }

  /** The agent who has been idle for longest takes the call; undefined: nobody is. @param leavesAt when the customer hangs up, if that is known */
  connect(now: number, who: Fate["who"], talkFactor: number, leavesAt?: number): Member | undefined {
    const member = this.idle.shift();
    if (!member) return undefined;
    const { service, connection } = this.#scenario;
    const talk = draw(service.talk, this.#streams.service) * talkFactor;
    const wrapUp = draw(service.wrapUp, this.#streams.service);
    const isMachine = who === "machine";
    member.talkBegins = now + (connection ? draw(connection, this.#streams.connection) : 0);
    const usual = member.talkBegins + (isMachine ? service.machineTalk : talk);
    member.talkEnds = Math.max(member.talkBegins, leavesAt ?? usual);
    member.wrapUpEnds = member.talkEnds + (isMachine ? service.machineWrapUp : wrapUp);
    const rests = this.#streams.rest() < service.breaks;
    const rest = draw(service.breakTime, this.#streams.rest);
    member.breakEnds = rests ? member.wrapUpEnds + rest : undefined;
    this.#become(member, "talk", now);
    if (member.talkBegins > now) this.connecting++;
    return member;
  }

  /** They hear each other. */
  begin(member: Member, now: number): void {
    this.connecting--;
    member.since = now;
  }

  /** The talk is over, the wrap-up begins. */
  hangUp(member: Member, now: number): void {
    this.#become(member, "wrap", now);
  }

  /** After wrap-up: ready, on a break, or gone. */
  finish(member: Member, now: number): "ready" | "break" | "off" {
    if (member.leaving) return this.#go(member, member.leaving, now);
    this.#become(member, member.breakEnds === undefined ? "idle" : "break", now);
    if (member.state === "break") return "break";
    this.idle.push(member);
    return "ready";
  }

  /** A break, or the time away, is over. Nothing happens to who has meanwhile left, or come back. */
  comeBack(member: Member, now: number): boolean {
    if (member.state !== "break" || member.away) return false;
    this.#become(member, "idle", now);
    this.idle.push(member);
    return true;
  }

  /** A share of the agents goes: free ones and those on a break at once, the others after their call. */
  leave(leave: Leave, now: number): void {
    const count = Math.round(leave.share * this.members.length);
    for (const member of this.members.slice(0, count)) {
      if (member.state === "talk" || member.state === "wrap") {
        member.leaving = leave;
        member.pausePending = leave.announced;
      } else this.#go(member, leave, now);
    }
  }

  /** Those who went are there again. */
  comeBackAll(now: number): Member[] {
    const back = this.members.filter((member) => member.away);
    for (const member of this.members) {
      member.leaving = undefined;
      member.pausePending = false;
    }
    for (const member of back) {
      member.away = false;
      this.#become(member, "idle", now);
      this.idle.push(member);
    }
    this.present = this.members;
    return back;
  }

  #go(member: Member, leave: Leave, now: number): "break" | "off" {
    const place = this.idle.indexOf(member);
    if (place >= 0) this.idle.splice(place, 1);
    member.away = true;
    member.leaving = undefined;
    member.pausePending = false;
    this.#become(member, "break", now);
    if (leave.as === "off") this.present = this.present.filter((other) => other !== member);
    return leave.as;
  }

  #become(member: Member, state: PacedAgent["state"], now: number): void {
    this.counts[member.state]--;
    this.counts[state]++;
    member.state = state;
    member.since = now;
  }
}
