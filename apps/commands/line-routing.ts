/** A line's menu, and how its calls go outside (IVR-01, IVR-02, FWD-01..06); saved with the line. */
import type { Db } from "../store/database.ts";
import { type Context, isId, required } from "./context.ts";
import { checkOutside } from "./outside-numbers.ts";
import { CommandProblem, type LineFields } from "./port.ts";

/** @throws CommandProblem 422 naming the field */
export async function checkRouting(
  trx: Db,
  fields: Partial<LineFields>,
  config: Context["config"],
): Promise<void> {
  const { menuId, menuWhen, trunkId, forwardNumber, forwardSeconds, forwardAttempts } = fields;
  if (typeof menuId === "string") await checkRow(trx, "menu", menuId, "menuId");
  if (menuWhen !== undefined && menuWhen !== "never" && !(await aMenu(trx)))
    throw new CommandProblem(422, "no-menu", "there is no menu yet: make one first", "menuWhen");
  if (typeof trunkId === "string") await checkTrunk(trx, trunkId);
  if (typeof forwardNumber === "string") checkOutside(forwardNumber, "forwardNumber", config);
  checkRange(forwardSeconds, 5, 120, "forwardSeconds");
  checkRange(forwardAttempts, 1, 5, "forwardAttempts");
}

/** The columns that change. */
export function routingColumns(change: Partial<LineFields>) {
  return {
    ...(change.menuId !== undefined && { menu_id: change.menuId }),
    ...(change.menuWhen !== undefined && { menu_when: change.menuWhen }),
    ...(change.trunkId !== undefined && { trunk_id: change.trunkId }),
    ...(change.forwardMode !== undefined && { forward_mode: change.forwardMode }),
    ...(change.forwardNumber !== undefined && { forward_number: change.forwardNumber }),
    ...(change.forwardSeconds !== undefined && { forward_seconds: change.forwardSeconds }),
    ...(change.forwardAttempts !== undefined && { forward_attempts: change.forwardAttempts }),
    ...(change.forwardCallerId !== undefined && { forward_caller_id: change.forwardCallerId }),
  };
}

/**
 * Another number is another person's until it is proved: before the new one is written, what was known of the old one
 * is forgotten (FWD-02).
 * @param line undefined: every line
 */
export async function forgetVerified(
  trx: Db,
  number: string | null | undefined,
  line: string | undefined,
): Promise<void> {
  if (number === undefined) return;
  const others = trx
    .updateTable("line")
    .set({ forward_number_verified_at: null })
    .where("forward_number", "is distinct from", number);
  await (line === undefined ? others : others.where("id", "=", line)).execute();
}

/** After a change: forwarding to one number needs one. @throws CommandProblem 422 */
export async function requireNumber(trx: Db): Promise<void> {
  const line = await trx
    .selectFrom("line")
    .select("name")
    .where("forward_mode", "=", "number")
    .where("forward_number", "is", null)
    .executeTakeFirst();
  if (!line) return;
  const text = `the line «${line.name}» has no number to forward to`;
  throw new CommandProblem(422, "no-number", text, "forwardNumber");
}

async function aMenu(trx: Db): Promise<boolean> {
  return (await trx.selectFrom("menu").select("id").executeTakeFirst()) !== undefined;
}

async function checkTrunk(trx: Db, id: string): Promise<void> {
  await checkRow(trx, "trunk", id, "trunkId");
  const row = await trx.selectFrom("trunk").select("host").where("id", "=", id).executeTakeFirst();
  if (row?.host === null)
    throw new CommandProblem(422, "no-host", "this trunk takes calls only: it has no host", "trunkId");
}

async function checkRow(trx: Db, table: "menu" | "trunk", id: string, field: string): Promise<void> {
  const query = trx.selectFrom(table).select("id").where("id", "=", id);
  required(isId(id) ? await query.executeTakeFirst() : undefined, table, field);
}

function checkRange(value: number | undefined, least: number, most: number, field: string): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new CommandProblem(422, "out-of-range", `must be between ${least} and ${most}`, field);
}
