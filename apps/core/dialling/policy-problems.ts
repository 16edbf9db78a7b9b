/**
 * What is wrong with a policy before it is saved: each problem names its field. The shape is the API's schema's.
 */
import { hoursProblems } from "../routing/hours-problems.ts";
import type { CampaignMode, Purpose } from "./campaign.ts";
import { LEAST_RING_SECONDS, type Policy } from "./policy.ts";

export interface PolicyProblem {
  /** A path such as `policy.attempts.week`. */
  readonly field: string;
  readonly message: string;
}

/** A campaign, as far as its policy has a say in it. */
export interface Ruled {
  readonly mode: CampaignMode;
  readonly purpose: Purpose;
  readonly ringSeconds: number;
}

/** Everything that is wrong with the policy itself, and with a campaign of this kind under it. */
export function policyProblems(policy: Policy, campaign: Ruled): PolicyProblem[] {
  return [
    ...hoursProblems({ ...policy.calendar, zone: "UTC" }).map(({ field, message }) => ({
      field: field.replace(/^hours\./, "policy.calendar."),
      message,
    })),
    ...holidayProblems(policy),
    ...attemptProblems(policy),
    ...ringProblems(policy, campaign),
    ...modeProblems(policy, campaign),
  ];
}

function holidayProblems({ calendar: { holidays = [] } }: Policy): PolicyProblem[] {
  return holidays.flatMap(({ open = [] }, index) =>
    open.flatMap(({ from, to }, place) =>
      from < to
        ? []
        : [
            {
              field: `policy.calendar.holidays.${index}.open.${place}.to`,
              message: `must be later than from (${from})`,
            },
          ],
    ),
  );
}

/** A limit of a longer time that is below that of a shorter one says that somebody mistook the two. */
function attemptProblems({ attempts }: Policy): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  let [least, of] = [attempts.day, "day"];
  for (const period of ["week", "month"] as const) {
    const limit = attempts[period];
    if (limit === null) continue;
    if (least !== null && limit < least)
      problems.push({
        field: `policy.attempts.${period}`,
        message: `must not be less than what a ${of} allows (${least})`,
      });
    [least, of] = [limit, period];
  }
  return problems;
}

function ringProblems({ minRingSeconds }: Policy, { ringSeconds }: Ruled): PolicyProblem[] {
  if (minRingSeconds < LEAST_RING_SECONDS)
    return [{ field: "policy.minRingSeconds", message: `must be at least ${LEAST_RING_SECONDS} seconds` }];
  if (ringSeconds < minRingSeconds)
    return [{ field: "ringSeconds", message: `the policy asks for at least ${minRingSeconds} seconds` }];
  return [];
}

function modeProblems({ modes }: Policy, { mode, purpose }: Ruled): PolicyProblem[] {
  const allowed = modes[purpose];
  if (allowed.includes(mode)) return [];
  const which = allowed.length > 0 ? `only ${allowed.join(", ")}` : "not at all";
  return [{ field: "mode", message: `the policy lets ${purpose} be dialled ${which}` }];
}
