/** Changes of settings that are logged with before and after, and can be taken back. */
export type UndoableCommand =
  | "agent.change"
  | "queue.change"
  | "line.change"
  | "tariff.change"
  | "menu.change"
  | "trunk.change"
  | "pbx.change"
  | "numbers.change"
  | "company.change"
  | "campaign.change";
