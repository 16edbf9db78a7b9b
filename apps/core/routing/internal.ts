/**
 * A colleague's call by short number (SOFT-08): only to a colleague who is available (AGENT-13).
 */
import { cannotTake } from "../agents/eligible.ts";
import type { DomainEvent } from "../events.ts";
import type { Call, Floor } from "../floor.ts";

/** How long a colleague's phone rings. */
const RING_SECONDS = 30;

/** Where an internal call goes. `call` is in phase `deciding`. */
export function routeInternal(floor: Floor, call: Call, shortNumber: string, at: number): DomainEvent {
  const colleague = [...floor.agents.values()].find((agent) => agent.shortNumber === shortNumber);
  const reason = colleague ? cannotTake(colleague) : undefined;
  if (!colleague || reason) {
    const text = colleague
      ? `${colleague.name} is not available: ${reason}`
      : `nobody has the short number ${shortNumber}`;
    return {
      kind: "CallRefused",
      at,
      call: call.id,
      step: { kind: "ending", name: "unavailable" },
      because: { rule: "AGENT-13", text },
    };
  }
  return {
    kind: "AgentOffered",
    at,
    call: call.id,
    agent: colleague.id,
    step: { kind: "offer", phone: colleague.phone, seconds: RING_SECONDS, record: "off", announce: false },
    because: { rule: "SOFT-08", text: `short number ${shortNumber} is ${colleague.name}, who is available` },
  };
}
