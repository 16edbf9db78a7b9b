/** Which prompts lines play: rows of line_prompt; a slot without a row plays the standard prompt. */
import { type PromptSlot, type Prompts, STANDARD_PROMPTS } from "../core/routing/prompts.ts";
import type { Db } from "./database.ts";
import type { LinePromptTable } from "./tables.ts";

/** The slots of each line that plays something else than the standard prompts. */
export async function readPrompts(db: Db): Promise<Map<string, Prompts>> {
  const found = new Map<string, Prompts>();
  for (const { line_id, slot, kind, sound_id } of await db.selectFrom("line_prompt").selectAll().execute()) {
    const prompts = found.get(line_id) ?? STANDARD_PROMPTS;
    found.set(line_id, { ...prompts, [slot]: kind === "none" ? "none" : (sound_id ?? "standard") });
  }
  return found;
}

/** Sets these slots of these lines; the others stay. */
export async function writePrompts(
  trx: Db,
  lines: readonly string[],
  change: Partial<Prompts>,
): Promise<void> {
  const slots = Object.keys(change) as PromptSlot[];
  if (slots.length === 0 || lines.length === 0) return;
  await trx.deleteFrom("line_prompt").where("line_id", "in", lines).where("slot", "in", slots).execute();
  const rows = lines.flatMap((line_id) => slots.flatMap((slot) => rowOf(line_id, slot, change[slot])));
  if (rows.length > 0) await trx.insertInto("line_prompt").values(rows).execute();
}

function rowOf(line_id: string, slot: PromptSlot, prompt: string | undefined): LinePromptTable[] {
  if (prompt === undefined || prompt === "standard") return [];
  if (prompt === "none") return [{ line_id, slot, kind: "none", sound_id: null }];
  return [{ line_id, slot, kind: "sound", sound_id: prompt }];
}
