/** Voice menus. */
import { Type } from "typebox";
import type { MenuAction, MenuRepeat } from "../../store/reads/menus.ts";
import { AppliedView, ChangeOf, Closed, Id, Instant, ListOf, Name, Nullable, PhoneText } from "./common.ts";

/** What a new menu is when nothing else is said. */
export const NEW_MENU = {
  greetingId: null,
  inputWaitSeconds: 5,
  repeat: { mode: "times", times: 2 },
} as const;

const one = (type: string, rest: object = {}) => Type.Object({ type: Type.Literal(type), ...rest }, Closed);
const Action = Type.Unsafe<MenuAction>(
  Type.Union(
    [
      one("agent", { agentId: Id() }),
      one("queue", { queueId: Id("A group: whoever serves this queue.") }),
      one("external", { number: PhoneText }),
      one("menu", { menuId: Id("Another menu; there must be one (IVR-06).") }),
      one("sound", { soundId: Id("Played; then this menu again, or as a fallback the end of the call.") }),
      one("replay"),
      one("end"),
    ],
    {
      description:
        "What happens (IVR-05). An agent or a queue out of hours is the out-of-hours prompt (D-09).",
    },
  ),
);
const Repeat = Type.Unsafe<MenuRepeat>(
  Type.Union(
    [
      Type.Object({ mode: Type.Literal("none") }, Closed),
      Type.Object({ mode: Type.Literal("times"), times: Type.Integer({ minimum: 1, maximum: 20 }) }, Closed),
      Type.Object({ mode: Type.Literal("cyclic") }, Closed),
    ],
    {
      description:
        "When nothing is pressed: once more so many times, then the fallback; or every 5 seconds without end, and without the fallback (IVR-07, D-11).",
    },
  ),
);
const digit = Type.String({ pattern: "^[0-9*#]$" });
const fields = {
  name: Name(),
  greetingId: Nullable(Id("An uploaded sound; null: the standard greeting (IVR-03).")),
  inputWaitSeconds: Type.Integer({
    minimum: 1,
    maximum: 60,
    description: "How long a key is waited for after the greeting; keys are taken during it as well.",
  }),
  repeat: Repeat,
  buttons: Type.Array(Type.Object({ digit, action: Action }, Closed), { maxItems: 12 }),
  fallback: Action,
};
const view = {
  id: Id(),
  key: Type.String({ description: "Asterisk's name for it: the context menu-<key>." }),
  main: Type.Boolean({
    description: "What a line plays that chooses none: the first that was made (IVR-01).",
  }),
  ...fields,
  name: Type.String(),
  createdAt: Instant(),
};

export const NewMenu = Type.Object(
  {
    name: fields.name,
    buttons: fields.buttons,
    fallback: fields.fallback,
    greetingId: Type.Optional(fields.greetingId),
    inputWaitSeconds: Type.Optional(fields.inputWaitSeconds),
    repeat: Type.Optional(fields.repeat),
  },
  { ...Closed, description: `Left out: ${JSON.stringify(NEW_MENU)}.` },
);
export const MenuChange = ChangeOf(fields);
export const MenuView = Type.Object(view);
export const MenuList = ListOf(MenuView);
export const MenuApplied = Type.Object({ ...view, applied: AppliedView });
export const ButtonParams = Type.Object({ id: Id(), digit }, Closed);
export const Button = Type.Object({ action: Action }, Closed);
