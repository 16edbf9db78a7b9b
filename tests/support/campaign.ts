/** A campaign for pure tests, with dials that are written down. */
import type { Campaign, Taken } from "../../apps/core/dialling/floor.ts";
import type { Agent } from "../../apps/core/floor.ts";
import type { House } from "./floor.ts";
import { T0 } from "./floor.ts";

export const CARRIER = { id: "t", key: "t1", name: "Carrier", dials: true } as const;

/** A running progressive campaign of these agents on the line of tests. */
export function campaign(agents: readonly Agent[], change: Partial<Campaign> = {}): Campaign {
  return {
    id: "k",
    key: "c1",
    name: "Autumn",
    mode: "progressive",
    state: "running",
    lineId: "l",
    agents: agents.map(({ id }) => id),
    connect: "ring",
    blending: false,
    shedding: false,
    weight: 1,
    ringSeconds: 25,
    says: true,
    deadline: { ms: 2000, clock: "answer" },
    trunkIds: [],
    callsPerSecond: 5,
    maxLines: 100,
    callerNumbers: [],
    wrapUp: "none",
    ...change,
  };
}

/** What the store answers when it has written attempts down. */
export function taken(name: string, change: Partial<Taken> = {}): Taken {
  return { id: `campaign-1.${name}`, call: `call-${name}`, number: "+79160000001", turn: 0, ...change };
}

/** Attempts are written down and dialled. */
export function dialled(made: House, attempts: readonly Taken[], at = T0) {
  return made.hear({ kind: "attemptsCommitted", at, campaign: "k", attempts });
}

/** A live person answers and waits in Stasis. */
export function answered(made: House, name: string, at = T0 + 8000, leftMs = 2000) {
  return made.hear({
    kind: "customerAnswered",
    at,
    call: `call-${name}`,
    channel: `campaign-1.${name}`,
    campaignKey: "c1",
    lineKey: "l1",
    leftMs,
  });
}

/** The customer's channel is gone. */
export function gone(made: House, name: string, cause: number, at = T0 + 9000) {
  return made.hear({
    kind: "talkEnded",
    at,
    call: `call-${name}`,
    phone: "t1",
    channel: `campaign-1.${name}`,
    gone: true,
    cause,
  });
}
