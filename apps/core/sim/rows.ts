/** The settings that the core decides by. */
import type { Agent, Line, Queue, Trunk } from "../floor.ts";

export interface Rows {
  readonly agents: readonly Agent[];
  readonly queues: readonly Queue[];
  readonly lines: readonly Line[];
  readonly trunks: readonly Trunk[];
}
