/**
 * Who is whose partner. A conversation has two sides whoever began it: the agent who acts, and the one who is held or
 * handed over, whose channel is the call's. In a call that came in the caller is that side from the beginning; in one
 * that an agent placed it is the one who was called, as soon as the agent regroups it.
 */
import type { Call, Floor } from "../floor.ts";
import type { Turn } from "../turn.ts";

/** The channel of whom the agent at `own` talks with; undefined: Asterisk has not told it. */
export function otherSide(floor: Floor, call: Call, own: string): string | undefined {
  if (call.channel !== own) return call.channel;
  if (call.kind === "outbound") return call.far;
  for (const { call: held } of floor.agents.values())
    if (held?.id === call.id && held.phase === "talking" && !held.as && held.channel !== own)
      return held.channel;
  return undefined;
}

/** Makes this channel the side that is held, handed over and asks. */
export function faceSide(turn: Turn, at: number, call: Call, channel: string): void {
  if (call.channel !== channel) turn.happened({ kind: "SidesChanged", at, call: call.id, channel });
}

/** The channel that is recorded: the customer's, whoever called whom. */
export function recordedChannel(call: Call): string {
  return call.far ?? call.channel;
}
