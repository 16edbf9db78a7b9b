/**
 * What every question of a call begins and ends with: the call is known, and the rules of routing are asked.
 */
import { faceSide } from "../conversation/sides.ts";
import type { Call } from "../floor.ts";
import { refused } from "../outgoing/place.ts";
import { route } from "../routing/inbound.ts";
import type { Turn } from "../turn.ts";

/** A call the engine has not seen arriving (it was away): it is taken over as it is. */
export function adopt(
  turn: Turn,
  input: { at: number; call: string; channel: string; lineKey: string },
): void {
  const known = turn.floor.calls.get(input.call);
  if (known) {
    faceSide(turn, input.at, known, input.channel);
    return;
  }
  const lineId = turn.floor.lineKeys.get(input.lineKey);
  const type = input.lineKey === "internal" ? "internal" : "inbound";
  turn.happened({
    kind: "CallArrived",
    at: input.at,
    call: input.call,
    channel: input.channel,
    type,
    lineId,
  });
}

/** Asks the rules of routing where the call goes now. */
export function routeOn(turn: Turn, id: string, at: number, draw: number): void {
  const call: Call | undefined = turn.floor.calls.get(id);
  if (call) turn.happened(route(turn.floor, call, at, draw));
}

/** Somebody else takes a call that lost its partner; a colleague who called had one partner only. */
export function withoutPartner(turn: Turn, input: { at: number; call: string; draw: number }): void {
  const call = turn.floor.calls.get(input.call);
  const because = { rule: "SOFT-08", text: "the colleague is gone" };
  if (call?.kind === "internal" && call.lineId === undefined) turn.happened(refused(call, input.at, because));
  else routeOn(turn, input.call, input.at, input.draw);
}
