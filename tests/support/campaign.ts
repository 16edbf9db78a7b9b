/** A campaign for pure tests, with dials that are written down. */
import { CAMPAIGN_MODES, type Campaign } from "../../apps/core/dialling/campaign.ts";
import type { Taken } from "../../apps/core/dialling/floor.ts";
import type { Policy } from "../../apps/core/dialling/policy.ts";
import type { Agent } from "../../apps/core/floor.ts";
import type { House } from "./floor.ts";
import { T0 } from "./floor.ts";

export const CARRIER = { id: "t", key: "t1", name: "Carrier", dials: true } as const;

const ANY_HOUR = [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }] as const;

export const POLICY: Policy = {
  preset: "test",
  abandonment: {
    limitPercent: 3,
    windowHours: 24,
    countFalsePositives: false,
    connectSeconds: 2,
    clock: "answer",
    message: true,
    refusalKey: null,
  },
  minRingSeconds: 15,
  redial: { abandonedHours: 0, machineHours: 0 },
  attempts: { per: "number", day: null, week: null, month: null, total: null },
  retry: {},
  calendar: { week: ANY_HOUR },
  modes: {
    service: CAMPAIGN_MODES,
    advertising: ["preview"],
    survey: CAMPAIGN_MODES,
    reminder: CAMPAIGN_MODES,
    debt: CAMPAIGN_MODES,
  },
  consentFor: [],
};

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
    policy: POLICY,
    trunkIds: [],
    callsPerSecond: 5,
    maxLines: 100,
    callerNumbers: [],
    wrapUp: undefined,
    preview: { seconds: 60, onTimeout: "pause" },
    purpose: "service",
    queueId: undefined,
    ratio: undefined,
    amd: undefined,
    messageSoundId: undefined,
    announcementSoundId: undefined,
    announcement: undefined,
    startedAt: T0,
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
