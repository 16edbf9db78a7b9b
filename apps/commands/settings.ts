/** The log of changed settings: written with each change, and read to take one back. */
import type { Db } from "../store/database.ts";
import { findChange, lockChange } from "../store/reads/setting-changes.ts";
import { HIDDEN, noteChange, type Subject, same } from "../store/writes/setting-changes.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { type Applied, type Asker, CommandProblem, type UndoableCommand } from "./port.ts";

type Changing = Pick<Handlers, UndoableCommand>;

/** The subject of settings that concern the whole company; such a change has no row of its own. */
export const COMPANY = "00000000-0000-0000-0000-000000000000";

/** Nothing of Asterisk's configuration depends on it. */
export const NOTHING_APPLIED: Applied = { applied: { reloaded: [], verified: {}, warnings: [] } };

export interface Change {
  readonly trx: Db;
  readonly by: Asker;
  /** What would make the change again, or take it back. */
  readonly command: UndoableCommand;
  /** The settings that were named. */
  readonly fields: readonly string[];
  /** Of these only that they changed. */
  readonly secret?: readonly string[];
}

/**
 * Makes a change of settings and writes down what it was, in its transaction.
 * @param read the subjects with their settings as the command takes them; asked before and after.
 * @throws CommandProblem 409 when the change takes back one that cannot be taken back any more.
 */
export async function logged(
  change: Change,
  read: () => Promise<readonly Subject[]>,
  work: () => Promise<unknown>,
): Promise<void> {
  const { trx, by, command, fields, secret } = change;
  const before = await read();
  await requireUntouched(trx, by, before);
  await work();
  const after = new Map((await read()).map((subject) => [subject.id, subject]));
  for (const subject of before) {
    const now = after.get(subject.id);
    if (!now) continue;
    const asked = { keyId: by.keyId, role: by.role, undoes: by.undoes?.id };
    await noteChange(trx, { ...asked, command, fields, secret, before: subject, after: now });
  }
}

/** What is compared is what there is now: a change that was itself taken back is no obstacle, an unlogged one is. */
async function requireUntouched(trx: Db, by: Asker, subjects: readonly Subject[]): Promise<void> {
  if (!by.undoes) return;
  const change = required(await lockChange(trx, by.undoes.id), "change");
  if (change.undoneBy) throw new CommandProblem(409, "undone", "this change has been taken back already");
  const now = subjects.find(({ id }) => id === change.subjectId);
  if (!now) throw new CommandProblem(409, "gone", "what was changed is not there any more");
  const touched = Object.keys(change.after).filter((field) => !same(now[field], change.after[field]));
  if (touched.length > 0 && !by.undoes.force)
    throw new CommandProblem(
      409,
      "changed-since",
      `a later change touched the same settings (${touched.join(", ")}); say force to take this one back all the same`,
      "force",
    );
}

/** Taking back goes through the same command as the change itself: the same checks, the same reading back. */
export function settingCommands({ db }: Context, changing: Changing): Pick<Handlers, "setting.undo"> {
  return {
    "setting.undo": async ({ id, force }, by) => {
      const change = required(isId(id) ? await findChange(db, id) : undefined, "change");
      if ([change.before, change.after].some((values) => Object.values(values).includes(HIDDEN)))
        throw new CommandProblem(
          409,
          "no-undo",
          "this change concerns a password, which the log does not hold; enter it anew",
        );
      const again = { id: change.subjectId, change: change.before, scope: "this" as const };
      return changing[change.command as UndoableCommand](again, { ...by, undoes: { id, force } });
    },
  };
}
