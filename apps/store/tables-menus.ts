/**
 * The tables of voice menus.
 */
import type { Generated } from "kysely";
import type { Created } from "./tables.ts";

/** When a line plays its menu (IVR-02). */
export type MenuWhen = "always" | "open" | "closed" | "never";

export interface MenuTable {
  id: Generated<string>;
  key: string;
  name: string;
  greeting_id: string | null;
  input_wait_seconds: Generated<number>;
  repeat_mode: Generated<"none" | "times" | "cyclic">;
  repeat_count: Generated<number>;
  created_at: Created;
}

export interface MenuChoiceTable {
  menu_id: string;
  /** A key, or `none` for the caller who presses nothing. */
  digit: string;
  action: "agent" | "queue" | "external" | "menu" | "sound" | "replay" | "end";
  agent_id: string | null;
  queue_id: string | null;
  number: string | null;
  next_id: string | null;
  sound_id: string | null;
}

export interface MenuTables {
  menu: MenuTable;
  menu_choice: MenuChoiceTable;
}
