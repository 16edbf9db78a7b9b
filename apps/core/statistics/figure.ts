/** What defines a figure, and what is defined alike for calls and for agents. */

/** `percent` has two decimals; `ms` are whole milliseconds. */
export type Unit = "calls" | "callers" | "agents" | "transfers" | "ms" | "minutes" | "percent";

export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  /** One exact sentence. */
  readonly definition: string;
  /** In terms of other figures, where it is computed from them. */
  readonly formula?: string;
}

/** In its group's own terms of talk and wrap-up time. */
export const HANDLE_TIME = {
  name: "Handle time",
  unit: "ms",
  definition: "Talk time, with hold, and wrap-up time together.",
  formula: "talkMs + wrapUpMs",
} as const satisfies Figure;
