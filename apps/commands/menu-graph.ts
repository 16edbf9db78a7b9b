/**
 * Whether every menu has an end: a way by keys, or by doing nothing, to a person, outside, or to the end of the call.
 *
 * Pure. Callers who press nothing in a cyclic menu stay in it (D-11), so its fallback is no way out; neither is a
 * sound after a key, nor a replay. Time limits the rest (DOZVON_MENU_SECONDS).
 */
import type { MenuAction, MenuRepeat } from "../store/reads/menus.ts";

/** What of a menu matters here. */
export interface MenuShape {
  readonly id: string;
  readonly name: string;
  readonly repeat: MenuRepeat;
  readonly buttons: readonly { readonly action: MenuAction }[];
  readonly fallback: MenuAction;
}

/** A menu that no way leads out of, and the field that is to blame: a path in that menu. */
export interface Endless {
  readonly menu: MenuShape;
  readonly field: string;
}

/** The first menu without an end, the one that is being saved before others. */
export function endlessMenu(menus: readonly MenuShape[], saved: string): Endless | undefined {
  const ending = new Set<string>();
  for (let before = -1; before !== ending.size; ) {
    before = ending.size;
    for (const menu of menus) if (waysOut(menu).some((way) => leads(way, ending))) ending.add(menu.id);
  }
  const endless = menus.filter((menu) => !ending.has(menu.id));
  const menu = endless.find(({ id }) => id === saved) ?? endless[0];
  return menu && { menu, field: blamed(menu) };
}

interface Way {
  readonly action: MenuAction;
  readonly last: boolean;
}

function waysOut({ buttons, fallback, repeat }: MenuShape): Way[] {
  const none = repeat.mode === "cyclic" ? [] : [{ action: fallback, last: true }];
  return [...buttons.map(({ action }) => ({ action, last: false })), ...none];
}

function leads({ action, last }: Way, ending: ReadonlySet<string>): boolean {
  if (action.type === "menu") return ending.has(action.menuId);
  return action.type === "sound" ? last : action.type !== "replay";
}

/** The first link to another menu, for that is what closes a circle; else what the caller gets who does nothing. */
function blamed({ buttons, fallback, repeat }: MenuShape): string {
  const link = buttons.findIndex(({ action }) => action.type === "menu");
  if (link >= 0) return `buttons.${link}.action.menuId`;
  if (repeat.mode === "cyclic") return "buttons";
  return fallback.type === "menu" ? "fallback.menuId" : "fallback";
}
