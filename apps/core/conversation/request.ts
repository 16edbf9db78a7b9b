/**
 * A person's request about a conversation: who may ask, and what all requests are carried out with.
 */
import type { Because } from "../because.ts";
import type { Agent, AgentId, Call, Millis } from "../floor.ts";
import type { Turn } from "../turn.ts";
import type { RegroupEvent } from "./events.ts";
import type { Regroup } from "./regroup.ts";
import { faceSide, otherSide } from "./sides.ts";

/** What can be asked of a conversation. Numbers are E.164, `shortNumber` as it is dialled. */
export type ConversationAsk =
  | { readonly do: "hold" | "resume" | "complete" | "interrupt" | "accept" | "conference" | "leave" }
  | { readonly do: "mute"; readonly muted: boolean }
  | {
      readonly do: "transfer";
      readonly type: "blind" | "consultation" | "conference";
      readonly to: Destination;
      /** On top of what the target itself asks for (XFER-14). */
      readonly acceptanceNeeded: boolean;
    };

export type Destination =
  | { readonly agentId: string }
  | { readonly shortNumber: string }
  | { readonly number: string }
  | { readonly lineId: string };

/** A request that may be carried out: the agent, in a conversation, with a channel of their own. */
export interface Act {
  readonly turn: Turn;
  readonly at: Millis;
  readonly call: Call;
  readonly agent: Agent;
  readonly channel: string;
}

/**
 * The agent on whose behalf is asked, in the call; or the request is refused.
 * @param by the agent who asks; undefined for supervisors, who act for whoever has the conversation.
 */
export function actOf(turn: Turn, at: Millis, callId: string, by: AgentId | undefined): Act | undefined {
  const call = turn.floor.calls.get(callId);
  const agent = turn.floor.agents.get(by ?? call?.regroup?.by ?? call?.agentId ?? "");
  if (!call || (by !== undefined && agent?.call?.id !== callId)) {
    turn.refuse("not-found", "there is no such conversation now");
    return undefined;
  }
  const mine = agent?.call?.id === callId && agent.call.phase === "talking" && !agent.call.as;
  if (!agent || !mine) {
    turn.refuse("not-talking", "this call is no conversation of an agent now");
    return undefined;
  }
  const channel = agent.call?.channel;
  const other = channel && otherSide(turn.floor, call, channel);
  if (!channel || !other) {
    turn.refuse("not-yet", "Asterisk has not told yet who is in this call");
    return undefined;
  }
  faceSide(turn, at, call, other);
  return { turn, at, call: turn.floor.calls.get(callId) ?? call, agent, channel };
}

/** Something became of the conversation, because the agent asked. */
export function became(
  act: Pick<Act, "turn" | "at" | "call" | "agent">,
  kind: RegroupEvent["kind"],
  regroup: Regroup | null,
  because: Because,
): void {
  const { turn, at, call, agent } = act;
  turn.happened({ kind, at, call: call.id, agent: agent.id, regroup, because });
}
