/** Products, orders and their queue. */
import { Type } from "typebox";
import { ORDER_STATUSES } from "../../core/orders/order.ts";
import { REASONS } from "../../core/orders/reasons.ts";
import { TABS } from "../../core/orders/tabs.ts";
import { NOT_TAKEN } from "../../core/orders/taking.ts";
import { ChangeOf, Closed, Id, Instant, ListOf, Name, Nullable, PhoneText, PhoneView } from "./common.ts";

export const NewProduct = Type.Object({ name: Name() }, Closed);
export const ProductChange = ChangeOf({ name: Name() });
export const ProductView = Type.Object({
  id: Id(),
  name: Type.String(),
  agentIds: Type.Array(Id(), { description: "Who knows it; nobody else takes its orders (ROLE-17)." }),
});
export const ProductList = ListOf(ProductView);
export const AgentProducts = Type.Object(
  { productIds: Type.Array(Id(), { maxItems: 1000, uniqueItems: true }) },
  Closed,
);

const Tab = Type.Enum([...TABS]);
const Status = Type.Enum([...ORDER_STATUSES], {
  description: "buffer: confirmed; cancelled: refused by the client (D-19).",
});
const ReasonCode = Type.Enum([...REASONS]);
const comment = Type.String({ maxLength: 4000 });
const text = (description: string) =>
  Type.String({ maxLength: 200, pattern: "^[^\\u0000-\\u001f\\u007f]*$", description });
const fields = {
  number: Type.String({
    ...{ minLength: 1, maxLength: 50, pattern: "^(?=.*\\S)[^\\u0000-\\u001f\\u007f]*$" },
    description: "The shop's number of the order.",
  }),
  clientName: text("The client's name."),
  phone: PhoneText,
  contactId: Nullable(Id()),
  webmasterId: Nullable(
    Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: "Who brought the client." }),
  ),
  productId: Id(),
  comment,
};
export const NewOrder = Type.Object(
  {
    number: fields.number,
    clientName: Type.Optional(fields.clientName),
    phone: fields.phone,
    contactId: Type.Optional(fields.contactId),
    webmasterId: Type.Optional(fields.webmasterId),
    productId: fields.productId,
    arrivedAt: Type.Optional(Instant("Now, unless it is said.")),
    comment: Type.Optional(fields.comment),
  },
  Closed,
);
export const OrderChange = ChangeOf({
  ...fields,
  responsibleId: Nullable(Id("null: nobody, so that it can be taken again.")),
});
export const OrderQuery = Type.Object(
  {
    tab: Type.Optional(Tab),
    status: Type.Optional(Status),
    productId: Type.Optional(Id()),
    responsibleId: Type.Optional(Id()),
    q: Type.Optional(
      Type.String({
        ...{ minLength: 1, maxLength: 100 },
        description: "Part of the number, the name or the phone.",
      }),
    ),
    page: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 5, description: "Rows of a page (ORDQ-10)." }),
  },
  Closed,
);

const Words = Type.Object({ ru: Type.String(), en: Type.String() });
const view = {
  id: Id(),
  number: Type.String(),
  responsible: Nullable(
    Type.Object({ id: Id(), name: Type.String() }, { description: "The order's own (OWN-09)." }),
  ),
  clientName: Type.String(),
  webmasterId: Nullable(Type.Integer()),
  product: Type.Object({ id: Id(), name: Type.String() }),
  phone: PhoneView,
  contactId: Nullable(Id()),
  arrivedAt: Instant(),
  callBackAt: Nullable(Instant()),
  status: Status,
  tab: Nullable(Type.Enum([...TABS], { description: "null: it is completed." })),
  failures: Type.Integer({ description: "Unsuccessful calls." }),
  failedAt: Nullable(Instant("The last of them.")),
  reason: Nullable(Words),
  dueAt: Nullable(Instant("Not to be called before.")),
  redialBy: Nullable(Instant("Of the quick redial: by when (D-18).")),
  comment: Type.String(),
  takenBy: Nullable(Id("Who has its card open now.")),
};
export const OrderView = Type.Object(view);
export const OrderPage = Type.Object({
  items: Type.Array(OrderView),
  page: Type.Integer(),
  pages: Type.Integer({ description: "0: there is nothing." }),
  total: Type.Integer(),
});
export const TabList = ListOf(
  Type.Object({
    tab: Tab,
    ...Words.properties,
    count: Type.Integer(),
    taken: Type.Enum(["from-the-last", "from-the-first"], {
      description:
        "New is taken from the last row of the last page upwards (ORDQ-08), the others straight (ORDQ-09).",
    }),
    dialled: Type.Boolean({ description: "false: nobody calls these any more (ORDQ-07)." }),
  }),
);

/** What the card of an open order shows beside the order itself. */
export const OrderCard = Type.Object({
  ...view,
  notTaken: Nullable(
    Type.Enum([...NOT_TAKEN], {
      description: "Why the asking agent cannot open it; null: nothing stands in the way.",
    }),
  ),
  ifUnreached: Type.Object(
    {
      failures: Type.Integer({ description: "What it would count then." }),
      callBackAt: Nullable(Instant("The date that is needed then (ORDQ-13); null: none may be given.")),
      suggested: Nullable(ReasonCode),
      reasons: Type.Array(Type.Object({ reason: ReasonCode, ...Words.properties }), {
        description: "As they would be written down, with the running count (ORDQ-14).",
      }),
    },
    { description: "What saving it as unreached comes to." },
  ),
  saves: Type.Array(
    Type.Object({
      at: Instant(),
      agentId: Nullable(Id()),
      callId: Nullable(Id()),
      status: Status,
      failures: Type.Integer(),
      reason: Nullable(Words),
      callBackAt: Nullable(Instant()),
      comment: Type.String(),
    }),
  ),
  calls: Type.Array(
    Type.Object({
      callId: Id(),
      agentId: Nullable(Id()),
      at: Instant(),
      ending: Nullable(Type.String()),
      talkMs: Nullable(Type.Integer()),
    }),
  ),
});
export const Who = Type.Object(
  { agentId: Type.Optional(Id("For whom; an agent's key acts for itself.")) },
  Closed,
);
export const Taking = Type.Object({ tab: Tab, ...Who.properties }, Closed);
export const Taken = Type.Object({
  order: Nullable(OrderCard),
});
export const Saving = Type.Object(
  {
    status: Type.Enum(["unreached", "in_work", "buffer", "cancelled", "invalid"]),
    reason: Type.Optional(ReasonCode),
    callBackAt: Type.Optional(
      Instant(
        "in_work: when the client asked to be called. unreached: from the fourth failure on, an hour ahead and today (ORDQ-13); late in the evening it is moved to the end of the day (D-17).",
      ),
    ),
    comment: Type.Optional(comment),
    ...Who.properties,
  },
  Closed,
);
