/**
 * Voice menus (IVR-01..09): the line's menu first, if it plays now; then what was chosen in it.
 *
 * The menu itself is plain dialplan (generated/menus.conf), which asks only when a key leads to a person or outside.
 */
import { cannotTake } from "../agents/eligible.ts";
import type { Line } from "../floor.ts";
import { NO_TRUNK } from "../outgoing/trunk.ts";
import { dialOutside } from "./external.ts";
import { isOpen } from "./hours.ts";
import { offer, type Rule, refuse } from "./rule.ts";
import { verdict } from "./verdict.ts";

const WHEN = {
  always: "at any time",
  open: "in the working hours",
  closed: "outside the working hours",
} as const;

/** The line's menu, once, before anything else: also outside the working hours, if it is set so (IVR-02). */
export const playMenu: Rule = ({ call, line, at }) => {
  const { menu } = line;
  const moved = call.menuPlayed || call.tried.length > 0 || call.welcomed;
  if (!menu || moved || !playsNow(line, at)) return undefined;
  return {
    kind: "MenuPlayed",
    at,
    call: call.id,
    menu: menu.key,
    step: { kind: "menu", menuKey: menu.key },
    because: { rule: "IVR-02", text: `line «${line.name}» plays «${menu.name}» ${WHEN[menu.when]}` },
  };
};

function playsNow({ menu, hours }: Line, at: number): boolean {
  return menu?.when === "always" || (menu?.when === "open") === isOpen(hours, at);
}

/** A number outside that was chosen: whatever the hours (D-09), and nobody's phone in the house rings for it. */
export const chosenNumber: Rule = (asked) => {
  const { call, at } = asked;
  if (call.chosen?.kind !== "external") return undefined;
  const { number } = call.chosen;
  const dialled = call.dialled?.includes(number)
    ? `${number}, chosen in the menu, did not take the call`
    : dialOutside(asked, number, { rule: "IVR-05", text: `${number} was chosen in the menu` });
  if (dialled === undefined) return refuse(call, at, "no-answer", { rule: "IVR-05", text: NO_TRUNK });
  return typeof dialled === "string"
    ? refuse(call, at, "no-answer", { rule: "IVR-05", text: dialled })
    : dialled;
};

/** An agent who was chosen is asked first; if they cannot, or let it ring, the queue goes on as after an owner (D-41). */
export const chosenAgent: Rule = (asked) => {
  const { floor, call } = asked;
  const agent = call.chosen?.kind === "agent" ? floor.agents.get(call.chosen.agent) : undefined;
  if (!agent || call.tried.includes(agent.id) || cannotTake(agent)) return undefined;
  return offer(asked, agent, {
    rule: "IVR-05",
    text: `${agent.name} was chosen in the menu`,
    considered: [verdict(agent)],
  });
};
