/**
 * The one impure loop: hear, decide, write, do, announce. Nothing else happens to a call.
 *
 * `hear` is synchronous from the floor's reading to its moving, so there is no lock and no race: two callers at
 * the same instant are two turns, one after the other.
 */
import { decide } from "../core/decide.ts";
import type { DomainEvent } from "../core/events.ts";
import type { Floor } from "../core/floor.ts";
import { emptyFloor } from "../core/floor.ts";
import type { Input } from "../core/inputs.ts";
import type { Refusal } from "../core/turn.ts";
import type {
  Announcer,
  AttemptKeeper,
  CallbackKeeper,
  Hands,
  Journal,
  Log,
  StateKeeper,
  Wakes,
} from "./ports.ts";

export interface Engine {
  readonly floor: Floor;
  /**
   * One turn. A turn that throws is a bug of ours: it is logged with its input, and the dialplan goes on alone.
   * @returns why a person's request was refused.
   */
  hear(input: Input): Refusal | undefined;
}

/** Joins the core with its ports. */
export function createEngine(ports: {
  hands: Hands;
  wakes: Wakes;
  states: StateKeeper;
  callbacks?: CallbackKeeper;
  dialler?: AttemptKeeper;
  journal: Journal;
  announcer: Announcer;
  log: Log;
  /** How long turns take that lead to a deed, in milliseconds. */
  turns?: { observe(ms: number): void };
}): Engine {
  const floor = emptyFloor();
  /** A full disk must not stop calls: the decision is carried out without its reason being kept. */
  function writeDown(events: readonly DomainEvent[]): void {
    try {
      ports.journal.append(events);
    } catch (error) {
      ports.log.error({ error: String(error) }, "Decisions cannot be written down.");
    }
  }
  return {
    floor,
    hear(input) {
      const since = performance.now();
      try {
        const { events, effects, refused } = decide(floor, input);
        if (events.length > 0) writeDown(events);
        for (const effect of effects)
          if (effect.kind === "wake") ports.wakes.wake(effect.at, effect.input);
          else if (effect.kind === "saveState") ports.states.save(effect);
          else if (
            effect.kind === "keepPlace" ||
            effect.kind === "commitCallback" ||
            effect.kind === "settleCallback"
          )
            ports.callbacks?.perform(effect);
          else if (effect.kind === "settleAttempt") ports.dialler?.settle(effect);
          else ports.hands.perform(effect);
        if (effects.length > 0) ports.turns?.observe(performance.now() - since);
        for (const event of events) ports.announcer.announce(event);
        return refused;
      } catch (error) {
        ports.log.error(
          { err: error, input: input.kind },
          "A turn failed; its call goes on by the dialplan's fallback.",
        );
        return { code: "failed", text: "the engine failed at this request; its log says why" };
      }
    },
  };
}
