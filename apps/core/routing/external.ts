/**
 * A number outside, through a carrier: forwarding, or a menu's choice.
 */
import type { Because } from "../because.ts";
import type { DomainEvent } from "../events.ts";
import type { AgentId } from "../floor.ts";
import { trunkFor } from "../outgoing/trunk.ts";
import { type Asked, recording } from "./rule.ts";

/** A line that says nothing of numbers outside. */
const DEFAULTS = { seconds: 25, callerId: "line" } as const;

/**
 * The call goes to this number; undefined when no trunk can place it.
 * @param number E.164; only numbers from our own rows come here.
 * @param agent whose own number it is
 */
export function dialOutside(
  { floor, call, line, at }: Asked,
  number: string,
  because: Because,
  agent?: AgentId,
): DomainEvent | undefined {
  const trunk = trunkFor(floor, line);
  if (!trunk) return undefined;
  const { seconds, callerId } = line.outside ?? DEFAULTS;
  const shown = callerId === "line" ? line.number : call.from;
  return {
    kind: "ExternalDialled",
    at,
    call: call.id,
    number,
    agent,
    step: {
      kind: "external",
      number,
      trunkKey: trunk.key,
      // A caller who is not in E.164 (withheld, an extension) is shown as the carrier sent them.
      callerId: shown?.startsWith("+") ? shown : undefined,
      seconds,
      ...recording(call, line),
    },
    because,
  };
}
