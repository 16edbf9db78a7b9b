/**
 * A number outside is called and told a code (LINE-03, FWD-02, FWD-03).
 */

import type { Input } from "../inputs.ts";
import { dialThrough, NO_TRUNK, trunkFor } from "../outgoing/trunk.ts";
import type { Turn } from "../turn.ts";

/** How long the number's phone rings. */
const RING_SECONDS = 45;

/** The attempt is written down already (law L4). The code is in the effect alone: events are kept and read. */
export function verificationAsked(turn: Turn, input: Extract<Input, { kind: "verificationAsked" }>): void {
  const trunk = trunkFor(turn.floor);
  if (!trunk) {
    turn.refuse("not-available", NO_TRUNK, "method");
    return;
  }
  const from = trunk.number ?? [...turn.floor.lines.values()][0]?.number;
  const common = { at: input.at, call: input.call, channel: input.channel };
  turn.happened({ kind: "CallArrived", ...common, type: "outbound", from, to: input.number });
  turn.ask({
    kind: "originate",
    call: input.call,
    channel: input.channel,
    ...dialThrough(trunk, input.number, from),
    seconds: RING_SECONDS,
    place: { context: "verification", extension: "dictate" },
    variables: { DZ_CODE: input.code, DZ_LANGUAGE: input.language },
  });
}
