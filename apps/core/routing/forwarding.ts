/**
 * Forwarding (FWD-01..09): after everybody in the house was asked, and before the no-answer prompt (D-08, D-44).
 *
 * Only numbers that somebody proved to be theirs are called, an agent's own only with the administrator's word
 * (FWD-02, FWD-03). Each is called as often as the line says (FWD-04).
 */
import type { Agent, AgentId, Call } from "../floor.ts";
import { NO_TRUNK, trunkFor } from "../outgoing/trunk.ts";
import { dialOutside } from "./external.ts";
import type { Asked, Rule } from "./rule.ts";

interface Target {
  readonly number: string;
  readonly agent?: Agent | undefined;
}

/** The next number outside, if the line forwards. */
export const forward: Rule = (asked) => {
  const { line, call, queue } = asked;
  const settings = line.outside?.forward;
  if (!settings || settings.mode === "off" || call.chosen?.kind === "external") return undefined;
  const target = targets(asked).find(({ number }) => attemptsAt(call, number) < settings.attempts);
  if (!target) return undefined;
  const attempt = attemptsAt(call, target.number) + 1;
  const whose = target.agent ? `${target.agent.name}'s own number` : "the line's number for forwarding";
  const text = `nobody in «${queue.name}» took the call: ${whose}, attempt ${attempt} of ${settings.attempts}`;
  return dialOutside(asked, target.number, { rule: "FWD-09", text }, target.agent?.id);
};

/** What stands in the way of forwarding, to be added to the reason of an ending; undefined: nothing, or it is off. */
export function whyNotForwarded(asked: Asked): string | undefined {
  const { line, floor, call } = asked;
  const settings = line.outside?.forward;
  if (!settings || settings.mode === "off" || call.chosen?.kind === "external") return undefined;
  if (call.dialled !== undefined) return "; nobody took it outside either";
  if (settings.mode === "number" && !settings.verified)
    return `; not forwarded: ${settings.number} is not verified`;
  if (targets(asked).length === 0)
    return `; not forwarded: ${asOwners(asked).map(unreachable).join(", ") || "nobody has a number of their own"}`;
  return trunkFor(floor, line) ? undefined : `; not forwarded: ${NO_TRUNK}`;
}

/** Numbers that may be called, in order. */
function targets(asked: Asked): Target[] {
  const settings = asked.line.outside?.forward;
  if (settings?.mode === "number") return settings.verified ? [{ number: settings.number }] : [];
  if (settings?.mode !== "agents") return [];
  return asOwners(asked).flatMap((agent) =>
    agent.ownNumber?.approved && mayBeCalled(agent, asked.call)
      ? [{ number: agent.ownNumber.number, agent }]
      : [],
  );
}

/** Whose call it is, in this order: the owner, the one who was chosen, who let it ring, the others of the queue. */
function asOwners({ floor, call, line, queue }: Asked): Agent[] {
  const chosen = call.chosen?.kind === "agent" ? call.chosen.agent : undefined;
  const owner = line.ownerFirst ? call.ownerId : undefined;
  const ids = new Set<AgentId | undefined>([chosen, owner, ...call.tried, ...queue.agents]);
  return [...ids].flatMap((id) => (id === undefined ? [] : (floor.agents.get(id) ?? [])));
}

/** Who is not there, or missed it, is called outside; a break is a wish for peace, and nobody has two calls (law L7). */
function mayBeCalled(agent: Agent, call: Call): boolean {
  if (agent.state === "break" || agent.state === "outbound") return false;
  if (agent.call !== undefined && agent.call.id !== call.id) return false;
  if (call.tried.includes(agent.id)) return true; // The phone may still be said to ring with this call.
  return agent.device !== "busy" && agent.device !== "ringing";
}

function unreachable(agent: Agent): string {
  if (!agent.ownNumber) return `${agent.name} has no own number`;
  if (!agent.ownNumber.approved) return `${agent.name}'s number is not approved`;
  return `${agent.name} is on a break or in another call`;
}

function attemptsAt(call: Call, number: string): number {
  return call.dialled?.filter((each) => each === number).length ?? 0;
}
