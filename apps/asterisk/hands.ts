/**
 * What the core asks for → what Asterisk is told. The only place that sorts Asterisk's answers.
 */
import type { Effect, Place, Step } from "../core/effects.ts";
import type { Input } from "../core/inputs.ts";
import type { Hands, Log } from "../engine/ports.ts";
import type { AnswerAsker } from "./answer-asker.ts";
import { AriError, type AriPort } from "./ari/port.ts";
import type { Mover } from "./mover.ts";
import type { Probe } from "./probe.ts";

/** The part of AMI that we use: pausing queue members. */
export interface QueueMembers {
  pause(phone: string, paused: boolean, reason: string): Promise<void>;
}

/** What hands work with. */
export interface Tools {
  readonly ari: AriPort;
  readonly members: QueueMembers;
  readonly mover: Mover;
  readonly probe: Probe;
  readonly asker: AnswerAsker;
  hear(input: Input): void;
}

/** Carries effects out over ARI, and over AMI what ARI has no words for. What Asterisk refuses is heard by the core. */
export function createHands(tools: Tools, log: Log): Hands {
  const { ari, members, mover, probe, asker } = tools;
  /** For what has no answer in the core: it was done, or it is told in the log. */
  const tell = (work: Promise<unknown>, fields: object, text: string): void => {
    work.catch((error: unknown) => {
      if (error instanceof AriError && error.gone) return;
      log.warn({ error: String(error), ...fields }, text);
    });
  };
  return {
    perform(effect) {
      switch (effect.kind) {
        case "continue":
          if (effect.elsewhere)
            tell(
              mover.redirect(effect.channel, placeOf(effect.step)).catch((error: unknown) => {
                tools.hear({ kind: "stepRefused", at: Date.now(), call: effect.call });
                throw error;
              }),
              { call: effect.call },
              "A call that waited was not moved.",
            );
          else continueCall(ari, effect, tools.hear, log);
          return;
        case "redirect":
          redirect(tools, effect, log);
          return;
        case "mute":
          tell(
            mover.mute(effect.channel, effect.muted),
            { call: effect.call },
            "A microphone was not switched.",
          );
          return;
        case "originate":
          tell(
            originate(ari, effect).catch((error: unknown) => {
              const { call, channel } = effect;
              const refused = error instanceof AriError && error.kind === "refused";
              if (!(refused && error.status === 409))
                tools.hear({
                  kind: "originateFailed",
                  at: Date.now(),
                  call,
                  channel,
                  unsure: refused ? undefined : true,
                });
              throw error;
            }),
            { call: effect.call },
            "A phone was not called.",
          );
          return;
        case "probePhone": {
          const { call, phone } = effect;
          const told = probe.alive(phone).then((alive) => {
            if (!alive) tools.hear({ kind: "phoneSilent", at: Date.now(), call, phone });
          });
          tell(told, { phone }, "A phone that rings was not looked after.");
          return;
        }
        case "answer": {
          const { call, agent, channel } = effect;
          asker.answer(channel).catch((error: unknown) => {
            log.warn({ error: String(error), call }, "A phone was not asked to answer.");
            const reason = error instanceof Error ? error.message : String(error);
            tools.hear({ kind: "answerNotSent", at: Date.now(), call, agent, reason });
          });
          return;
        }
        case "hangUp":
          tell(
            ari.request({ method: "DELETE", path: `channels/${effect.channel}` }),
            { call: effect.call },
            "A channel was not hung up.",
          );
          return;
        case "nudge":
          tell(mover.nudge(effect.channel), { call: effect.call }, "A queue was not nudged.");
          return;
        case "pauseMember":
          tell(
            members.pause(effect.phone, effect.paused, effect.reason),
            { phone: effect.phone },
            "A queue member's pause was not set; reconciliation will.",
          );
          return;
      }
    },
  };
}

/** Neither channel is moved if one of them is gone; then the core hears of it. */
function redirect(
  { mover, hear }: Tools,
  { call, channel, place, other, before }: Extract<Effect, { kind: "redirect" }>,
  log: Log,
): void {
  mover.redirect(channel, "kind" in place ? placeOf(place) : place, other).catch((error: unknown) => {
    log.warn({ error: String(error), call }, "A channel was not moved.");
    hear({ kind: "moveRefused", at: Date.now(), call, before });
  });
}

/** Calls a phone under a channel id of ours; asking twice for the same id is refused by Asterisk (409). */
async function originate(ari: AriPort, effect: Extract<Effect, { kind: "originate" }>): Promise<void> {
  await ari.request({
    method: "POST",
    path: "channels",
    query: {
      endpoint: `PJSIP/${effect.phone}`,
      channelId: effect.channel,
      context: effect.place.context,
      extension: effect.place.extension,
      priority: 1,
      timeout: effect.seconds,
      ...(effect.originator !== undefined && { originator: effect.originator }),
      ...(effect.callerId !== undefined && { callerId: effect.callerId }),
    },
    body: { variables: effect.variables ?? {} },
  });
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

/** Where a step is in the dialplan (45-prompts.conf … 70-ending.conf). */
export function placeOf(step: Step): Place {
  if (step.kind === "ending") return { context: "ending", extension: step.name };
  if (step.kind === "welcome") return { context: "welcome", extension: step.lineKey };
  if (step.kind === "to-line") return { context: "to-line", extension: step.lineKey };
  if (step.kind === "menu") return { context: "menu", extension: step.menuKey };
  if (step.kind === "abandon") return { context: "campaign-abandoned", extension: "engine" };
  if (step.kind === "connect") {
    const announced = step.announce ? "announced" : "plain";
    const how = step.openLine ? `${announced}_line` : announced;
    return { context: `connect-${step.record}`, extension: `to-${step.phone}_${step.seconds}_${how}` };
  }
  if (step.kind === "external" && step.placedFor !== undefined) {
    const own = `${step.placedFor ?? ""}_${step.record}`;
    return { context: "external", extension: `to-${extensionOf(step)}_${step.seconds}_${own}` };
  }
  const context = step.record === "off" ? step.kind : `${step.kind}-${step.record}`;
  const more = step.kind === "queue" ? placeInQueue(step) : "";
  const extension = `to-${extensionOf(step)}_${step.seconds}${more}`;
  return step.announce
    ? { context: "announced", extension: `${context}~${extension}` }
    : { context, extension };
}

/** The priority is always said: the channel may still have that of an earlier line. */
function placeInQueue({ priority, position }: Extract<Step, { kind: "queue" }>): string {
  return position === undefined ? `_${priority}` : `_${priority}_${position}`;
}

function extensionOf(
  step: Exclude<Step, { kind: "ending" | "welcome" | "menu" | "to-line" | "connect" | "abandon" }>,
): string {
  if (step.kind === "offer") return step.phone;
  if (step.kind === "queue") return step.key;
  if (step.kind === "await-owner") return "owner";
  return `${step.number}_${step.trunkKey}_${step.callerId ?? "-"}`;
}
