/**
 * The product's pacing controller, and everything an independent simulator needs to drive it: this one module.
 */
import type { PacingOptions } from "./pacing/options.ts";
import { RiskPace } from "./pacing/risk-pace.ts";

export type {
  CallRef,
  PacedAgent,
  PacedCall,
  Pacer,
  PacingDecision,
  PacingReason,
  PacingView,
  Resolution,
} from "./pacer.ts";
export { type BlendedAgent, type FloorFacts, type QueueFacts, viewOf } from "./pacing/blending.ts";
export { type NumberFacts, SCORE_CLASSES, scoreClass } from "./pacing/classes.ts";
export type { PacingMode, PacingOptions } from "./pacing/options.ts";
export { RiskPace } from "./pacing/risk-pace.ts";
export { type Claim, type SharedAgent, shareAgents } from "./pacing/sharing.ts";

/**
 * Makes a pacer for one campaign. Pure: it knows of time and results only what it is told.
 *
 * @param options the campaign's policy; what is left out has the default of `PacingOptions`
 * @param snapshot what an earlier pacer's `snapshot()` gave (through JSON or not), to go on from; one of another format
 *   is not used, and the pacer begins with a probe
 */
export function createPacer(options: PacingOptions = {}, snapshot?: unknown): RiskPace {
  return new RiskPace(options, snapshot);
}
