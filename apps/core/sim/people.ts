/**
 * Callers and agents: how long they wait, how long they let it ring, how long they talk. What the day recorded of
 * a call is replayed; what it did not record is drawn from what it recorded of others.
 */
import type { AgentId } from "../floor.ts";
import type { DayAnswer, DayCall, DayWrapUp, RecordedDay, VainRing } from "../records/day.ts";
import { OUTCOMES } from "../statistics/outcomes.ts";
import { type Dice, dice } from "./dice.ts";
import { Patience } from "./patience.ts";

/** What a phone that rings comes to, if nothing comes in between. `Infinity`: it is let ring. */
export interface Reaction {
  readonly afterMs: number;
  readonly answers: boolean;
}

/** With fewer offers than this an agent's own habits are not known, and everybody's are taken. */
const ENOUGH = 5;
const LETS_RING: Reaction = { afterMs: Number.POSITIVE_INFINITY, answers: false };

export class People {
  readonly #dice: Dice;
  readonly #patience: Patience;
  readonly #everybody: Habits = newHabits();
  readonly #habits = new Map<AgentId, Habits>();
  readonly #answers: DayAnswer[] = [];
  readonly #wrapUps: DayWrapUp[] = [];

  constructor(day: RecordedDay, seed: number) {
    this.#dice = dice(seed);
    // Outside the working hours, and in a menu, nobody waits for an agent.
    const waited = day.calls.filter(({ ending }) => !["out-of-hours", "not-ours"].includes(OUTCOMES[ending]));
    this.#patience = new Patience(
      waited.map(({ waitMs, ending }) => ({ ms: waitMs, gaveUp: ending === "abandoned" })),
    );
    for (const call of day.calls) this.#learn(call);
  }

  #learn({ answer, vain }: DayCall): void {
    if (answer) {
      this.#answers.push(answer);
      if (answer.wrapUp) this.#wrapUps.push(answer.wrapUp);
      for (const habits of this.#ofBoth(answer.agentId)) habits.answered.push(answer.ringMs);
    }
    for (const ring of vain) for (const habits of this.#ofBoth(ring.agentId)) habits.vain.push(ring);
  }

  #ofBoth(agent: AgentId | undefined): readonly Habits[] {
    if (agent === undefined) return [this.#everybody];
    const own = this.#habits.get(agent) ?? newHabits();
    this.#habits.set(agent, own);
    return [own, this.#everybody];
  }

  /** Milliseconds from arrival until this caller gives up; the recorded ones where the record knows them. */
  patience(call: DayCall): number {
    if (call.ending === "abandoned") return call.waitMs;
    const known = call.ending === "out_of_hours" ? 0 : call.waitMs;
    return this.#patience.draw(this.#dice("patience", call.id), known);
  }

  /** How long this caller and an agent talk. */
  talkMs(call: DayCall): number {
    return (call.answer ?? pick(this.#answers, this.#dice("talk", call.id)))?.talkMs ?? 0;
  }

  /**
   * How long after the talk the agent completes the service; Infinity: leaves it to the limit. As recorded, else as
   * after another call of the day; on a day without wrap-ups the whole limit, or nothing where there is none.
   */
  completesAfterMs(call: DayCall, limited: boolean): number {
    const wrapUp = call.answer?.wrapUp ?? pick(this.#wrapUps, this.#dice("wrap-up", call.id));
    if (wrapUp?.completed) return wrapUp.ms;
    return limited ? Number.POSITIVE_INFINITY : (wrapUp?.ms ?? 0);
  }

  /** What this agent does when the phone rings for this call. @param attempt how often it rang there before */
  reaction(call: DayCall, agent: AgentId, attempt: number): Reaction {
    const vain = call.vain.filter((ring) => ring.agentId === agent)[attempt];
    if (vain) return inVain(vain);
    if (call.answer?.agentId === agent) return { afterMs: call.answer.ringMs, answers: true };
    const own = this.#habits.get(agent);
    const habits = own && own.answered.length + own.vain.length >= ENOUGH ? own : this.#everybody;
    const offers = habits.answered.length + habits.vain.length;
    const place = Math.floor(this.#dice("ring", call.id, agent, attempt) * offers);
    const inTime = habits.answered[place];
    if (inTime !== undefined) return { afterMs: inTime, answers: true };
    const ring = habits.vain[place - habits.answered.length];
    return ring ? inVain(ring) : { afterMs: 0, answers: true };
  }
}

/** An agent's offers of the day. */
interface Habits {
  readonly answered: number[];
  readonly vain: VainRing[];
}

function newHabits(): Habits {
  return { answered: [], vain: [] };
}

function inVain(ring: VainRing): Reaction {
  return ring.refused ? { afterMs: ring.ringMs, answers: false } : LETS_RING;
}

function pick<Value>(values: readonly Value[], draw: number): Value | undefined {
  return values[Math.floor(draw * values.length)];
}
