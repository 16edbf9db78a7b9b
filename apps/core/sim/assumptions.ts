/**
 * What a simulated day takes for granted, in sentences for the one who reads its figures.
 */
import type { RecordedDay } from "../records/day.ts";
import type { Change } from "./change.ts";
import type { Figures } from "./figures.ts";
import type { Rows } from "./rows.ts";

/** How near `unchanged` is to come to `real`: the mean wait in per cent of the real one plus so many seconds. */
export interface Bounds {
  /** Percentage points. */
  readonly serviceLevelPoints: number;
  readonly meanWaitPercent: number;
  readonly meanWaitSeconds: number;
}

/** On a day of any length (proven by tests/integration/whatif.test.ts on a real Asterisk). */
const MODEL: Bounds = { serviceLevelPoints: 5, meanWaitPercent: 10, meanWaitSeconds: 0.5 };

/**
 * The bounds of this day. A share of few calls is itself uncertain, whatever the model: to its points come two standard
 * errors of a proportion (10 points at 80 calls of which three quarters were in time, 0.6 at 20,000).
 */
export function boundsOf({ serviceLevelPercent, offered }: Figures): Bounds {
  const share = serviceLevelPercent / 100;
  const error = offered > 0 ? Math.sqrt((share * (1 - share)) / offered) : 0;
  return { ...MODEL, serviceLevelPoints: Math.round((MODEL.serviceLevelPoints + 200 * error) * 10) / 10 };
}

/** Whether a day that was simulated with nothing changed is near enough to the real one. */
export function isWithinBounds({ real, unchanged }: { real: Figures; unchanged: Figures }): boolean {
  const bounds = boundsOf(real);
  const points = Math.abs(unchanged.serviceLevelPercent - real.serviceLevelPercent);
  const seconds = Math.abs(unchanged.wait.meanSeconds - real.wait.meanSeconds);
  const most = (real.wait.meanSeconds * bounds.meanWaitPercent) / 100 + bounds.meanWaitSeconds;
  return points <= bounds.serviceLevelPoints && seconds <= most;
}

/** In the order of their weight. */
export function assumptionsOf(day: RecordedDay, rows: Rows, change: Change): string[] {
  const { calls, occupied } = day;
  const unknown = calls.filter(({ answer }) => answer === undefined).length;
  const missing = rows.queues.some(({ agents }) => agents.length === 0);
  return [
    "Settings are those of now, but for what is changed; what was changed since that day is not undone.",
    "Agents were in the states that they chose that day, and their phones were reachable whenever they were signed in.",
    "The same callers call at the same times; an answered call lasts as long as it did, whoever takes it.",
    ...(unknown > 0
      ? [
          `Calls that were not answered that day (${unknown}) last, answered now, as long as others picked at random.`,
        ]
      : []),
    "Who gave up waits exactly as long again. Who was answered waits at least that long, and beyond it like the others of that day (Kaplan and Meier's estimate).",
    "An agent answers the calls that they answered after the same ringing, and others as they answered that day; so too with calls that they let ring.",
    "Asterisk's Queue() hands over an agent who becomes free as quickly as it did on average that day, within a second at most. A queue's weight, and what callers are told while they wait, are left out.",
    ...(occupied.length > 0
      ? [
          `Agents' phones were in use for ${occupied.length} other calls at the times at which they were (colleagues, transfers).`,
        ]
      : []),
    ...(rows.lines.some(({ welcome }) => welcome)
      ? ["An arrival prompt takes as long as it did that day."]
      : []),
    ...aboutAgents(change),
    ...(missing ? ["A queue without agents answers nobody."] : []),
  ];
}

function aboutAgents({ agents }: Change): string[] {
  if (agents === undefined) return [];
  if (agents === "all" || Array.isArray(agents))
    return ["An agent who was not in the inbound state that day takes no calls here either."];
  const { add = 0 } = agents as { add?: number };
  return add > 0
    ? [
        "Added agents work the shifts of those who worked longest (all day if nobody did) and answer like everybody.",
      ]
    : [];
}
