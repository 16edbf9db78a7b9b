/**
 * Whom a conversation may be handed to (XFER-05, XFER-07, XFER-09, XFER-10, XFER-13, AGENT-13).
 */

import { cannotTake } from "../agents/eligible.ts";
import { type Agent, type Call, type Floor, type Line, lineOf } from "../floor.ts";
import { numberOn } from "../outgoing/shown-number.ts";
import { NO_TRUNK, trunkFor } from "../outgoing/trunk.ts";
import type { Refusal } from "../turn.ts";
import type { Target } from "./regroup.ts";
import type { Destination } from "./request.ts";

/** The target and its own wishes, or why it cannot be. `name` is for sentences. */
export type Found =
  | { readonly target: Target; readonly name: string; readonly acceptanceNeeded: boolean }
  | { readonly refused: Refusal };

/**
 * Looks a destination up and asks the rules.
 * @param call whose line says which carrier a number outside is called through
 * @param way what is to be done with the customer; `consultation` leaves them with the agent.
 */
export function findTarget(
  floor: Floor,
  to: Destination,
  way: "blind" | "consultation" | "conference",
  by: Agent,
  call: Call,
): Found {
  if ("number" in to) return outside(floor, to.number, lineOf(floor, call));
  const agent = [...floor.agents.values()].find((each) =>
    "agentId" in to ? each.id === to.agentId : "shortNumber" in to && each.shortNumber === to.shortNumber,
  );
  if (agent) return colleague(agent, way, by);
  const line = [...floor.lines.values()].find((each) =>
    "lineId" in to ? each.id === to.lineId : "shortNumber" in to && each.shortNumber === to.shortNumber,
  );
  if (line) return ownLine(line, way);
  return no("unknown", "nobody and no line has this number", `to.${Object.keys(to)[0] ?? ""}`);
}

/** XFER-05: who talks to colleagues only is handed no customer. */
export function forColleaguesOnly(floor: Floor, call: Call): boolean {
  const group = call.regroup;
  if (!group || !("target" in group) || group.target.kind !== "agent") return false;
  return floor.agents.get(group.target.id)?.consultationOnly ?? false;
}

function colleague(agent: Agent, way: string, by: Agent): Found {
  if (agent.id === by.id) return no("yourself", "this is the agent's own number", "to");
  if (agent.consultationOnly && way !== "consultation")
    return no("consultation-only", `${agent.name} talks to colleagues only (XFER-05): consult instead`);
  const reason = cannotTake(agent);
  if (reason) return no("not-available", `${agent.name} is not available: ${reason} (AGENT-13)`);
  return {
    target: { kind: "agent", id: agent.id, phone: agent.phone },
    name: agent.name,
    acceptanceNeeded: agent.acceptanceNeeded ?? false,
  };
}

function ownLine(line: Line, way: string): Found {
  if (way !== "blind")
    return no("not-a-person", `«${line.name}» is a line: hand the caller over without a consultation`);
  if (line.consultationOnly)
    return no("consultation-only", `«${line.name}» talks to colleagues only (XFER-05)`);
  return { target: { kind: "line", id: line.id, key: line.key }, name: line.name, acceptanceNeeded: false };
}

/** Through the carrier of the call's line, which knows the line's number (XFER-10, LINE-06). */
function outside(floor: Floor, number: string, line: Line | undefined): Found {
  const trunk = trunkFor(floor, line);
  if (!trunk) return no("no-carrier", NO_TRUNK, "to.number");
  return {
    target: { kind: "number", number, trunkKey: trunk.key, callerId: numberOn(trunk, line) },
    name: number,
    acceptanceNeeded: false,
  };
}

function no(code: string, text: string, field?: string): Found {
  return { refused: { code, text, field } };
}
