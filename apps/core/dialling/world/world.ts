/**
 * The dialler's world: one campaign of one day in virtual time, with customers, carriers and agents drawn from a
 * scenario, and any `Pacer` in the driver's seat. Knows nothing of the product's pacer.
 *
 * The pacer is asked when something has happened, but at least 0.5 s after the last time, and after 1 s anyway.
 */
import type { PacedCall, Pacer, PacingView } from "../pacer.ts";
import { type Streams, streams } from "./chance.ts";
import { Crew, type Member } from "./crew.ts";
import { draw } from "./duration.ts";
import { type Conditions, type Fate, Numbers } from "./numbers.ts";
import type { Change, Scenario } from "./scenario.ts";
import { type DayResult, Tally } from "./tally.ts";
import { Timeline } from "./timeline.ts";

const SOONEST = 0.5;
const LATEST = 1;

/** What an oracle may ask, and nobody else. */
export interface Knowledge {
  /** What the number that many places ahead would come to if it were dialled now. */
  ahead(place: number): Fate;
  /** When a call in flight is resolved, and how. */
  fateOf(call: PacedCall): { readonly at: number; readonly fate: Fate };
  /** When an agent of the view is free again. */
  freeAt(agent: unknown): number;
}

/** Who drives. The knowledge is for oracles only. */
export type MakePacer = (knowledge: Knowledge, scenario: Scenario) => Pacer;

/** A call that is in flight, or waits for an agent. */
interface Dialled extends PacedCall {
  readonly fate: Fate;
  /** How long after the answer the customer hangs up, if that is known. */
  readonly talk: number | undefined;
  readonly resolvedAt: number;
  over: boolean;
}

type Happening =
  | { readonly kind: "resolved" | "patience"; readonly call: Dialled }
  | { readonly kind: "talk begins" | "talk ends" | "wrap-up ends" | "break ends"; readonly member: Member }
  | { readonly kind: "change begins" | "change ends"; readonly change: Change };

/** A day from its beginning to its end. The same scenario, seed and pacer always give the same result. */
export function simulateDay(scenario: Scenario, seed: number, makePacer: MakePacer): DayResult {
  return new Day(scenario, streams(seed), makePacer).run();
}

class Day {
  readonly #scenario: Scenario;
  readonly #streams: Streams;
  readonly #numbers: Numbers;
  readonly #crew: Crew;
  readonly #tally = new Tally();
  readonly #timeline = new Timeline<Happening>();
  readonly #pacer: Pacer;
  readonly #view: { -readonly [Key in keyof PacingView]: PacingView[Key] };
  readonly #conditions: Conditions = { answer: 1, talk: 1, machines: undefined, failing: 0 };
  readonly #changes = new Set<Change>();
  #inFlight: Dialled[] = [];
  readonly #waiting: Dialled[] = [];
  #now = 0;
  #lastAsked = Number.NEGATIVE_INFINITY;
  #nextAsked = 0;
  #dialled = 0;
  /** Calls that may be begun at this instant, of a bucket that holds one second's. */
  #tokens = 0;
  #tokensAt = 0;

  constructor(scenario: Scenario, chance: Streams, makePacer: MakePacer) {
    this.#scenario = scenario;
    this.#streams = chance;
    this.#numbers = new Numbers(scenario, chance);
    this.#crew = new Crew(scenario, chance);
    this.#tokens = scenario.callsPerSecond ?? 0;
    this.#pacer = makePacer(this.#knowledge(), scenario);
    const windowEnd = scenario.hours * 3600;
    this.#view = { now: 0, idle: 0, waiting: 0, agents: [], inFlight: [], windowEnd };
    for (const change of scenario.changes) {
      this.#timeline.plan(change.at, { kind: "change begins", change });
      if (change.until !== undefined) this.#timeline.plan(change.until, { kind: "change ends", change });
    }
  }

