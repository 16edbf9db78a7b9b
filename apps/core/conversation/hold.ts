/**
 * Hold and mute (SOFT-02, SOFT-03).
 */
import { held, holding, meet } from "./places.ts";
import { type Act, became } from "./request.ts";
import { standing } from "./unmoved.ts";

/** The customer hears music, the agent nothing. */
export function hold(act: Act): undefined {
  const { turn, at, call, agent, channel } = act;
  if (call.regroup) return turn.refuse("not-now", `the conversation is ${call.regroup.kind} already`);
  const because = { rule: "SOFT-02", text: `${agent.name} put the caller on hold` };
  const before = standing(act, "CallHeld");
  became(act, "CallHeld", { kind: "held", by: agent.id, since: at }, because);
  turn.ask({
    kind: "redirect",
    call: call.id,
    channel: call.channel,
    place: held(channel),
    other: { channel, place: holding(call.channel) },
    before,
  });
}

/** Both talk again. */
export function resume(act: Act): undefined {
  const { turn, at, call, agent, channel } = act;
  if (call.regroup?.kind !== "held") return turn.refuse("not-held", "the caller is not on hold");
  const because = { rule: "SOFT-02", text: `${agent.name} took the caller back` };
  const before = standing(act, "CallResumed");
  became(act, "CallResumed", { kind: "returning", by: agent.id, since: at }, because);
  turn.ask({ kind: "redirect", call: call.id, channel: call.channel, place: meet(channel), before });
}

/** Nobody hears the agent until it is taken back; it stays through hold and consultation. */
export function mute(act: Act, muted: boolean): undefined {
  const { turn, at, call, agent, channel } = act;
  if ((agent.call?.muted ?? false) === muted) return;
  const text = `${agent.name} ${muted ? "switched the microphone off" : "speaks again"}`;
  turn.happened({
    kind: "MicrophoneSwitched",
    at,
    call: call.id,
    agent: agent.id,
    muted,
    because: { rule: "SOFT-03", text },
  });
  turn.ask({ kind: "mute", call: call.id, channel, muted });
}
