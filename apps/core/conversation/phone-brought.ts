/**
 * A phone's own transfer after a consultation (REFER with Replaces): Asterisk joins customer and colleague by itself, and
 * we learn of it when the colleague's channel, which was in a call of its own, is in the customer's. The rules are those
 * of the API (SOFT-13): the colleague had to be available to be called at all (20-from-agent.conf), and who talks to
 * colleagues only keeps no customer (XFER-05): the two are taken apart at once and the customer goes to the line.
 */
import type { Agent } from "../floor.ts";
import type { Input } from "../inputs.ts";
import type { Turn } from "../turn.ts";
import { RELEASED } from "./places.ts";
import { faceSide } from "./sides.ts";

type TalkStarted = Extract<Input, { kind: "talkStarted" }>;

/** Says that a phone handed the customer over. @returns whether the customer may not stay with this agent. */
export function broughtByPhone(turn: Turn, input: TalkStarted, agent: Agent): boolean {
  const { floor } = turn;
  const call = floor.calls.get(input.call);
  const { call: before } = agent;
  const moved =
    before?.phase === "talking" && before.id !== input.call && before.channel === input.channel && !before.as;
  if (!call || call.kind === "internal" || !moved || !input.channel) return false;
  if (call.kind === "outbound" && call.far) faceSide(turn, input.at, call, call.far);
  const by = call.agentId ?? agent.id;
  const common = { at: input.at, call: call.id, agent: by, colleague: agent.id, regroup: null };
  const name = floor.agents.get(by)?.name ?? "somebody";
  if (!agent.consultationOnly) {
    const text = `${name} handed the caller to ${agent.name} on the phone, after a consultation`;
    turn.happened({ kind: "TransferCompleted", ...common, because: { rule: "SOFT-13", text } });
    return false;
  }
  const text = `${name}'s phone handed the caller to ${agent.name}, who talks to colleagues only: to the line`;
  turn.happened({ kind: "CallParted", ...common, because: { rule: "XFER-05", text } });
  turn.ask({
    kind: "redirect",
    call: call.id,
    channel: floor.calls.get(call.id)?.channel ?? call.channel,
    place: { context: "decide-again", extension: "parted_-_REFUSED" },
    other: { channel: input.channel, place: RELEASED },
  });
  return true;
}
