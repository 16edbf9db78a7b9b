/** What menus hold on to: an agent, a queue or a sound that a key leads to cannot be deleted. */
import type { Db } from "../store/database.ts";
import { CommandProblem } from "./port.ts";

/**
 * Where a menu uses this row, in words; undefined: nowhere.
 * @param id a row's id
 */
export async function menuUse(
  trx: Db,
  what: "agent_id" | "queue_id" | "sound_id",
  id: string,
): Promise<string | undefined> {
  const choice = await trx
    .selectFrom("menu_choice")
    .innerJoin("menu", "menu.id", "menu_choice.menu_id")
    .select(["menu.name", "digit"])
    .where(`menu_choice.${what}`, "=", id)
    .orderBy("menu.created_at")
    .executeTakeFirst();
  if (choice)
    return `${choice.digit === "none" ? "the fallback" : `key ${choice.digit}`} of the menu «${choice.name}»`;
  if (what !== "sound_id") return undefined;
  const menu = await trx.selectFrom("menu").select("name").where("greeting_id", "=", id).executeTakeFirst();
  return menu && `the greeting of the menu «${menu.name}»`;
}

/** @throws CommandProblem 409 `menu-leads-here` naming the menu */
export async function requireNoMenu(trx: Db, what: "agent_id" | "queue_id", id: string): Promise<void> {
  const use = await menuUse(trx, what, id);
  if (use) throw new CommandProblem(409, "menu-leads-here", `${use} leads here`);
}
