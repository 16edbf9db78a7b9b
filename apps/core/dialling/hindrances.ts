/**
 * What keeps a campaign from dialling, in words for the manager who starts it or wonders why nothing happens.
 */
import type { AgentState, Millis } from "../floor.ts";
import { servesCampaign } from "./agents.ts";
import type { Campaign } from "./campaign.ts";
import { listWords } from "./list-words.ts";

export const HINDRANCES = [
  "unserved",
  "no-trunk",
  "no-agents",
  "nobody-due",
  "calendar-closed",
  "nobody-allowed",
  "limit-exceeded",
  "not-running",
] as const;

/** Something that the campaign's manager should know; nothing was refused for it. */
export interface Hindrance {
  readonly code: (typeof HINDRANCES)[number];
  readonly text: string;
  /** The campaign's field that would mend it; undefined: none would. */
  readonly field?: string | undefined;
}

/** What the gate would say of the first of a list, without anybody being taken. */
export interface ListOutlook {
  /** Who waits and whose time has come. */
  readonly due: number;
  /** Who waits for their time to come, by the reason (list-words.ts). */
  readonly later: Readonly<Record<string, number>>;
  /** When the next one who waits is due. */
  readonly nextAt: Millis | undefined;
  /** So many of those who are due were looked at, and so many of these may be called now. */
  readonly looked: number;
  readonly allowed: number;
  /** The gate's codes of the others. */
  readonly refused: Readonly<Record<string, number>>;
  /** When the first of those may be called; undefined: waiting does not help. */
  readonly opensAt: Millis | undefined;
}

export interface Standing {
  readonly campaign: Campaign;
  /** Whether any trunk that it may use places calls. */
  readonly dials: boolean;
  /** Its agents as they are; undefined: nobody knows now. */
  readonly agents: readonly { readonly state: AgentState; readonly device: string }[] | undefined;
  readonly list: ListOutlook;
  /** Abandonment is beyond the policy's limit. */
  readonly exceeded: boolean;
}

/** All that stands in the way now, the gravest first. */
export function hindrancesOf(standing: Standing): Hindrance[] {
  const { campaign, dials, list, exceeded } = standing;
  const found: Hindrance[] = [];
  if (campaign.mode !== "agentless") found.push(...agentsMissing(standing));
  if (!dials)
    found.push({
      code: "no-trunk",
      text:
        campaign.trunkIds.length > 0
          ? "no trunk: none of the campaign's trunks places calls to numbers outside (a trunk needs a host)"
          : "no trunk places calls to numbers outside: a trunk needs a host for that",
      field: "trunkIds",
    });
  found.push(...listBlocked(list));
  if (exceeded)
    found.push({
      code: "limit-exceeded",
      text: `more than ${campaign.policy.abandonment.limitPercent} % of the answered calls were abandoned: until that is better it dials one call for each free agent, and no more`,
      field: "policy.abandonment.limitPercent",
    });
  return found;
}

/** Nobody serves it at all. Campaigns may be made before their agents are chosen. */
export function unserved({
  mode,
  queueId,
  agents,
}: Pick<Campaign, "mode" | "queueId" | "agents">): Hindrance[] {
  if (mode === "agentless" || agents.length > 0) return [];
  return [
    {
      code: "unserved",
      text: queueId
        ? "nobody serves this campaign: its queue has no agents"
        : "nobody serves this campaign: name a queue in queueId, or agents in agentIds",
      field: queueId ? "queueId" : "agentIds",
    },
  ];
}

function agentsMissing({ campaign, agents }: Standing): Hindrance[] {
  const nobody = unserved(campaign);
  if (nobody.length > 0 || agents === undefined) return nobody;
  const ready = agents.filter((agent) => servesCampaign(agent, campaign) && agent.device !== "unreachable");
  if (ready.length > 0) return [];
  const states = campaign.blending ? "outbound or inbound" : "outbound";
  return [
    {
      code: "no-agents",
      text: `no agents: none of its ${campaign.agents.length} is signed in with a phone and in state ${states}`,
    },
  ];
}

/** Why nobody on the list may be called now. */
export function listBlocked({
  due,
  later,
  nextAt,
  looked,
  allowed,
  refused,
  opensAt,
}: ListOutlook): Hindrance[] {
  const waiting = Object.values(later).reduce((sum, count) => sum + count, 0);
  if (due === 0 && waiting > 0) return [blocked("nobody-due", "nobody is due now", later, nextAt)];
  if (looked === 0 || allowed > 0) return [];
  return [blocked("nobody-allowed", `none of the first ${looked} may be called now`, refused, opensAt)];
}

/** @param from when the first of them may be called; undefined: waiting does not help */
function blocked(
  code: "nobody-due" | "nobody-allowed",
  text: string,
  reasons: Readonly<Record<string, number>>,
  from: Millis | undefined,
): Hindrance {
  const commonest = Object.entries(reasons).sort(([, one], [, other]) => other - one);
  const why = commonest.map(([reason, count]) => `${listWords(reason)} (${count})`).join("; ");
  const when = from === undefined ? "" : `; the first may be called from ${new Date(from).toISOString()}`;
  const closed = commonest.every(([reason]) => reason === "closed");
  return {
    code: closed ? "calendar-closed" : code,
    text: `${text}: ${why}${when}`,
    ...(closed && { field: "policy.calendar" }),
  };
}
