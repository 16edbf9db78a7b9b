/** A pacer that is lost in the middle of the day and comes back from its last snapshot. */
import type {
  PacedCall,
  Pacer,
  PacingDecision,
  PacingReason,
  PacingView,
  Resolution,
} from "../../apps/core/dialling/pacer.ts";

export class Restarted implements Pacer {
  readonly #create: (snapshot?: unknown) => Pacer;
  readonly #at: number;
  #restarted = false;
  #pacer: Pacer;

  /** @param at the second of the day in which it starts anew */
  constructor(create: (snapshot?: unknown) => Pacer, at: number) {
    this.#create = create;
    this.#at = at;
    this.#pacer = create();
  }

  onDial(call: PacedCall): void {
    this.#pacer.onDial(call);
  }

  onResolved(call: PacedCall, kind: Resolution, age: number): void {
    this.#pacer.onResolved(call, kind, age);
  }

  onLive(lost: boolean): void {
    this.#pacer.onLive(lost);
  }

  onTalkEnd(seconds: number): void {
    this.#pacer.onTalkEnd(seconds);
  }

  onWrapEnd(seconds: number, next: "ready" | "break" | "off"): void {
    this.#pacer.onWrapEnd(seconds, next);
  }

  tick(view: PacingView): void {
    if (!this.#restarted && view.now >= this.#at) {
      this.#restarted = true;
      this.#pacer = this.#create(JSON.parse(JSON.stringify(this.#pacer.snapshot())));
    }
    this.#pacer.tick(view);
  }

  decide(view: PacingView): PacingDecision {
    return this.#pacer.decide(view);
  }

  snapshot(): unknown {
    return this.#pacer.snapshot();
  }

  explain(): PacingReason {
    return this.#pacer.explain();
  }
}