  run(): DayResult {
    const end = this.#view.windowEnd;
    const { counts } = this.#crew;
    for (;;) {
      const at = Math.min(this.#timeline.next, this.#nextAsked, end);
      this.#tally.busy = counts.talk + counts.wrap - this.#crew.connecting;
      this.#tally.present = counts.talk + counts.wrap + counts.idle;
      this.#tally.ringing = this.#inFlight.length;
      this.#tally.until(at);
      this.#now = at;
      if (at >= end) return this.#tally.result();
      if (this.#timeline.next > this.#nextAsked) this.#ask();
      else {
        this.#happen(this.#timeline.take());
        this.#nextAsked = Math.min(this.#nextAsked, Math.max(at, this.#lastAsked + SOONEST));
      }
    }
  }

  #happen(what: Happening | undefined): void {
    switch (what?.kind) {
      case "resolved":
        if (!what.call.over) this.#resolve(what.call);
        break;
      case "patience":
        this.#giveUp(what.call);
        break;
      case "talk begins":
        this.#crew.begin(what.member, this.#now);
        break;
      case "talk ends":
        this.#endTalk(what.member);
        break;
      case "wrap-up ends":
        this.#endWrapUp(what.member);
        break;
      case "break ends":
        if (this.#crew.comeBack(what.member, this.#now)) this.#serve();
        break;
      case "change begins":
        this.#changes.add(what.change);
        if (what.change.leave) this.#crew.leave(what.change.leave, this.#now);
        this.#setConditions();
        break;
      case "change ends":
        this.#changes.delete(what.change);
        if (what.change.leave) this.#crew.comeBackAll(this.#now);
        this.#setConditions();
        this.#serve();
        break;
    }
  }

  #setConditions(): void {
    const changes = [...this.#changes];
    const product = (of: "answer" | "talk"): number =>
      changes.reduce((factor, one) => factor * (one[of] ?? 1), 1);
    this.#conditions.answer = product("answer");
    this.#conditions.talk = product("talk");
    this.#conditions.machines = changes.find((one) => one.machines !== undefined)?.machines;
    this.#conditions.failing = Math.max(0, ...changes.map((one) => one.failing ?? 0));
  }

  // ---- calls

  #resolve(call: Dialled): void {
    const { fate } = call;
    this.#leaveFlight(call);
    if (fate.who === "person" && fate.kind === "machine") this.#tally.count("personsMissed");
    this.#pacer.onResolved(call, fate.kind, this.#now - call.t0);
    if (fate.kind !== "live") return;
    if (fate.who === "machine") this.#tally.count("machinesMissed");
    this.#tally.count("answered");
    this.#tally.minute(this.#now).answered++;
    this.#waiting.push(call);
    this.#serve();
    if (this.#waiting.at(-1) !== call) return;
    if (this.#scenario.patience > 0)
      this.#timeline.plan(this.#now + this.#scenario.patience, { kind: "patience", call });
    else this.#giveUp(call);
  }

  /** Gives those who wait to those who are free. */
  #serve(): void {
    for (let call = this.#waiting[0]; call; call = this.#waiting[0]) {
      const leavesAt = call.talk === undefined ? undefined : call.resolvedAt + call.talk;
      const member = this.#crew.connect(this.#now, call.fate.who, this.#conditions.talk, leavesAt);
      if (!member) return;
      this.#waiting.shift();
      this.#tally.count("connected");
      this.#pacer.onLive(false);
      if (member.talkBegins > this.#now)
        this.#timeline.plan(member.talkBegins, { kind: "talk begins", member });
      this.#timeline.plan(member.talkEnds, { kind: "talk ends", member });
    }
  }

  #giveUp(call: Dialled): void {
    const place = this.#waiting.indexOf(call);
    if (place < 0) return;
    this.#waiting.splice(place, 1);
    this.#tally.count("abandoned");
    this.#tally.minute(call.resolvedAt).abandoned++;
    this.#pacer.onLive(true);
  }

  #leaveFlight(call: Dialled): void {
    call.over = true;
    this.#inFlight.splice(this.#inFlight.indexOf(call), 1);
  }

  // ---- agents

  #endTalk(member: Member): void {
    this.#pacer.onTalkEnd(this.#now - member.since);
    this.#crew.hangUp(member, this.#now);
    if (member.wrapUpEnds <= this.#now) this.#endWrapUp(member);
    else this.#timeline.plan(member.wrapUpEnds, { kind: "wrap-up ends", member });
  }

  #endWrapUp(member: Member): void {
    const seconds = this.#now - member.since;
    const next = this.#crew.finish(member, this.#now);
    this.#pacer.onWrapEnd(seconds, next);
    if (next === "ready") this.#serve();
    else if (member.breakEnds !== undefined && !member.away)
      this.#timeline.plan(member.breakEnds, { kind: "break ends", member });
  }

