/**
 * The places of dialplan/55-regroup.conf. Extensions are built of channel ids, phones and numbers, never of texts.
 */
import type { Place } from "../effects.ts";
import type { Target } from "./regroup.ts";

/** A held customer goes back to the agent after so long, whoever of us lives (law L2). */
export const LONGEST_HOLD_SECONDS = 600;
/** XFER-11: a target that is called rings so long. */
export const TRANSFER_RING_SECONDS = 30;

/** The customer hears music until somebody takes them back; at the latest the holder does. */
export function held(holder: string): Place {
  return { context: "held", extension: `by-${holder}_${LONGEST_HOLD_SECONDS}` };
}

/** The agent waits for the customer. */
export function holding(customer: string): Place {
  return { context: "holding", extension: `for-${customer}` };
}

/** The customer talks with this channel from here on. */
export function meet(partner: string): Place {
  return { context: "meet", extension: `with-${partner}` };
}

/** This channel brings the customer to itself. */
export function fetch(customer: string): Place {
  return { context: "fetch", extension: `to-${customer}` };
}

/** The agent calls the target while the customer waits. @param shown the number that the target sees */
export function consult(customer: string, target: Exclude<Target, { kind: "line" }>, shown: string): Place {
  const to = target.kind === "agent" ? target.phone : `${target.number}_${target.trunkKey}`;
  return {
    context: target.kind === "agent" ? "consult" : "consult-outside",
    extension: `for-${customer}~${shown}~to-${to}_${TRANSFER_RING_SECONDS}`,
  };
}

/** Joins the customer's conference. */
export function conference(customer: string): Place {
  return { context: "conference", extension: `of-${customer}` };
}

/** Joins the customer's conference and brings the customer along. */
export function conferenceBringing(customer: string): Place {
  return { context: "conference-bring", extension: `of-${customer}` };
}

/** This channel is hung up. */
export const RELEASED: Place = { context: "released", extension: "now" };

/** A supervisor listens to this channel. */
export function supervise(mode: "listen" | "whisper" | "barge", channel: string): Place {
  return { context: "supervise", extension: `${mode}-${channel}` };
}

/** The agent hears the own voice (ENV-03). */
export const ECHO: Place = { context: "echo", extension: "start" };
