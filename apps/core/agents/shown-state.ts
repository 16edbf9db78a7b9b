/**
 * The one word beside an agent's name (AGENT-10): what they chose, or what a call makes of it for the moment.
 */
import type { AgentCall, AgentState } from "../floor.ts";

export type ShownState = AgentState | AgentCall["phase"];

/** The workplace's own words (AGENT-04, AGENT-07, AGENT-08, AGENT-12), in both languages. */
const LABELS: Readonly<Record<ShownState, { readonly ru: string; readonly en: string }>> = {
  offline: { ru: "Неактивен", en: "Inactive" },
  break: { ru: "Перерыв", en: "Break" },
  inbound: { ru: "Входящие", en: "Inbound" },
  outbound: { ru: "Исходящие", en: "Outbound" },
  offered: { ru: "Входящий звонок", en: "Incoming call" },
  dialling: { ru: "Исходящий звонок", en: "Outgoing call" },
  talking: { ru: "Разговор", en: "Talking" },
  "wrap-up": { ru: "Постобработка. Завершите обслуживание", en: "Wrap-up. Complete the service" },
};

/** @param phase of the agent's call, if there is one */
export function shownState(state: AgentState, phase: AgentCall["phase"] | undefined) {
  const shown = phase ?? state;
  return { state: shown, ...LABELS[shown] };
}
