/**
 * The compliance gate: may this number be dialled by this campaign now? Pure; whoever takes a contact asks it in the
 * same transaction that writes the attempt (store/take.ts), and takes nothing when it cannot ask.
 */
import type { Millis } from "../floor.ts";
import type { AttemptEnding, CampaignMode, CampaignState, Purpose } from "./campaign.ts";
import { openFrom } from "./open-everywhere.ts";
import type { Policy } from "./policy.ts";
import { type RefusalCode, type Refused, refuse, type Verdict } from "./verdict.ts";
import { isRussian } from "./zones.ts";

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** The periods of `AttemptPolicy`, backwards from now. A month is as long as the longest one. */
const PERIODS = [
  ["day", DAY_MS],
  ["week", 7 * DAY_MS],
  ["month", 31 * DAY_MS],
] as const;
/** How far back a callee's attempts have to be known. */
export const HISTORY_MS = Math.max(...PERIODS.map(([, length]) => length));

/** The campaign that asks. */
export interface Asking {
  readonly state: CampaignState;
  readonly mode: CampaignMode;
  readonly purpose: Purpose;
  readonly policy: Policy;
  /** An agent is kept for this very call from before the dial until the answer. Preview keeps one always. */
  readonly agentKept: boolean;
  readonly at: Millis;
}

/** An attempt that was made, by any campaign or by an agent. */
export interface PastAttempt {
  readonly number: string;
  readonly at: Millis;
  /** Undefined: it is not over, or nobody wrote down how it ended (an agent's own call). */
  readonly ending?: AttemptEnding | undefined;
  readonly endedAt?: Millis | undefined;
  /** It is not over, as far as we know. */
  readonly open: boolean;
}

/** Whoever is to be called, as far as the gate has to know. */
export interface Callee {
  readonly phone: string;
  /** zones.ts. */
  readonly zones: readonly string[];
  /** On the refusal list, until when (undefined: for ever); null: not on it. */
  readonly refusal: { readonly until?: Millis | undefined } | null;
  /** There is evidence of consent for the campaign's purpose that was not withdrawn and holds now. */
  readonly consent: boolean;
  /** All attempts of the last `HISTORY_MS` to this number, and to the person's other numbers. */
  readonly past: readonly PastAttempt[];
  /** How often this campaign has tried this contact. */
  readonly attempts: number;
  /** The person is on the phone with us. */
  readonly inCall: boolean;
}

type Rule = (asking: Asking, callee: Callee) => Refused | undefined;
type OpenFrom = (zones: readonly string[]) => Millis | undefined;

/** Soon enough to be asked again about something that ends by itself at a time nobody knows. */
const SOON_MS = 60_000;

/** One campaign's gate at one moment. The answer for a set of zones is worked out once. */
export function createGate(asking: Asking): (callee: Callee) => Verdict {
  const known = new Map<string, Millis | undefined>();
  const opensFrom = (zones: readonly string[], at: Millis): Millis | undefined => {
    const key = `${at} ${zones.join()}`;
    if (!known.has(key)) known.set(key, openFrom(asking.policy.calendar, zones, at));
    return known.get(key);
  };
  return (callee) => judge(asking, callee, opensFrom);
}

/**
 * Refused for good by the first rule that says so; else by the rule that asks to wait longest, until the calendar is
 * open then.
 */
export function mayDial(asking: Asking, callee: Callee): Verdict {
  return createGate(asking)(callee);
}

function judge(
  asking: Asking,
  callee: Callee,
  opensFrom: (zones: readonly string[], at: Millis) => Millis | undefined,
): Verdict {
  const waits: Refused[] = [];
  for (const rule of RULES) {
    const refused = rule(asking, callee);
    if (refused && refused.notBefore === undefined) return refused;
    if (refused) waits.push(refused);
  }
  const hours = closed(asking, callee, (zones) => opensFrom(zones, asking.at));
  if (hours && hours.notBefore === undefined) return hours;
  if (hours) waits.push(hours);
  const longest = waits.sort((a, b) => (b.notBefore ?? 0) - (a.notBefore ?? 0))[0];
  if (!longest) return { allowed: true };
  return { ...longest, notBefore: opensFrom(callee.zones, longest.notBefore ?? asking.at) };
}

/** Only a running campaign dials; what was stopped, paused or is draining takes nobody new. */
const running: Rule = ({ state }) =>
  state === "running" ? undefined : refuse("not-running", `the campaign is ${state}`);

const modeAllowed: Rule = ({ mode, purpose, policy }) =>
  policy.modes[purpose].includes(mode)
    ? undefined
    : refuse("mode-forbidden", `the policy does not let ${purpose} be dialled in mode ${mode}`);

/** 38-FZ art. 18(2), whatever the policy says: numbers in Russia get no advertising that no person dialled. */
const dialledByPerson: Rule = ({ mode, purpose }, { phone }) =>
  purpose === "advertising" && mode !== "preview" && isRussian(phone)
    ? refuse("machine-dialling", "advertising may be dialled by a person only (38-FZ art. 18(2))")
    : undefined;

