/**
 * Several campaigns with the same agents: each agent, idle or busy, is one campaign's at a time. Each pacer then keeps
 * the risk within its own agents, and when one answer too many comes for one campaign the others' agents are still
 * there: the risk that somebody finds nobody is at most the sum of the campaigns' risks.
 */
import type { PacedAgent } from "../pacer.ts";

export interface SharedAgent<Agent extends PacedAgent> {
  readonly agent: Agent;
  /** Indexes of the campaigns the agent serves. */
  readonly serves: readonly number[];
}

/** What a campaign has to do for its agents. */
export interface Claim {
  /** Its customers who have answered and wait. */
  readonly waiting: number;
  /** Live answers to be expected of its calls in flight: their number times `explain().pHat`. */
  readonly expected: number;
  /** How much of what nobody claims it gets; undefined: 1. */
  readonly weight?: number | undefined;
}

/**
 * Gives each agent to one of the campaigns it serves: first to those that have customers or expect answers, then by
 * weight. Agents with least choice are given first, the idle before the busy. Deterministic.
 *
 * @returns each campaign's agents, in the order of `claims`; the idle among them are its `PacingView.idle`
 */
export function shareAgents<Agent extends PacedAgent>(
  agents: readonly SharedAgent<Agent>[],
  claims: readonly Claim[],
): Agent[][] {
  const shares = claims.map((): Agent[] => []);
  const inOrder = agents
    .map((one, place) => ({ ...one, place }))
    .sort((one, other) => rank(one) - rank(other) || one.place - other.place);
  for (const { agent, serves } of inOrder) {
    let best: number | undefined;
    for (const campaign of serves)
      if (claims[campaign] && (best === undefined || isBefore(campaign, best, shares, claims)))
        best = campaign;
    if (best !== undefined) shares[best]?.push(agent);
  }
  return shares;
}

function rank({ agent, serves }: SharedAgent<PacedAgent>): number {
  const group = agent.pausePending ? 2 : agent.state === "idle" ? 0 : 1;
  return group * 1_000_000 + serves.length;
}

/** Has the first campaign the better right to the next agent than the second? */
function isBefore(
  first: number,
  second: number,
  shares: readonly (readonly unknown[])[],
  claims: readonly Claim[],
): boolean {
  const lack = lacks(first, shares, claims) - lacks(second, shares, claims);
  if (lack !== 0) return lack > 0;
  return quotient(first, shares, claims) > quotient(second, shares, claims);
}

/** Customers, and answers expected, that have no agent yet. */
function lacks(campaign: number, shares: readonly (readonly unknown[])[], claims: readonly Claim[]): number {
  const claim = claims[campaign];
  return claim ? Math.max(0, claim.waiting + claim.expected - (shares[campaign]?.length ?? 0)) : 0;
}

/** Sainte-Laguë's divisors: shares by weight without favour for the larger. */
function quotient(
  campaign: number,
  shares: readonly (readonly unknown[])[],
  claims: readonly Claim[],
): number {
  return (claims[campaign]?.weight ?? 1) / (2 * (shares[campaign]?.length ?? 0) + 1);
}
