/**
 * When will a busy agent be free? Rates of ending a talk, a wrap-up and a break, learned online from finished and from
 * running ones (right-censored), and a fast multiplier that follows the hour.
 */
import type { PacedAgent } from "../pacer.ts";
import { CELLS, GRID } from "./grid.ts";
import type { Policy } from "./options.ts";

/** So much of the past is kept at each end of a talk or wrap-up: about 670 of them. */
const KEPT = 0.9985;
/** What is believed at first is worth so many ends. */
const BELIEVED = 20;
/** The fast multiplier: memory in seconds, worth in ends, range, caution. */
const FAST_SECONDS = 1200;
const FAST_WORTH = 8;
const FAST_RANGE = 4;
const CAUTION = 0.7;
/** A longer silence between two ticks (a restart) teaches nothing about rates. */
const LONGEST_TICK = 5;
/** Breaks: seconds believed, and how many ends that is worth. */
const BREAK = 300;
const BREAK_WORTH = 2;
/** Wrap-ups over which the share is taken that ends in "ready", and the share believed at first. */
const READY_MEMORY = 200;
const READY_WORTH = 20;
const READY = 0.95;

/** Ends and the seconds they took, the past weighing less. */
interface Stage {
  ends: number;
  seconds: number;
}

export interface AgentsSaved {
  readonly talk: Stage;
  readonly wrap: Stage;
  readonly pause: Stage;
  readonly ready: readonly [number, number];
  readonly fast: readonly [number, number];
  readonly paused: number;
}

export class Agents {
  readonly #talk: Stage;
  readonly #wrap: Stage;
  readonly #pause: Stage;
  /** Wrap-ups that ended in "ready", and all. */
  #ready = READY * READY_WORTH;
  #wrapped = READY_WORTH;
  /** Ends seen and expected in the last minutes. */
  #fastSeen = 0;
  #fastExpected = 0;
  /** Agents on a break at the last tick. */
  #paused = 0;
  /** What is under way: agents, and seconds since their stage began. */
  #talking = 0;
  #talkAges = 0;
  #wrapping = 0;
  #wrapAges = 0;
  /** By each instant of the grid: a talker, one in wrap-up, one on a break is free. */
  readonly talker = new Float64Array(CELLS);
  readonly wrapper = new Float64Array(CELLS);
  readonly pauser = new Float64Array(CELLS);

  constructor(policy: Policy, saved?: AgentsSaved) {
    const believed = (seconds: number): Stage => ({ ends: BELIEVED, seconds: BELIEVED * seconds });
    this.#talk = { ...(saved?.talk ?? believed(policy.talk)) };
    this.#wrap = { ...(saved?.wrap ?? believed(policy.wrap)) };
    this.#pause = { ...(saved?.pause ?? { ends: BREAK_WORTH, seconds: BREAK_WORTH * BREAK }) };
    if (!saved) return;
    [this.#ready, this.#wrapped] = saved.ready;
    [this.#fastSeen, this.#fastExpected] = saved.fast;
    this.#paused = saved.paused;
  }

  talkEnded(seconds: number): void {
    this.#end(this.#talk, seconds);
  }

  wrapEnded(seconds: number, ready: boolean): void {
    this.#end(this.#wrap, seconds);
    const kept = 1 - 1 / READY_MEMORY;
    this.#ready = this.#ready * kept + (ready ? 1 : 0);
    this.#wrapped = this.#wrapped * kept + 1;
  }

  /** Time has passed since `before`: what the agents do now, and for how long they have done it. */
  pass(now: number, before: number, agents: Iterable<PacedAgent>): void {
    const passed = Math.max(0, now - before);
    this.#look(now, before, agents, Math.min(passed, LONGEST_TICK));
    const kept = Math.exp(-passed / FAST_SECONDS);
    this.#fastSeen *= kept;
    this.#fastExpected *= kept;
  }

  #look(now: number, before: number, agents: Iterable<PacedAgent>, passed: number): void {
    this.#talking = this.#talkAges = this.#wrapping = this.#wrapAges = 0;
    let paused = 0;
    let stayed = 0;
    for (const { state, since } of agents) {
      const age = Math.max(0, now - since);
      if (state === "talk") {
        this.#talking++;
        this.#talkAges += age;
      } else if (state === "wrap") {
        this.#wrapping++;
        this.#wrapAges += age;
      } else if (state === "break") {
        paused++;
        if (since <= before) stayed++;
      }
    }
    const ends = this.#talking * this.#rateOf(this.#talk) + this.#wrapping * this.#rateOf(this.#wrap);
    this.#fastExpected += passed * ends;
    // Whoever was on a break and is no longer has ended it.
    this.#pause.ends += Math.max(0, this.#paused - stayed);
    this.#pause.seconds += passed * paused;
    this.#paused = paused;
    this.#forgetPauses();
  }

  /** How the ends of the last minutes stand to the learned rates. */
  fast(): number {
    const ratio = (this.#fastSeen + FAST_WORTH) / (this.#fastExpected + FAST_WORTH);
    return Math.min(Math.max(ratio, 1 / FAST_RANGE), FAST_RANGE);
  }

  /**
   * Works out `talker`, `wrapper` and `pauser` for the instants of the grid, each `patience` seconds later: so long an
   * answered customer may wait. With caution: rates are taken a little too low while little is known of the last minutes.
   */
  work(patience: number): void {
    const careful = this.fast() / (1 + CAUTION / Math.sqrt(this.#fastExpected + FAST_WORTH));
    const talk = careful * this.talkRate();
    const wrap = careful * this.wrapRate();
    const pause = this.#pause.ends / this.#pause.seconds;
    const ready = this.#ready / this.#wrapped;
    for (let cell = 0; cell < CELLS; cell++) {
      const ahead = (GRID[cell] as number) + patience;
      this.talker[cell] = ready * bothBy(ahead, talk, wrap);
      this.wrapper[cell] = -ready * Math.expm1(-wrap * ahead);
      this.pauser[cell] = -Math.expm1(-pause * ahead);
    }
  }

  /** Talks that end per second of talking, running ones counted. */
  talkRate(): number {
    return this.#talk.ends / (this.#talk.seconds + this.#talkAges);
  }

  wrapRate(): number {
    return this.#wrap.ends / (this.#wrap.seconds + this.#wrapAges);
  }

  saved(): AgentsSaved {
    return {
      talk: { ...this.#talk },
      wrap: { ...this.#wrap },
      pause: { ...this.#pause },
      ready: [this.#ready, this.#wrapped],
      fast: [this.#fastSeen, this.#fastExpected],
      paused: this.#paused,
    };
  }

  #rateOf(stage: Stage): number {
    return stage === this.#talk ? this.talkRate() : this.wrapRate();
  }

  #end(stage: Stage, seconds: number): void {
    if (!(seconds >= 0)) return;
    stage.ends = stage.ends * KEPT + 1;
    stage.seconds = stage.seconds * KEPT + seconds;
    this.#fastSeen++;
  }

  #forgetPauses(): void {
    if (this.#pause.ends < 200) return;
    this.#pause.ends /= 2;
    this.#pause.seconds /= 2;
  }
}

/** The chance that a talk and then a wrap-up are over by `ahead`, with their rates; stable where the rates are equal. */
function bothBy(ahead: number, talk: number, wrap: number): number {
  const apart = wrap - talk;
  const drawn = Math.abs(apart * ahead) < 1e-8 ? ahead : -Math.expm1(-apart * ahead) / apart;
  return Math.max(0, 1 - Math.exp(-talk * ahead) * (1 + talk * drawn));
}
