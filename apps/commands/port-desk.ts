/** What the commands of an agent's outbound work take and answer, apart from campaigns. */
import type { Purpose } from "../core/dialling/campaign.ts";
import type { Calendar } from "../core/dialling/policy.ts";
import type { PresetName } from "../core/dialling/presets.ts";
import type { OrderStatus } from "../core/orders/order.ts";
import type { Reason } from "../core/orders/reasons.ts";
import type { Tab } from "../core/orders/tabs.ts";
import type { ContactFilter } from "../store/reads/contact-filter.ts";
import type { DueAt, Placed } from "./port-service.ts";

/** Whom to call later: a number, a contact, or the customer of a call. */
export interface DeferredFields {
  number?: string;
  contactId?: string;
  callId?: string;
  /** The order that it is about: its number stays in the comment (DEFER-05). */
  orderId?: string;
  due: DueAt;
  comment: string;
}

export interface ScenarioFields {
  name: string;
  direction: "inbound" | "outbound";
  script: string;
  /** None: the default of its direction. */
  lineIds: string[];
  /** false: shown by itself nowhere, only picked for lists. */
  isDefault?: boolean;
  results: string[];
  /** DIAL-09. */
  autoDial?: boolean;
  /** DIAL-08. */
  moveOnWithoutResult?: boolean;
}

/** Whom a list calls, and how. */
export interface CallListFields {
  name: string;
  scenarioId: string;
  lineId: string | null;
  purpose: Purpose;
  preset: PresetName;
  /** When people may be called, by their own clock; null: as the preset says. */
  week: Calendar["week"] | null;
  agentIds: string[];
  state: "open" | "closed";
}

/** What the agent saves at the end of a call, and where to from there (DIAL-06 … DIAL-08). */
export interface ListSave {
  resultId?: string;
  comment: string;
  topicIds: string[];
  after: "next" | "stay" | "leave";
}

/** Who was put on a list, and who was on it already. */
export interface ListAdded {
  added: number;
  skipped: { contactId: string; code: "no-number" | "not-allowed" | "listed" }[];
}

/** Which contacts: these, or those that a filter of GET /v1/contacts finds. An agent reaches its own ones. */
export type ContactSource = { contactIds: string[] } | { filter: ContactFilter };

/** Whom to call: a number or a contact. */
export interface DialTaskFields {
  number?: string;
  contactId?: string;
  name?: string;
  topic: string;
  comment: string;
  /** null: nobody yet. */
  agentId: string | null;
  lineId?: string | null;
}

/** What came of a task (DIAL-14). */
export type TaskOutcome = "successful" | "unsuccessful";

export interface OrderFields {
  /** The shop's. */
  number: string;
  clientName: string;
  phone: string;
  contactId?: string | null;
  webmasterId: number | null;
  productId: string;
  /** ISO 8601. */
  arrivedAt?: string;
  comment: string;
}

/** What the agent saves an order with (ORDQ-12 … ORDQ-14). */
export interface OrderSave {
  status: Exclude<OrderStatus, "new">;
  /** Of an unsuccessful call, and only of that. */
  reason?: Reason;
  /** ISO 8601. */
  callBackAt?: string;
  comment: string;
}

/** name → [arguments, answer]. */
export interface DeskCommands {
  "deferred.create": [DeferredFields & { agentId?: string }, { id: string }];
  "deferred.change": [
    { id: string; change: { due?: DueAt; comment?: string; state?: "done" | "cancelled" } },
    Record<string, never>,
  ];
  "deferred.delete": [{ id: string }, Record<string, never>];
  /** `byItself`: nobody has asked for it now, so the compliance gate is asked. */
  "deferred.call": [{ id: string; byItself?: boolean }, Placed];
  "task.create": [DialTaskFields, { id: string }];
  /** One for each contact that has a number; `agentIds` in turn, or, when there are none, to the contacts' owners. */
  "task.createMany": [
    {
      source: ContactSource;
      topic: string;
      comment: string;
      agentIds: string[] | null;
      lineId?: string | null;
    },
    { created: number; skipped: { contactId: string; code: "no-number" | "not-allowed" }[] },
  ];
  "task.change": [
    {
      id: string;
      change: Partial<Pick<DialTaskFields, "name" | "number" | "topic" | "comment" | "agentId" | "lineId">>;
    },
    Record<string, never>,
  ];
  "task.delete": [{ id: string }, Record<string, never>];
  /** `agentId`: whose phone is called, if not the task's own agent's. */
  "task.call": [{ id: string; agentId?: string }, Placed];
  /** `cancel` closes nothing: back to the card. */
  "task.close": [{ id: string; outcome: TaskOutcome | "cancel"; comment: string }, Record<string, never>];
  "list.create": [Omit<CallListFields, "state"> & { source: ContactSource }, { id: string } & ListAdded];
  "list.change": [{ id: string; change: Partial<CallListFields> }, Record<string, never>];
  "list.add": [{ id: string; source: ContactSource }, ListAdded];
  "list.delete": [{ id: string }, Record<string, never>];
  /** Opens the next contact, or the one that is open; null: nobody is left now. */
  "list.next": [{ id: string; agentId?: string }, { itemId: string | null; nextAt: string | null }];
  /** `byItself`: nobody has asked for it now; a contact whom the gate refuses is put back, and the next one opened. */
  "list.call": [{ itemId: string; agentId?: string; byItself?: boolean }, Placed];
  "list.save": [
    ListSave & { itemId: string; agentId?: string },
    { itemId: string | null; nextAt: string | null },
  ];
  /** A card that nobody works any more goes back to the list. */
  "list.release": [{ itemId: string }, Record<string, never>];
  "product.create": [{ name: string }, { id: string }];
  "product.change": [{ id: string; change: { name: string } }, Record<string, never>];
  "product.delete": [{ id: string }, Record<string, never>];
  /** The products that an agent knows (ROLE-17). */
  "agent.products": [{ id: string; productIds: string[] }, Record<string, never>];
  "order.create": [OrderFields, { id: string }];
  "order.change": [
    { id: string; change: Partial<Omit<OrderFields, "arrivedAt">> & { responsibleId?: string | null } },
    Record<string, never>,
  ];
  /** The agent opens its card, and nobody else has it from then on (ORDQ-11, D-36). */
  "order.open": [{ id: string; agentId?: string }, Record<string, never>];
  /** The next one of a tab, in the tab's order (ORDQ-08, ORDQ-09); null: there is none now. */
  "order.take": [{ tab: Tab; agentId?: string }, { id: string | null }];
  "order.release": [{ id: string; agentId?: string }, Record<string, never>];
  "order.call": [{ id: string; agentId?: string }, Placed];
  "order.save": [OrderSave & { id: string; agentId?: string }, Record<string, never>];
  "scenario.create": [ScenarioFields, { id: string }];
  "scenario.change": [{ id: string; change: Partial<ScenarioFields> }, Record<string, never>];
  "scenario.delete": [{ id: string }, Record<string, never>];
}
