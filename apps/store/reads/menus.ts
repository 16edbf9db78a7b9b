/**
 * Voice menus as the renderer sees them: what is played, where each key leads.
 */
import type { Selectable } from "kysely";
import type { LineMenu } from "../../core/floor.ts";
import type { Db } from "../database.ts";
import type { LineTable } from "../tables.ts";
import type { MenuChoiceTable, MenuTable } from "../tables-menus.ts";

/** An uploaded sound, named for the reader of a file. */
export interface MenuSound {
  readonly id: string;
  readonly name: string;
}

/** What a key leads to (IVR-05). Ids are those of rows. */
export type MenuAction =
  | { readonly type: "agent"; readonly agentId: string }
  | { readonly type: "queue"; readonly queueId: string }
  | { readonly type: "external"; readonly number: string }
  | { readonly type: "menu"; readonly menuId: string }
  | { readonly type: "sound"; readonly soundId: string }
  | { readonly type: "replay" }
  | { readonly type: "end" };

export type MenuRepeat =
  | { readonly mode: "none" }
  | { readonly mode: "times"; readonly times: number }
  | { readonly mode: "cyclic" };

export interface Menu {
  readonly id: string;
  /** The dialplan's name for it. */
  readonly key: string;
  readonly name: string;
  /** Undefined: the standard greeting. */
  readonly greeting?: MenuSound | undefined;
  readonly inputWaitSeconds: number;
  readonly repeat: MenuRepeat;
  readonly buttons: readonly { readonly digit: string; readonly action: MenuAction }[];
  /** For the caller who presses nothing (IVR-08). */
  readonly fallback: MenuAction;
  /** Names of the sounds that its keys play. */
  readonly sounds: ReadonlyMap<string, string>;
  readonly createdAt: Date;
}

/** All menus, the main one (the first that was made, IVR-01) first. */
export async function readMenus(db: Db): Promise<Menu[]> {
  const menus = await db
    .selectFrom("menu")
    .leftJoin("sound", "sound.id", "menu.greeting_id")
    .selectAll("menu")
    .select("sound.name as greeting_name")
    .orderBy("menu.created_at")
    .orderBy("menu.key")
    .execute();
  if (menus.length === 0) return [];
  const choices = await db
    .selectFrom("menu_choice")
    .leftJoin("sound", "sound.id", "menu_choice.sound_id")
    .selectAll("menu_choice")
    .select("sound.name as sound_name")
    .orderBy("digit")
    .execute();
  return menus.map((row) => {
    const own = choices.filter((choice) => choice.menu_id === row.id);
    const none = own.find(({ digit }) => digit === "none");
    return {
      id: row.id,
      key: row.key,
      name: row.name,
      greeting: row.greeting_id === null ? undefined : { id: row.greeting_id, name: row.greeting_name ?? "" },
      inputWaitSeconds: row.input_wait_seconds,
      repeat: repeatOf(row),
      buttons: own
        .filter((choice) => choice !== none)
        .map((choice) => ({ digit: choice.digit, action: actionOf(choice) })),
      fallback: none ? actionOf(none) : { type: "end" },
      sounds: new Map(own.flatMap(({ sound_id: id, sound_name: name }) => (id && name ? [[id, name]] : []))),
      createdAt: row.created_at,
    };
  });
}

/** The columns of an action; those that its type does not need are null. */
export function choiceColumns(digit: string, action: MenuAction): Omit<MenuChoiceTable, "menu_id"> {
  return {
    digit,
    action: action.type,
    agent_id: action.type === "agent" ? action.agentId : null,
    queue_id: action.type === "queue" ? action.queueId : null,
    number: action.type === "external" ? action.number : null,
    next_id: action.type === "menu" ? action.menuId : null,
    sound_id: action.type === "sound" ? action.soundId : null,
  };
}

/** The menu of a line, if it plays one at all: its own choice, or the main one. */
export function menuOf(
  row: Pick<Selectable<LineTable>, "menu_id" | "menu_when">,
  menus: readonly Menu[],
): LineMenu | undefined {
  const menu = row.menu_id === null ? menus[0] : menus.find(({ id }) => id === row.menu_id);
  if (!menu || row.menu_when === "never") return undefined;
  return { key: menu.key, name: menu.name, when: row.menu_when };
}

function repeatOf(row: Selectable<MenuTable>): MenuRepeat {
  const { repeat_mode: mode, repeat_count: times } = row;
  return mode === "times" ? { mode, times } : { mode };
}

function actionOf(row: Selectable<MenuChoiceTable>): MenuAction {
  const id = (value: string | null): string => value ?? "";
  switch (row.action) {
    case "agent":
      return { type: "agent", agentId: id(row.agent_id) };
    case "queue":
      return { type: "queue", queueId: id(row.queue_id) };
    case "external":
      return { type: "external", number: id(row.number) };
    case "menu":
      return { type: "menu", menuId: id(row.next_id) };
    case "sound":
      return { type: "sound", soundId: id(row.sound_id) };
    default:
      return { type: row.action };
  }
}
