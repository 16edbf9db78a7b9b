/** The endless list of numbers, and what becomes of each when it is dialled. */
import type { Resolution } from "../pacer.ts";
import type { Chance, Streams } from "./chance.ts";
import { lasting, overBy } from "./duration.ts";
import type { Listed, Scenario } from "./scenario.ts";

/** What a dial will come to. */
export interface Fate {
  readonly kind: Exclude<Resolution, "shed">;
  /** Seconds from the dial until that is known. */
  readonly after: number;
  /** Who is at the other end: "live" may be a machine that was missed, "machine" a person. */
  readonly who: "person" | "machine" | "nobody";
}

/** What changes multiply or replace at this moment. */
export interface Conditions {
  answer: number;
  talk: number;
  machines: number | undefined;
  failing: number;
}

/** The draws of one number: as many whatever becomes of it, so that every policy meets the same numbers. */
interface Entry {
  readonly outcome: number;
  readonly otherwise: number;
  readonly taken: number;
  readonly time: number;
  readonly cls: number;
}

/** The numbers in their order; a number is looked at before it is taken only by who asks `ahead`. */
export class Numbers {
  readonly #scenario: Scenario;
  readonly #streams: Streams;
  readonly #entries: Entry[] = [];
  readonly #classes: number[] = [];
  readonly #lookAhead: number;
  #taken = 0;
  /** Persons who would answer later than the longest ringing are not among those who answer. */
  readonly #personsInTime: number;

  constructor(scenario: Scenario, streams: Streams) {
    this.#scenario = scenario;
    this.#streams = streams;
    this.#personsInTime = overBy(scenario.calls.person, scenario.calls.mostRinging);
    this.#lookAhead = Math.max(64, 8 * scenario.agents);
  }

  /** Classes of the numbers that come next; undefined without scoring. */
  get classesAhead(): readonly number[] | undefined {
    const { answerRate } = this.#scenario;
    if (answerRate.kind !== "classes" || !answerRate.scored) return undefined;
    while (this.#classes.length < this.#lookAhead) this.#entry(this.#classes.length);
    return this.#classes;
  }

  /** What would become of the number that many places ahead if it were dialled now. For oracles. */
  ahead(place: number, now: number, conditions: Conditions): Fate {
    return this.#fate(this.#entry(place), now, conditions);
  }

  /** Takes the next number. */
  take(now: number, conditions: Conditions): { readonly fate: Fate; readonly cls: number } & Partial<Listed> {
    const listed = this.#scenario.list?.[this.#taken++];
    if (listed) return { ...listed, cls: 0 };
    if (this.#scenario.list) throw new RangeError("the list ended before the day");
    const entry = this.#entry(0);
    this.#entries.shift();
    this.#classes.shift();
    return { fate: this.#fate(entry, now, conditions), cls: entry.cls };
  }

  #entry(place: number): Entry {
    while (this.#entries.length <= place) {
      const { call, numberClass } = this.#streams;
      const entry = {
        outcome: call(),
        otherwise: call(),
        taken: call(),
        time: call(),
        cls: this.#classOf(numberClass),
      };
      this.#entries.push(entry);
      this.#classes.push(entry.cls);
    }
    return this.#entries[place] as Entry;
  }

  #classOf(chance: Chance): number {
    const { answerRate } = this.#scenario;
    if (answerRate.kind !== "classes") return 0;
    let rest = chance();
    const place = answerRate.classes.findIndex(({ share }) => {
      rest -= share;
      return rest < 0;
    });
    return place < 0 ? answerRate.classes.length - 1 : place;
  }

  #answered(now: number, cls: number, factor: number): number {
    const { answerRate } = this.#scenario;
    const constant = answerRate.kind === "classes" ? (answerRate.classes[cls]?.p ?? 0) : answerRate.p;
    const p =
      answerRate.kind === "drift"
        ? constant * (1 + answerRate.swing * Math.sin((2 * Math.PI * now) / answerRate.period))
        : constant;
    return Math.min(0.98, p * factor);
  }

  #fate(entry: Entry, now: number, conditions: Conditions): Fate {
    const { calls } = this.#scenario;
    const { time } = entry;
    // A number's chances lie in [0, 1) from the top, so that an outage takes away answers and moves nothing else.
    const working = 1 - conditions.failing;
    if (entry.outcome >= working) return { kind: "fail", after: lasting(calls.failure, time), who: "nobody" };
    if (entry.outcome < this.#answered(now, entry.cls, conditions.answer) * working) {
      const kind = entry.taken < calls.personsMissed ? "machine" : "live";
      return { kind, after: lasting(calls.person, time * this.#personsInTime), who: "person" };
    }
    const machines = conditions.machines ?? calls.machines;
    if (entry.otherwise < machines) {
      const kind = entry.taken < calls.machinesMissed ? "live" : "machine";
      return { kind, after: Math.min(lasting(calls.machine, time), calls.mostRinging), who: "machine" };
    }
    const failures = calls.failures * ((1 - machines) / (1 - calls.machines));
    if (entry.otherwise < machines + failures)
      return { kind: "fail", after: lasting(calls.failure, time), who: "nobody" };
    return {
      kind: "noanswer",
      after: Math.min(lasting(calls.nobody, time), calls.mostRinging),
      who: "nobody",
    };
  }
}
