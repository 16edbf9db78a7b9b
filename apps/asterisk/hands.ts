/**
 * What the core asks for → what Asterisk is told. The only place that sorts Asterisk's answers.
 */
import type { Effect, Step } from "../core/effects.ts";
import type { Input } from "../core/inputs.ts";
import type { Hands, Log } from "../engine/ports.ts";
import { AriError, type AriPort } from "./ari/port.ts";

/** The part of AMI that we use: pausing queue members. */
export interface QueueMembers {
  pause(phone: string, paused: boolean, reason: string): Promise<void>;
}

/** Carries effects out over ARI, and pauses over AMI. What Asterisk refuses is heard by the core. */
export function createHands(
  ari: AriPort,
  members: QueueMembers,
  hear: (input: Input) => void,
  log: Log,
): Hands {
  return {
    perform(effect: Effect) {
      switch (effect.kind) {
        case "continue":
          continueCall(ari, effect, hear, log);
          return;
        case "pauseMember":
          members.pause(effect.phone, effect.paused, effect.reason).catch((error: unknown) => {
            log.warn(
              { error: String(error), phone: effect.phone },
              "A queue member's pause was not set; reconciliation will.",
            );
          });
          return;
      }
    },
  };
}

function continueCall(
  ari: AriPort,
  effect: Extract<Effect, { kind: "continue" }>,
  hear: (input: Input) => void,
  log: Log,
): void {
  const { context, extension } = placeOf(effect.step);
  const request = {
    method: "POST",
    path: `channels/${effect.channel}/continue`,
    query: { context, extension, priority: 1 },
  } as const;
  ari.request(request).catch((error: unknown) => {
    const at = Date.now();
    // 404: the caller hung up. 409: the dialplan took the call out of Stasis. Ordinary news, and news to the floor.
    if (error instanceof AriError && error.status === 404) {
      hear({ kind: "callGone", at, call: effect.call });
      return;
    }
    hear({ kind: "stepRefused", at, call: effect.call });
    if (error instanceof AriError && error.gone) return;
    log.warn(
      { error: String(error), call: effect.call },
      "A decision did not reach Asterisk; the dialplan goes on alone.",
    );
  });
}

/** Where a step is in the dialplan (50-offer.conf, 60-queue.conf, 70-ending.conf). */
export function placeOf(step: Step): { context: string; extension: string } {
  if (step.kind === "ending") return { context: "ending", extension: step.name };
  const context = step.record === "off" ? step.kind : `${step.kind}-${step.record}`;
  const extension =
    step.kind === "offer" ? `to-${step.phone}_${step.seconds}` : `to-${step.key}_${step.seconds}`;
  return step.announce
    ? { context: "announced", extension: `${context}~${extension}` }
    : { context, extension };
}
