/**
 * How a call ended: a closed list, each with a culprit (law L8).
 */

export const ENDINGS = [
  "answered",
  "abandoned",
  "no_answer",
  "out_of_hours",
  "not_in_service",
  "unavailable",
  /** The caller got what a voice menu had to say, and it ended the call. */
  "self_service",
  "busy",
  "rejected",
  "unreachable",
  "failed",
  /** A campaign's call was answered by a machine. */
  "machine",
  /** We hung up before anybody answered. */
  "cancelled",
  /** The caller kept the place, and is called back. */
  "callback",
  /** Asterisk died or its record is incomplete: closed by reconciliation. */
  "lost",
] as const;

export type Ending = (typeof ENDINGS)[number];
export type Culprit = "ours" | "theirs" | "carrier";

/** Who is to blame, so that a report of missed calls is a report about us. */
export const CULPRITS: Readonly<Record<Ending, Culprit>> = {
  answered: "theirs",
  abandoned: "theirs",
  no_answer: "ours",
  out_of_hours: "theirs",
  not_in_service: "theirs",
  unavailable: "ours",
  self_service: "theirs",
  busy: "theirs",
  rejected: "theirs",
  unreachable: "carrier",
  failed: "carrier",
  machine: "theirs",
  cancelled: "ours",
  callback: "theirs",
  lost: "ours",
};

/** What the dialplan itself says at the end (CELGenUserEvent(ENDING,…), dialplan/70-ending.conf), or reconciliation. */
const SAID: Readonly<Record<string, Ending>> = {
  out_of_hours: "out_of_hours",
  no_answer: "no_answer",
  not_in_service: "not_in_service",
  unavailable: "unavailable",
  self_service: "self_service",
  callback: "callback",
  lost: "lost",
};

/** Q.850 causes (Asterisk's hangupcause) that mean more than a normal end. RFC 3398 maps SIP to them. */
const CAUSES: Readonly<Record<number, Ending>> = {
  1: "not_in_service",
  17: "busy",
  21: "rejected",
  20: "unreachable",
  27: "unreachable",
  34: "failed",
  38: "failed",
  41: "failed",
  42: "failed",
};

/**
 * The ending of a customer's inbound or internal call.
 * @param talked somebody answered; @param said the dialplan's own word; @param cause Q.850 of the last hang-up.
 */
export function endingOf(talked: boolean, said: string | undefined, cause: number | undefined): Ending {
  if (talked) return "answered";
  const own = said === undefined ? undefined : SAID[said];
  if (own) return own;
  const byCause = cause === undefined ? undefined : CAUSES[cause];
  return byCause ?? "abandoned";
}

/** Nobody of ours missed anything when a customer does not answer our call. */
export const OUTBOUND_CULPRITS: Readonly<Partial<Record<Ending, Culprit>>> = {
  no_answer: "theirs",
  unavailable: "ours",
  abandoned: "ours",
};

/**
 * The ending of a call that an agent placed: what became of the customer's leg.
 * @param own the agent's channel; without another leg the customer was never dialled.
 */
export function outboundEnding(
  talked: boolean,
  legs: readonly { readonly channel: string; readonly cause: number | undefined }[],
  own: string,
): Ending {
  if (talked) return "answered";
  const theirs = legs.filter((leg) => leg.channel !== own).at(-1);
  if (!theirs) return "unavailable";
  const byCause = theirs.cause === undefined ? undefined : CAUSES[theirs.cause];
  if (byCause) return byCause;
  return theirs.cause === 18 || theirs.cause === 19 ? "no_answer" : "abandoned";
}
