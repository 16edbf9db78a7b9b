/** Voice menus: what is played, and where each key leads (IVR-01..08). */
import type { Db } from "../store/database.ts";
import { choiceColumns, type Menu, type MenuAction, readMenus } from "../store/reads/menus.ts";
import { nextKey } from "../store/writes/keys.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { endlessMenu } from "./menu-graph.ts";
import { checkOutside } from "./outside-numbers.ts";
import { type Asker, CommandProblem } from "./port.ts";
import type { MenuFields } from "./routing-fields.ts";
import { logged } from "./settings.ts";

type MenuCommand = "menu.create" | "menu.change" | "menu.setButton" | "menu.removeButton" | "menu.delete";

export function menuCommands({ applier, configure, config }: Context): Pick<Handlers, MenuCommand> {
  return {
    "menu.create": (fields) =>
      configure(async (trx) => {
        const menus = await readMenus(trx);
        await check(trx, fields, menus, { config });
        const id = crypto.randomUUID();
        checkGraph([...menus, { ...fields, id }], id);
        const row = { id, key: await nextKey(trx, "menu"), name: fields.name, ...columns(fields) };
        await trx.insertInto("menu").values(row).execute();
        await setChoices(trx, id, fields);
        return { result: { id }, focus: { nothing: true } };
      }),
    "menu.change": ({ id, change }, by) =>
      configure(async (trx) => {
        const menus = await readMenus(trx);
        menuIn(menus, id);
        await check(trx, change, menus, { self: id, config });
        return save({ trx, by, id, change, menus });
      }),
    "menu.setButton": ({ id, digit, action }, by) =>
      configure(async (trx) => {
        const menus = await readMenus(trx);
        const others = menuIn(menus, id).buttons.filter((button) => button.digit !== digit);
        checkDigit(digit, "digit");
        await checkAction(trx, action, "action", menus, { self: id, config });
        return save({ trx, by, id, change: { buttons: [...others, { digit, action }] }, menus });
      }),
    "menu.removeButton": ({ id, digit }, by) =>
      configure(async (trx) => {
        const menus = await readMenus(trx);
        const { buttons } = menuIn(menus, id);
        const others = buttons.filter((button) => button.digit !== digit);
        if (others.length === buttons.length) required(undefined, "button");
        return save({ trx, by, id, change: { buttons: others }, menus });
      }),
    "menu.delete": ({ id }) =>
      configure(async (trx) => {
        const menus = await readMenus(trx);
        const { key } = menuIn(menus, id);
        await requireUnused(trx, menus, id);
        // Asterisk would hang up whoever is where there is no dialplan any more. Nobody new comes: nothing leads here.
        if ((await applier.callersIn(key)) > 0)
          throw new CommandProblem(409, "menu-busy", "a caller is in this menu now; try again in a moment");
        await trx.deleteFrom("menu").where("id", "=", id).execute();
        return { result: {}, focus: { nothing: true } };
      }),
  };
}

/** Writes a change whose fields make sense. @throws CommandProblem 422 when a menu would never end */
async function save({ trx, by, id, change, menus }: Saved) {
  const after = { ...menuIn(menus, id), ...change };
  checkGraph(
    menus.map((menu) => (menu.id === id ? after : menu)),
    id,
  );
  const set = { ...(change.name !== undefined && { name: change.name }), ...columns(change) };
  await logged(
    { trx, by, command: "menu.change", fields: Object.keys(change) },
    async () => (await readMenus(trx)).filter((menu) => menu.id === id).map(settingsOf),
    async () => {
      if (Object.keys(set).length > 0) await trx.updateTable("menu").set(set).where("id", "=", id).execute();
      if (change.buttons !== undefined || change.fallback !== undefined) await setChoices(trx, id, after);
    },
  );
  return { result: {}, focus: { nothing: true as const } };
}

interface Saved {
  readonly trx: Db;
  readonly by: Asker;
  readonly id: string;
  readonly change: Partial<MenuFields>;
  readonly menus: readonly Menu[];
}

function settingsOf({ id, name, greeting, inputWaitSeconds, repeat, buttons, fallback }: Menu) {
  return { id, name, greetingId: greeting?.id ?? null, inputWaitSeconds, repeat, buttons, fallback };
}

/** Which menu is being saved; undefined: a new one. */
interface Saving {
  readonly self?: string;
  readonly config: Context["config"];
}

function menuIn(menus: readonly Menu[], id: string): Menu {
  return required(
    menus.find((menu) => menu.id === id),
    "menu",
  );
}

