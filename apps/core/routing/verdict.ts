/**
 * What is said of an agent who was looked at (law L6).
 */
import { cannotTake } from "../agents/eligible.ts";
import type { Considered } from "../because.ts";
import type { Agent, Call, Floor, Line } from "../floor.ts";

/** How many agents a reason speaks of. */
const MOST_VERDICTS = 30;

/** Whether this agent could take the call, and if not, why. */
export function verdict(agent: Agent, call?: Call): Considered {
  const rang = call?.tried.includes(agent.id) ? "did not answer" : undefined;
  return { agent: agent.id, name: agent.name, verdict: rang ?? cannotTake(agent) ?? "free" };
}

/**
 * Everybody who was looked at. The owner belongs into the reason even when they do not serve this queue; of a big
 * team the first ones tell the story, for all verdicts would be most of the journal.
 */
export function verdicts(floor: Floor, call: Call, line: Line, members: readonly Agent[]): Considered[] {
  const owner = call.ownerId === undefined ? undefined : floor.agents.get(call.ownerId);
  const all = members.slice(0, MOST_VERDICTS).map((agent) => verdict(agent, call));
  if (owner && !members.includes(owner)) {
    const seen = verdict(owner, call);
    const said = line.ownerFirst ? seen.verdict : "owner, but this line does not ask owners first";
    all.unshift({ ...seen, verdict: said });
  }
  return all.slice(0, MOST_VERDICTS);
}
