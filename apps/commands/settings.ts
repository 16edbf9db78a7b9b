/** The log of changed settings: written with each change, and read to take one back. */
import type { Db } from "../store/database.ts";
import { findChange, touchedSince } from "../store/reads/setting-changes.ts";
import { noteChange } from "../store/writes/setting-changes.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { type Asker, CommandProblem } from "./port.ts";

type Changing = Pick<Handlers, "agent.change" | "queue.change" | "line.change" | "tariff.change">;

/** Writes a change of settings down, in its transaction; `before` is the subject as the API shows it. */
export async function note(
  trx: Db,
  by: Asker,
  command: keyof Changing,
  before: { readonly id: string; readonly name: string },
  change: object,
): Promise<void> {
  await noteChange(trx, {
    keyId: by.keyId,
    role: by.role,
    command,
    subjectId: before.id,
    subjectName: before.name,
    before: { ...before },
    after: { ...change },
    undoes: by.undoes,
  });
}

/** Taking back goes through the same command as the change itself: the same checks, the same reading back. */
export function settingCommands({ db }: Context, changing: Changing): Pick<Handlers, "setting.undo"> {
  return {
    "setting.undo": async ({ id, force }, by) => {
      const change = required(isId(id) ? await findChange(db, id) : undefined, "change");
      if (change.undoneBy) throw new CommandProblem(409, "undone", "this change has been taken back already");
      const touched = force ? [] : await touchedSince(db, change);
      if (touched.length > 0)
        throw new CommandProblem(
          409,
          "changed-since",
          `a later change touched the same settings (${touched.join(", ")}); say force to take this one back all the same`,
          "force",
        );
      const again = { id: change.subjectId, change: change.before, scope: "this" as const };
      return changing[change.command as keyof Changing](again, { ...by, undoes: id });
    },
  };
}
