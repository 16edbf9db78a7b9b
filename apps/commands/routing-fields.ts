/** What a manager saves of voice menus, and of where a line's calls go beside its queue. */
import type { MenuAction, MenuRepeat } from "../store/reads/menus.ts";
import type { MenuWhen } from "../store/tables-menus.ts";

export interface MenuFields {
  name: string;
  /** null: the standard greeting. */
  greetingId: string | null;
  inputWaitSeconds: number;
  repeat: MenuRepeat;
  buttons: { digit: string; action: MenuAction }[];
  /** For the caller who presses nothing (IVR-08). */
  fallback: MenuAction;
}

/** A line's menu, and its numbers outside. */
export interface LineRouting {
  /** null: the main menu, which is the first that was made (IVR-01). */
  menuId?: string | null;
  menuWhen?: MenuWhen;
  /** null: the first trunk that calls can be placed through. */
  trunkId?: string | null;
  forwardMode?: "off" | "number" | "agents";
  /** A new one has to be verified before anything is forwarded to it (FWD-02). */
  forwardNumber?: string | null;
  forwardSeconds?: number;
  forwardAttempts?: number;
  forwardCallerId?: "caller" | "line";
}

/** Whether a carrier answers our OPTIONS, as Asterisk says. */
export type TrunkState = "reachable" | "unreachable" | "unknown";
/** By trunk; those that take calls only are not in it. */
export type TrunkStates = Readonly<Record<string, TrunkState>>;
