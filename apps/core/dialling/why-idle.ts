/**
 * Why a running campaign dials nobody at this moment, in words for the manager who wonders (law L6).
 */
import type { Floor } from "../floor.ts";
import { freeFor } from "./agents.ts";
import type { Campaign } from "./campaign.ts";
import type { PacingView } from "./pacer.ts";
import { groupOf } from "./trunks.ts";

export interface Idle {
  readonly code:
    | "no-trunk"
    | "no-agents"
    | "nobody-due"
    | "no-room"
    | "one-for-one"
    | "agents-busy"
    | "enough";
  readonly text: string;
}

/** What the campaign's pacer says of the rule that is kept beyond the limit of abandoned calls. */
export const ONE_FOR_ONE =
  "too many answered calls were abandoned: until that is better one call for each free agent is dialled, and no more";

/** Is told at once; the others are how campaigns work. */
const HINDERS: ReadonlySet<Idle["code"]> = new Set(["no-trunk", "no-agents", "nobody-due"]);

/** How long it has to stand before it is told, in milliseconds. */
export function toldAfter({ code }: Idle): number {
  return HINDERS.has(code) ? 3000 : 60_000;
}

/**
 * @param over the limit of abandoned calls is exceeded
 * @param listEmpty nobody on the list could be taken a moment ago
 */
export function whyIdle(
  floor: Floor,
  campaign: Campaign,
  view: PacingView,
  { over, listEmpty }: { readonly over: boolean; readonly listEmpty: boolean },
): Idle {
  if (groupOf(floor, campaign).length === 0)
    return { code: "no-trunk", text: "no trunk that it may use places calls to numbers outside" };
  if (listEmpty) return { code: "nobody-due", text: "nobody due: nobody on the list may be called now" };
  const agents = [...view.agents].filter(({ state }) => state !== "break");
  if (campaign.mode !== "agentless" && agents.length === 0) return noAgents(floor, campaign);
  if (Math.floor(view.room ?? 0) <= 0)
    return { code: "no-room", text: "no room: its lines, its calls per second or its trunks are used up" };
  if (over) return { code: "one-for-one", text: ONE_FOR_ONE };
  if (view.idle === 0)
    return {
      code: "agents-busy",
      text: `all ${agents.length} agents are busy, and a call now might find nobody`,
    };
  return { code: "enough", text: "enough calls are on their way for the agents who are free" };
}

function noAgents(floor: Floor, campaign: Campaign): Idle {
  const elsewhere = freeFor(floor, campaign).length > 0;
  return {
    code: "no-agents",
    text: elsewhere
      ? "no agents: those who are free are kept for other campaigns that they serve"
      : "no agents: none is signed in with a phone and takes its calls",
  };
}
