/**
 * Asterisk may refuse a move, or not answer: then everybody is where they were, and the floor has to say so again. What
 * was before goes with the effect and comes back with the refusal.
 */
import type { AgentCall, AgentId, Call, Floor, Millis } from "../floor.ts";
import type { Input } from "../inputs.ts";
import type { Turn } from "../turn.ts";
import type { RegroupEvent } from "./events.ts";
import { targetAgent } from "./regroup.ts";

/** How things stood when a move was asked for. */
export interface Before {
  /** What the request made of the conversation, and when. */
  readonly asked: RegroupEvent["kind"] | "SupervisionChanged";
  readonly since: Millis;
  readonly call: Call;
  /** Whom the move takes in, lets go or hands on; `call`: what they were in. */
  readonly colleague?: { readonly id: AgentId; readonly call: AgentCall | undefined } | undefined;
}

/**
 * To be taken before the request is said to have happened.
 * @param colleague whom the request is about; else whom the conversation is about already
 */
export function standing(
  { turn, at, call }: { readonly turn: Turn; readonly at: Millis; readonly call: Call },
  asked: Before["asked"],
  colleague: AgentId | undefined = targetAgent(call.regroup),
): Before {
  const agent = colleague === undefined ? undefined : turn.floor.agents.get(colleague);
  return { asked, since: at, call, ...(agent && { colleague: { id: agent.id, call: agent.call } }) };
}

/** Asterisk did not move a channel: everybody is where they were. */
export function moveRefused(turn: Turn, input: Extract<Input, { kind: "moveRefused" }>): undefined {
  const { before } = input;
  const call = turn.floor.calls.get(input.call);
  if (!call || !before || !isAsAsked(call, before)) return;
  const agent = before.call.regroup?.by ?? call.regroup?.by ?? before.call.agentId ?? "";
  const because = { rule: "L1", text: "Asterisk did not move the call; everybody is where they were" };
  const regroup = before.call.regroup ?? null;
  const common = { at: input.at, call: call.id, agent, colleague: before.colleague?.id };
  turn.happened({ kind: "MoveRefused", ...common, regroup, before, because });
}

/** Nothing that Asterisk's record told has come after the request. */
function isAsAsked(call: Call, { since, call: was }: Before): boolean {
  const { regroup } = call;
  if (!regroup) return call.phaseSince === since || (!was.regroup && call.phaseSince === was.phaseSince);
  if (regroup.since === was.regroup?.since) return true;
  return regroup.since === since && !(regroup.kind === "consulting" && regroup.answered);
}

/** The floor as it was. */
export function putBack(floor: Floor, { call, colleague }: Before): void {
  const now = floor.calls.get(call.id);
  const agent = colleague && floor.agents.get(colleague.id);
  floor.calls.set(call.id, call);
  if (
    !agent ||
    (agent.call?.id !== call.id && !(agent.call === undefined && now?.regroup?.kind === "returning"))
  )
    return;
  floor.agents.set(agent.id, { ...agent, call: colleague.call });
}
