/** The log of changed settings: who, what, when, before and after. */
import type { Db } from "../database.ts";

/** Something with settings, as it is at some moment. */
export interface Subject {
  readonly id: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Stands for a password in the log. */
export const HIDDEN = "(hidden)";

export interface SettingChange {
  readonly keyId: string | null;
  readonly role: string;
  /** The command that would make the change again, or take it back. */
  readonly command: string;
  readonly before: Subject;
  readonly after: Subject;
  /** Which settings are looked at. */
  readonly fields: readonly string[];
  readonly secret?: readonly string[] | undefined;
  /** The change that this one takes back. */
  readonly undoes?: string | undefined;
}

/**
 * Writes a change down, in the transaction that makes it. Nothing is written when nothing differs.
 * @throws Error when a setting is not known as it was: taking the change back would erase it.
 */
export async function noteChange(trx: Db, change: SettingChange): Promise<void> {
  const { before, after, secret = [] } = change;
  for (const field of change.fields)
    if (!(field in before && field in after))
      throw new Error(`${change.command}: the log cannot say what ${field} was`);
  const fields = change.fields.filter((field) => !same(before[field], after[field]));
  if (fields.length === 0) return;
  const shown = (subject: Subject): string =>
    JSON.stringify(
      Object.fromEntries(
        fields.map((field) => {
          const value = subject[field] ?? null;
          return [field, value !== null && secret.includes(field) ? HIDDEN : value];
        }),
      ),
    );
  const { id } = await trx
    .insertInto("setting_change")
    .values({
      key_id: change.keyId,
      role: change.role,
      command: change.command,
      subject_id: before.id,
      subject_name: before.name,
      before: shown(before),
      after: shown(after),
      undone_by: null,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  if (change.undoes)
    await trx.updateTable("setting_change").set({ undone_by: id }).where("id", "=", change.undoes).execute();
}

/** Whether two settings are the same, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** JSON with sorted keys: rows come back from jsonb in another order than they were sent. */
function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, inner: unknown) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
