/**
 * What is kept of a pacer over a restart: plain data, JSON both ways.
 */
import type { AgentsSaved } from "./agents.ts";
import type { AnswersSaved } from "./answers.ts";
import type { BudgetSaved } from "./budget.ts";
import type { LatencySaved } from "./latency.ts";

/** Raised when the shape changes: an older snapshot is not gone on from. */
const FORMAT = 1;

export interface PacerSaved {
  readonly format: number;
  readonly at: number | null;
  readonly resolved: number;
  readonly outage: number;
  readonly answers: AnswersSaved;
  readonly agents: AgentsSaved;
  readonly budget: BudgetSaved;
  readonly latency: LatencySaved;
}

export function saved(parts: Omit<PacerSaved, "format">): PacerSaved {
  return { format: FORMAT, ...parts };
}

/** @returns the snapshot if it is one of this format and every number in it is one; else a pacer begins anew */
export function readSaved(snapshot: unknown): PacerSaved | undefined {
  if (typeof snapshot !== "object" || snapshot === null) return undefined;
  const found = snapshot as PacerSaved;
  if (found.format !== FORMAT) return undefined;
  const parts = [found.answers, found.agents, found.budget, found.latency];
  return parts.every((part) => typeof part === "object" && part !== null && sound(part)) ? found : undefined;
}

/** Nothing but finite numbers and null, at any depth. */
function sound(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value === "object") return Object.values(value).every(sound);
  return Number.isFinite(value);
}
