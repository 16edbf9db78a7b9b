/**
 * The instants ahead, in seconds, at which answers and free agents are compared: fine where most calls are answered.
 */
export const GRID: readonly number[] = [1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 22, 26];
export const CELLS = GRID.length;
/** The last instant. */
export const HORIZON = 26;