async function check(
  trx: Db,
  fields: Partial<MenuFields>,
  menus: readonly Menu[],
  saving: Saving,
): Promise<void> {
  checkName(fields.name);
  const { greetingId, inputWaitSeconds: wait, repeat, buttons = [], fallback } = fields;
  if (typeof greetingId === "string") await checkRow(trx, "sound", greetingId, "greetingId");
  if (wait !== undefined && !(Number.isInteger(wait) && wait >= 1 && wait <= 60))
    throw new CommandProblem(422, "out-of-range", "must be between 1 and 60 seconds", "inputWaitSeconds");
  if (
    repeat?.mode === "times" &&
    !(Number.isInteger(repeat.times) && repeat.times >= 1 && repeat.times <= 20)
  )
    throw new CommandProblem(422, "out-of-range", "must be between 1 and 20 times", "repeat.times");
  for (const [index, { digit, action }] of buttons.entries()) {
    checkDigit(digit, `buttons.${index}.digit`);
    if (buttons.findIndex((other) => other.digit === digit) < index)
      throw new CommandProblem(422, "twice", `the key ${digit} is named twice`, `buttons.${index}.digit`);
    await checkAction(trx, action, `buttons.${index}.action`, menus, saving);
  }
  if (fallback) await checkAction(trx, fallback, "fallback", menus, saving);
}

function checkDigit(digit: string, field: string): void {
  if (!/^[0-9*#]$/.test(digit)) throw new CommandProblem(422, "no-key", "a key is 0 to 9, * or #", field);
}

async function checkAction(
  trx: Db,
  action: MenuAction,
  field: string,
  menus: readonly Menu[],
  { self, config }: Saving,
): Promise<void> {
  switch (action.type) {
    case "agent":
      return checkRow(trx, "agent", action.agentId, `${field}.agentId`);
    case "queue":
      return checkRow(trx, "queue", action.queueId, `${field}.queueId`);
    case "sound":
      return checkRow(trx, "sound", action.soundId, `${field}.soundId`);
    case "external":
      return checkOutside(action.number, `${field}.number`, config);
    case "menu":
      return checkLink(action.menuId, `${field}.menuId`, menus, self);
    default:
      return;
  }
}

/** IVR-06: while there is one menu, there is nothing to link to. */
function checkLink(to: string, field: string, menus: readonly Menu[], self: string | undefined): void {
  if (menus.every(({ id }) => id === self)) {
    const text = "there is no other menu yet: a link needs a second menu, which is made first";
    throw new CommandProblem(422, "single-level", text, field);
  }
  if (!menus.some(({ id }) => id === to)) required(undefined, "menu", field);
}

async function checkRow(
  trx: Db,
  table: "agent" | "queue" | "sound",
  id: string,
  field: string,
): Promise<void> {
  const query = trx.selectFrom(table).select("id").where("id", "=", id);
  required(isId(id) ? await query.executeTakeFirst() : undefined, table, field);
}

function checkGraph(menus: Parameters<typeof endlessMenu>[0], saved: string): void {
  const endless = endlessMenu(menus, saved);
  if (!endless) return;
  const where = endless.menu.id === saved ? "this menu" : `the menu «${endless.menu.name}»`;
  const text = `${where} would never end: no key and no waiting leads to somebody or to the end of the call`;
  throw new CommandProblem(422, "endless-menu", text, endless.menu.id === saved ? endless.field : "buttons");
}

/** @throws CommandProblem 409 naming the line that plays it, or the menu that leads to it */
async function requireUnused(trx: Db, menus: readonly Menu[], id: string): Promise<void> {
  const link = menus.find((menu) => menu.id !== id && actionsOf(menu).some((action) => leadsTo(action, id)));
  if (link) throw new CommandProblem(409, "menu-in-use", `the menu «${link.name}» leads to this one`);
  const lines = await trx.selectFrom("line").select(["name", "menu_id", "menu_when"]).execute();
  const main = menus[0]?.id === id;
  const line = lines.find(
    (each) => each.menu_id === id || (main && each.menu_id === null && each.menu_when !== "never"),
  );
  if (line) throw new CommandProblem(409, "menu-in-use", `the line «${line.name}» plays this menu`);
}

function actionsOf({ buttons, fallback }: Pick<Menu, "buttons" | "fallback">): MenuAction[] {
  return [...buttons.map(({ action }) => action), fallback];
}

function leadsTo(action: MenuAction, menu: string): boolean {
  return action.type === "menu" && action.menuId === menu;
}

async function setChoices(
  trx: Db,
  id: string,
  menu: Pick<MenuFields, "fallback"> & Pick<Menu, "buttons">,
): Promise<void> {
  await trx.deleteFrom("menu_choice").where("menu_id", "=", id).execute();
  const choices = [...menu.buttons, { digit: "none", action: menu.fallback }];
  const rows = choices.map(({ digit, action }) => ({ menu_id: id, ...choiceColumns(digit, action) }));
  await trx.insertInto("menu_choice").values(rows).execute();
}

function columns({ greetingId, inputWaitSeconds, repeat }: Partial<MenuFields>) {
  return {
    ...(greetingId !== undefined && { greeting_id: greetingId }),
    ...(inputWaitSeconds !== undefined && { input_wait_seconds: inputWaitSeconds }),
    ...(repeat !== undefined && { repeat_mode: repeat.mode }),
    ...(repeat?.mode === "times" && { repeat_count: repeat.times }),
  };
}
