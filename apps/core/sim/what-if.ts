/**
 * The question of a manager: the real day, the same day as the simulator sees it, and the day as it would have been.
 */
import type { QueueId } from "../floor.ts";
import type { RecordedDay } from "../records/day.ts";
import { applyChange, type Change } from "./change.ts";
import { type ChangedSetting, changedSettings } from "./changed.ts";
import { type Figures, figuresOf, type Scope } from "./figures.ts";
import { recordedOutcome } from "./outcome.ts";
import type { Rows } from "./rows.ts";
import { simulate } from "./simulate.ts";
import type { SwitchTiming } from "./virtual-switch.ts";

export interface Question {
  readonly day: RecordedDay;
  readonly rows: Rows;
  readonly queueId: QueueId;
  readonly change: Change;
  readonly targetSeconds: number;
  readonly seed: number;
  readonly timing: SwitchTiming;
}

export interface Answer {
  readonly real: Figures;
  /** The day simulated with nothing changed: its distance from `real` is the simulator's own mistake that day. */
  readonly unchanged: Figures;
  readonly simulated: Figures;
  readonly changed: readonly ChangedSetting[];
}

/** Simulates the day twice, or once when nothing is changed. The queue must be among the rows. */
export function whatIf({ day, rows, queueId, change, targetSeconds, seed, timing }: Question): Answer {
  const scope = scopeOf(rows, queueId, targetSeconds);
  const changed = applyChange(rows, day, queueId, change);
  const options = { seed, timing };
  const unchanged = figuresOf(simulate(day, rows, options), day, scope);
  return {
    real: figuresOf(day.calls.map(recordedOutcome), day, scope),
    unchanged,
    simulated:
      Object.keys(change).length === 0
        ? unchanged
        : figuresOf(
            simulate(changed.day, changed.rows, options),
            changed.day,
            scopeOf(changed.rows, queueId, targetSeconds),
          ),
    changed: changedSettings(rows, changed.rows, queueId, change),
  };
}

function scopeOf(rows: Rows, queueId: QueueId, targetSeconds: number): Scope {
  const lines = rows.lines.filter((line) => line.queueId === queueId).map(({ id }) => id);
  const agents = rows.queues.find(({ id }) => id === queueId)?.agents ?? [];
  return { lines: new Set(lines), agents, targetMs: targetSeconds * 1000 };
}