  // ---- the pacer

  #ask(): void {
    this.#lastAsked = this.#now;
    this.#nextAsked = this.#now + LATEST;
    this.#tally.count("evaluations");
    const view = this.#look();
    this.#pacer.tick(view);
    const { dial, shed } = this.#pacer.decide(view);
    for (const id of shed ?? []) this.#shed(id);
    const room = Math.min(dial, view.room ?? dial);
    this.#tally.count("beyondRoom", dial - room);
    for (let left = room; left > 0; left--) this.#dial();
  }

  #look(): PacingView {
    const view = this.#view;
    view.now = this.#now;
    view.idle = this.#crew.idle.length;
    view.waiting = this.#waiting.length;
    view.agents = this.#crew.present;
    view.inFlight = this.#inFlight;
    view.next = this.#numbers.classesAhead;
    view.room = this.#room();
    return view;
  }

  /** A token bucket of one second, and the trunk's lines; undefined without limits. */
  #room(): number | undefined {
    const { callsPerSecond, mostLines } = this.#scenario;
    if (callsPerSecond === undefined && mostLines === undefined) return undefined;
    let room = Number.POSITIVE_INFINITY;
    if (callsPerSecond !== undefined) {
      const earned = (this.#now - this.#tokensAt) * callsPerSecond;
      this.#tokens = Math.min(Math.max(1, callsPerSecond), this.#tokens + earned);
      this.#tokensAt = this.#now;
      room = Math.floor(this.#tokens);
    }
    if (mostLines !== undefined) room = Math.min(room, Math.max(0, mostLines - this.#lines()));
    return room;
  }

  #lines(): number {
    return this.#inFlight.length + this.#waiting.length + this.#crew.counts.talk;
  }

  #dial(): void {
    const { fate, cls, talk } = this.#numbers.take(this.#now, this.#conditions);
    const { origination, answerRate } = this.#scenario;
    const latency = origination ? draw(origination, this.#streams.latency) : 0;
    const scored = answerRate.kind === "classes" && answerRate.scored;
    const call: Dialled = {
      id: ++this.#dialled,
      t0: this.#now,
      cls: scored ? cls : undefined,
      fate,
      talk,
      resolvedAt: this.#now + latency + fate.after,
      over: false,
    };
    this.#inFlight.push(call);
    this.#tokens--;
    this.#tally.count("dialled");
    this.#tally.ringing = this.#inFlight.length;
    this.#tally.peaks(this.#lines());
    this.#timeline.plan(call.resolvedAt, { kind: "resolved", call });
    this.#pacer.onDial(call);
  }

  #shed(id: PacedCall["id"]): void {
    const call = this.#inFlight.find((one) => one.id === id);
    if (!call || this.#now - call.t0 < this.#scenario.leastRinging) {
      this.#tally.count("shedTooEarly");
      return;
    }
    this.#leaveFlight(call);
    this.#tally.count("shed");
    this.#pacer.onResolved(call, "shed", this.#now - call.t0);
  }

  // ---- what oracles know

  #knowledge(): Knowledge {
    return {
      ahead: (place) => this.#numbers.ahead(place, this.#now, this.#conditions),
      fateOf: (call) => {
        const { resolvedAt, fate } = call as Dialled;
        return { at: resolvedAt, fate };
      },
      freeAt: (agent) => freeAt(agent as Member),
    };
  }
}

function freeAt(member: Member): number {
  if (member.away || member.leaving) return Number.POSITIVE_INFINITY;
  if (member.state === "break") return member.breakEnds ?? Number.POSITIVE_INFINITY;
  return member.state === "idle" ? member.since : (member.breakEnds ?? member.wrapUpEnds);
}
