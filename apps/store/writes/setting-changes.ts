/** The log of changed settings: who, what, when, before and after. */
import type { Db } from "../database.ts";

export interface SettingChange {
  readonly keyId: string | null;
  readonly role: string;
  /** The command that would make the change again, or take it back. */
  readonly command: string;
  readonly subjectId: string;
  readonly subjectName: string;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  /** The change that this one takes back. */
  readonly undoes?: string | undefined;
}

/** Writes a change down, in the transaction that makes it. Nothing is written when nothing differs. */
export async function noteChange(trx: Db, change: SettingChange): Promise<void> {
  const fields = Object.keys(change.after).filter(
    (field) => !same(change.before[field], change.after[field]),
  );
  if (fields.length === 0) return;
  const { id } = await trx
    .insertInto("setting_change")
    .values({
      key_id: change.keyId,
      role: change.role,
      command: change.command,
      subject_id: change.subjectId,
      subject_name: change.subjectName,
      before: JSON.stringify(only(change.before, fields)),
      after: JSON.stringify(only(change.after, fields)),
      undone_by: null,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  if (change.undoes)
    await trx.updateTable("setting_change").set({ undone_by: id }).where("id", "=", change.undoes).execute();
}

function only(values: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, values[field] ?? null]));
}

function same(a: unknown, b: unknown): boolean {
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
