/** What simple policies have in common: they look at counts, and remember nothing that a restart would need. */
import type { Pacer, PacingView, Resolution } from "../../pacer.ts";

export interface Counts {
  readonly idle: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly talking: number;
  readonly inWrapUp: number;
  readonly onBreak: number;
}

/** How many there are of each. */
export function countsOf(view: PacingView): Counts {
  const by = { idle: 0, talk: 0, wrap: 0, break: 0 };
  for (const agent of view.agents) by[agent.state]++;
  return {
    idle: view.idle,
    waiting: view.waiting,
    inFlight: inFlight(view),
    talking: by.talk,
    inWrapUp: by.wrap,
    onBreak: by.break,
  };
}

/** How many are dialled and not resolved. */
export function inFlight(view: PacingView): number {
  if (Array.isArray(view.inFlight)) return view.inFlight.length;
  let count = 0;
  for (const _ of view.inFlight) count++;
  return count;
}

/** A policy that learns nothing, to begin others with. */
export class SimplePacer implements Pacer {
  onDial(): void {}
  onResolved(_call: unknown, _kind: Resolution, _age: number): void {}
  onLive(_lost: boolean): void {}
  onTalkEnd(_seconds: number): void {}
  onWrapEnd(_seconds: number): void {}
  tick(_view: PacingView): void {}
  decide(_view: PacingView): { dial: number } {
    return { dial: 0 };
  }
  snapshot(): unknown {
    return {};
  }
  explain() {
    return { q: 0, theta: 0, pHat: 0, guard: false };
  }
}

/** One call in flight for each free agent and no more: nobody is ever lost but to a break. */
export class Progressive extends SimplePacer {
  override decide(view: PacingView) {
    return { dial: upTo(view.idle - view.waiting, view) };
  }
}

/** A fixed number of calls in flight for each free agent. */
export class FixedRatio extends SimplePacer {
  readonly #ratio: number;

  constructor(ratio: number) {
    super();
    this.#ratio = ratio;
  }

  override decide(view: PacingView) {
    return { dial: upTo(Math.floor(this.#ratio * view.idle) - view.waiting, view) };
  }
}

/** What is missing to so many calls in flight, within the room there is. */
export function upTo(target: number, view: PacingView): number {
  return Math.max(0, Math.min(target - inFlight(view), view.room ?? Number.POSITIVE_INFINITY));
}
