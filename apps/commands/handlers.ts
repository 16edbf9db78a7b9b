/** The shape of all commands' implementations together. */
import type { Asker, CommandName, Commands } from "./port.ts";

/** Each throws CommandProblem for what it refuses, and anything else for a fault of ours. */
export type Handlers = {
  readonly [Name in CommandName]: (args: Commands[Name][0], by: Asker) => Promise<Commands[Name][1]>;
};
