/**
 * Who of a conversation is with whom, while it is not simply a talk of two: on hold, in a consultation, handed on.
 *
 *            hold                consult                    complete, accept
 *   talk ─────────▶ held ─────────────────▶ consulting ─────────────────▶ handing ─▶ talk with the target
 *     ▲               │ resume                │ interrupt, no answer │ all three
 *     └─ returning ◀──┴───────────────────────┘                      └─▶ conference ─▶ (two are left) talk
 *   talk ──blind──▶ transferring ─▶ talk with the target, or the end after 30 s (D-04)
 *
 * Asterisk carries it in dialplan/55-regroup.conf; what is here is our knowledge of it (law L1).
 */
import type { AgentId, Call, Floor, LineId, Millis } from "../floor.ts";

/** Whom a conversation can be handed to. */
export type Target =
  | { readonly kind: "agent"; readonly id: AgentId; readonly phone: string }
  | { readonly kind: "line"; readonly id: LineId; readonly key: string }
  /** E.164, through a carrier; `callerId` in E.164, undefined: the carrier's own. */
  | {
      readonly kind: "number";
      readonly number: string;
      readonly trunkKey: string;
      readonly callerId: string | undefined;
    };

export type Regroup =
  /** The customer hears music, the agent waits. */
  | { readonly kind: "held"; readonly by: AgentId; readonly since: Millis }
  | {
      readonly kind: "consulting";
      readonly by: AgentId;
      readonly since: Millis;
      readonly target: Target;
      /** The target's own channel, when it is a number outside; an agent's is on the agent. */
      readonly channel?: string | undefined;
      readonly answered: boolean;
      /** Only the target may complete it (D-05). */
      readonly acceptanceNeeded: boolean;
      /** What the agent asked for: all three are joined as soon as the target answers (XFER-04). */
      readonly thenConference: boolean;
    }
  /** The customer is on the way back to the agent. */
  | { readonly kind: "returning"; readonly by: AgentId; readonly since: Millis }
  /** The customer is on the way to the target, who waits. */
  | {
      readonly kind: "handing";
      readonly by: AgentId;
      readonly since: Millis;
      readonly target: Target;
      readonly channel: string;
    }
  /** Blind: the target's phone rings for the customer. */
  | { readonly kind: "transferring"; readonly by: AgentId; readonly since: Millis; readonly target: Target }
  | {
      readonly kind: "conference";
      readonly by: AgentId;
      readonly since: Millis;
      readonly target: Target;
      readonly channel: string;
    };

/** The channel of the target of a consultation or conference; undefined until Asterisk has made it. */
export function targetChannel(floor: Floor, call: Call): string | undefined {
  const group = call.regroup;
  if (!group || !("target" in group)) return undefined;
  if ("channel" in group && group.channel) return group.channel;
  if (group.target.kind !== "agent") return undefined;
  const held = floor.agents.get(group.target.id)?.call;
  return held?.id === call.id ? held.channel : undefined;
}

/** The agent that a regrouped call is being handed to, if it is one. */
export function targetAgent(group: Regroup | undefined): AgentId | undefined {
  return group && "target" in group && group.target.kind === "agent" ? group.target.id : undefined;
}