/** 16 CFR 310.4(b)(1)(iii)(A), PECR reg. 21(1)(a), 38-FZ art. 18(1): who has refused is not called. */
const notRefused: Rule = ({ at }, { refusal }) => refusedNow(refusal, at);

/** What the refusal list says at this moment. */
export function refusedNow(refusal: Callee["refusal"], at: Millis): Refused | undefined {
  if (!refusal || (refusal.until !== undefined && refusal.until <= at)) return undefined;
  return refuse("refused", "the number is on the refusal list", refusal.until);
}

/** 38-FZ art. 18(1), 47 CFR 64.1200(a)(2), PECR reg. 19: the evidence is ours to have. */
const consented: Rule = ({ policy, purpose }, { consent }) =>
  consent || !policy.consentFor.includes(purpose)
    ? undefined
    : refuse("no-consent", `there is no evidence of consent to ${purpose}`);

const withinTotal: Rule = ({ policy: { attempts } }, callee) =>
  attempts.total !== null && callee.attempts >= attempts.total
    ? refuse("exhausted", `this campaign has tried ${callee.attempts} times of ${attempts.total}`)
    : undefined;

/** Nobody can say what time it is there. */
const somewhere: Rule = (_, { zones }) =>
  zones.length > 0 ? undefined : refuse("zone-unknown", "the number belongs to no known country");

/** Nobody is rung twice at once (law L4). */
const notRinging: Rule = ({ at }, { past }) =>
  past.some(({ open }) => open)
    ? refuse("in-flight", "the person is being called at this moment", at + SOON_MS)
    : undefined;

const notTalking: Rule = ({ at }, { inCall }) =>
  inCall ? refuse("in-call", "the person is on the phone with us", at + SOON_MS) : undefined;

/** 230-FZ art. 7(3) and the like. In any such period, so that it holds for calendar days and weeks as well. */
const withinPeriods: Rule = ({ policy: { attempts }, at }, { phone, past }) => {
  const counted = past
    .filter(
      ({ number, ending }) => ending !== "not_placed" && (attempts.per === "person" || number === phone),
    )
    .map((attempt) => attempt.at)
    .sort((a, b) => b - a);
  const waits = PERIODS.flatMap(([period, length]) => {
    const limit = attempts[period];
    if (limit === null || counted.filter((time) => time > at - length).length < limit) return [];
    // The one that has to leave the period before there is room; no room ever, if none is allowed.
    const oldest = counted[limit - 1];
    const notBefore = oldest === undefined ? undefined : oldest + length;
    return [refuse("too-many", `${limit} per ${period} are allowed`, notBefore)];
  });
  return waits.sort((a, b) => (b.notBefore ?? Infinity) - (a.notBefore ?? Infinity))[0];
};

/** Ofcom: 72 hours after an abandoned call, unless an agent is sure to be there. */
const notSoonAfterAbandoned: Rule = (asking, callee) =>
  lock(asking, callee, "abandoned", asking.policy.redial.abandonedHours, "after-abandoned");

/** Ofcom: 24 hours after AMD took somebody for a machine, unless an agent is sure to be there. */
const notSoonAfterMachine: Rule = (asking, callee) =>
  lock(asking, callee, "machine", asking.policy.redial.machineHours, "after-machine");

/**
 * 230-FZ art. 7(3), 16 CFR 310.4(c) and the like: by the clock on the callee's wall; when nobody knows which clock that
 * is, by all that it may be.
 */
function closed({ at }: Asking, { zones }: Callee, opensFrom: OpenFrom): Refused | undefined {
  const opens = opensFrom(zones);
  if (opens === at) return undefined;
  const where =
    zones.length === 1
      ? `in ${zones[0]}`
      : `in all of the ${zones.length} zones it may be in: a zone or a city at the contact says in which`;
  return refuse("closed", `nobody may be called now ${where}`, opens);
}

/** Those that no waiting helps against come first. */
const RULES: readonly Rule[] = [
  running,
  modeAllowed,
  dialledByPerson,
  notRefused,
  consented,
  withinTotal,
  somewhere,
  notRinging,
  notTalking,
  withinPeriods,
  notSoonAfterAbandoned,
  notSoonAfterMachine,
];

function lock(
  { at, agentKept, mode }: Asking,
  { phone, past }: Callee,
  ending: AttemptEnding,
  hours: number,
  code: RefusalCode,
): Refused | undefined {
  if (agentKept || mode === "preview") return undefined;
  const last = Math.max(
    ...past
      .filter((attempt) => attempt.number === phone && attempt.ending === ending)
      .map((attempt) => attempt.endedAt ?? attempt.at),
  );
  const notBefore = last + hours * HOUR_MS;
  return notBefore > at ? refuse(code, `${hours} hours have to pass first`, notBefore) : undefined;
}
