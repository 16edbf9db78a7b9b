/** The connections of a call to numbers outside: what somebody bills (XFER-12, FWD-08, BILL-08). */
import type { Millis } from "../floor.ts";
import type { Fact } from "./facts.ts";
import type { Leg } from "./fold.ts";

export interface Connection {
  readonly channel: string;
  /** E.164. */
  readonly number: string;
  /** Asterisk's name for the trunk it went through; undefined: not to be read from the channel's name. */
  readonly trunk: string | undefined;
  readonly answeredAt: Millis;
  /** Undefined while it goes on. */
  readonly endedAt: Millis | undefined;
}

/**
 * Answered channels to numbers outside: whom the dialplan called for somebody (a customer, a transfer, forwarding, a
 * menu's choice), and the call's own first channel when we called that: a customer who is called back, a number that is
 * verified, an agent's own number outside (LINE-13). Each counts from its answer to its hang-up, whoever else talks
 * meanwhile. What never answered is no connection.
 * @param ordered the call's facts in the order in which they happened
 * @param endedAt closes what the record left open
 */
export function foldConnections(
  ordered: readonly Fact[],
  linkedId: string,
  legs: Iterable<Leg>,
  endedAt: Millis | undefined,
): Connection[] {
  const first = numberOfFirst(ordered);
  const connections: Connection[] = [];
  for (const leg of legs) {
    const number =
      leg.toNumber ?? (leg.channel === linkedId && leg.agentId === undefined ? first : undefined);
    if (number === undefined || leg.answeredAt === undefined) continue;
    connections.push({
      channel: leg.channel,
      number,
      trunk: /^PJSIP\/(.+)-[0-9a-f]{8,}$/.exec(leg.name)?.[1],
      answeredAt: leg.answeredAt,
      endedAt: leg.endedAt ?? endedAt,
    });
  }
  return connections;
}

/** Whom we called to begin this call, if that was a number outside. */
function numberOfFirst(ordered: readonly Fact[]): string | undefined {
  const said = (kind: string) => ordered.find((fact) => fact.source === "engine" && fact.kind === kind)?.data;
  const placed = said("CallPlaced")?.firstNumber;
  if (typeof placed === "string") return placed;
  const arrival = said("CallArrived");
  // A call of an agent begins with the agent's own phone.
  if (arrival?.type !== "outbound" || arrival.agent !== undefined) return undefined;
  return typeof arrival.to === "string" ? arrival.to : undefined;
}
