/**
 * What became of one call, on the real day or a simulated one. Figures are made of nothing else, so that both days
 * are measured alike.
 */
import type { Ending } from "../ending.ts";
import type { AgentId, LineId, Millis } from "../floor.ts";
import type { DayCall } from "../records/day.ts";

export interface Outcome {
  readonly lineId: LineId;
  readonly arrivedAt: Millis;
  /** From arrival to an agent's voice, or to the end. */
  readonly waitMs: number;
  readonly ending: Ending;
  readonly agentId?: AgentId | undefined;
  /** The agent's time with the caller, and after; 0: nobody answered. */
  readonly talkMs: number;
  readonly wrapUpMs: number;
}

/** What really became of a call. */
export function recordedOutcome({ lineId, arrivedAt, waitMs, ending, answer }: DayCall): Outcome {
  return {
    ...{ lineId, arrivedAt, waitMs, ending },
    agentId: answer?.agentId,
    talkMs: answer?.talkMs ?? 0,
    wrapUpMs: answer?.wrapUp?.ms ?? 0,
  };
}
