/**
 * A voice menu as the view of generated/menus.conf.mustache.
 */
import type { Menu, MenuAction, Settings } from "../store/settings.ts";
import type { Instance } from "./generated.ts";
import { displayName, safe } from "./safe.ts";
import type { View } from "./templates.ts";

/** The gap between the rounds of a cyclic menu (IVR-07); keys are taken in it. */
const CYCLE_GAP_SECONDS = 5;

/** One menu. @throws UnsafeValue, or Error for an action that leads to a row that is not there */
export function menuView(menu: Menu, settings: Settings, instance: Instance): View {
  const key = safe("key", menu.key);
  const { mode } = menu.repeat;
  const times = menu.repeat.mode === "times" ? menu.repeat.times : 0;
  const once = {
    none: "is played once",
    times: `is repeated ${times} times`,
    cyclic: "is played until a key is pressed",
  };
  const wait = mode === "cyclic" ? CYCLE_GAP_SECONDS : menu.inputWaitSeconds;
  const none = { digit: "none", action: menu.fallback };
  return {
    key,
    name: displayName(menu.name, key),
    about: once[mode],
    wait: safe("count", wait),
    repeats: safe("count", times),
    cyclic: mode === "cyclic",
    greeting: menu.greeting ? soundPath(menu.greeting.id, instance) : "dozvon/menu",
    greetingName: menu.greeting ? displayName(menu.greeting.name, "uploaded") : "the standard greeting",
    choices: [...menu.buttons, ...(mode === "cyclic" ? [] : [none])].map(({ digit, action }) => ({
      digit: safe("digit", digit),
      ...actionView(action, { menu, settings, instance, last: digit === "none" }),
    })),
  };
}

interface Surroundings {
  readonly menu: Menu;
  readonly settings: Settings;
  readonly instance: Instance;
  /** The action for the caller who presses nothing: a sound is followed by the end, not by the same menu again. */
  readonly last: boolean;
}

function actionView(action: MenuAction, { menu, settings, instance, last }: Surroundings): View {
  const nothing = { asks: false, choice: "", sound: false, next: false, ends: false };
  switch (action.type) {
    case "agent": {
      const agent = found(settings.agents, action.agentId);
      const choice = `agent.${safe("key", agent.phone)}`;
      return { ...nothing, what: `to the agent ${displayName(agent.name, agent.phone)}`, asks: true, choice };
    }
    case "queue": {
      const queue = found(settings.queues, action.queueId);
      const choice = `queue.${safe("key", queue.key)}`;
      return { ...nothing, what: `to the queue ${displayName(queue.name, queue.key)}`, asks: true, choice };
    }
    case "external": {
      const number = safe("number", action.number);
      return { ...nothing, what: `to the number ${number}`, asks: true, choice: `external.${number}` };
    }
    case "menu": {
      const next = found(settings.menus, action.menuId);
      return {
        ...nothing,
        what: `to the menu ${displayName(next.name, next.key)}`,
        next: safe("key", next.key),
      };
    }
    case "sound": {
      const name = displayName(menu.sounds.get(action.soundId) ?? "", "uploaded");
      const after = last ? { ends: true } : { next: safe("key", menu.key) };
      const then = last ? "then the end" : "then this menu again";
      return {
        ...nothing,
        what: `plays ${name}, ${then}`,
        sound: soundPath(action.soundId, instance),
        ...after,
      };
    }
    case "replay":
      return { ...nothing, what: "this menu again", next: safe("key", menu.key) };
    case "end":
      return { ...nothing, what: "the end of the call", ends: true };
  }
}

function soundPath(id: string, { sounds }: Instance): string {
  return safe("path", `${sounds.built}/s-${id}`);
}

function found<Row extends { readonly id: string }>(rows: readonly Row[], id: string): Row {
  const row = rows.find((each) => each.id === id);
  if (!row) throw new Error(`a menu leads to a row that is not there: ${id}`);
  return row;
}
