/**
 * What SIPp saw, and nothing else: its logs (tests/load/scenarios.ts) → calls of customers, and rings of agents' phones.
 * Times are milliseconds since 1970 by SIPp's clock.
 */

/** One call as the customer's side saw it. */
export interface Offered {
  readonly caller: string;
  readonly dialled: string;
  readonly calledAt: number;
  /** 200, from whomever: a queue or a menu answers too. */
  readonly answeredAt?: number;
  readonly endedAt?: number;
  /** Who ended it. Undefined: not seen, so nothing can be said about it. */
  readonly endedBy?: "customer" | "asterisk";
}

/** One dialog of an agent's phone. */
export interface Ring {
  readonly callId: string;
  readonly account: string;
  readonly caller: string;
  readonly rangAt: number;
  readonly answeredAt?: number;
  /** BYE in either direction, or CANCEL. */
  readonly endedAt?: number;
}

interface Note {
  readonly at: number;
  readonly what: string;
  readonly rest: string;
}

/** Calls in a customers' log. */
export function readOffered(log: string): Offered[] {
  const calls = new Map<string, Offered>();
  for (const { at, what, rest } of notes(log)) {
    const [caller = "", dialled = ""] = rest.split(" ");
    const call = calls.get(caller);
    if (what === "calls") calls.set(caller, { caller, dialled, calledAt: at });
    else if (call) calls.set(caller, { ...call, ...step(what, at) });
  }
  return [...calls.values()];
}

function step(what: string, at: number): Partial<Offered> {
  switch (what) {
    case "answered":
      return { answeredAt: at };
    case "leaves":
    case "cancelled":
      return { endedAt: at, endedBy: "customer" };
    case "left":
    case "refused":
      return { endedAt: at, endedBy: "asterisk" };
    default:
      return {};
  }
}

/** Rings in the phones' log. */
export function readRings(log: string): Ring[] {
  const rings = new Map<string, Ring>();
  for (const { at, what, rest } of notes(log)) {
    const [callId = "", account = ""] = rest.split(" ");
    const ring = rings.get(callId);
    const caller = /sip:([^@;>]+)@/.exec(rest)?.[1] ?? "";
    if (what === "rings") rings.set(callId, { callId, account, caller, rangAt: at });
    else if (ring && what === "answers") rings.set(callId, { ...ring, answeredAt: at });
    else if (ring && what === "ends") rings.set(callId, { ...ring, endedAt: at });
    // Even when it had been about to answer: it did not.
    else if (ring && what === "stops") rings.set(callId, { ...ring, answeredAt: undefined, endedAt: at });
  }
  return [...rings.values()];
}

/** SIPp's timestamp is date, time and seconds.micros since 1970, tab separated. */
function notes(log: string): Note[] {
  return log.split("\n").flatMap((line) => {
    const [, at, what = "", rest = ""] = /(\d{9,}\.\d{3,6})\s(\S+) ?(.*)$/.exec(line) ?? [];
    return at === undefined ? [] : [{ at: Number(at) * 1000, what, rest: rest.trim() }];
  });
}
