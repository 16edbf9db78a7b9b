/** Notices. */
import { Type } from "typebox";
import { Closed, Id, Instant, Nullable, PageOf, Paging, PhoneView } from "./common.ts";

export const NoticeView = Type.Object({
  id: Id(),
  agentId: Id("Whom it is for."),
  kind: Type.String({ examples: ["call.missed", "callback.failed", "contact.received"] }),
  callId: Nullable(Id()),
  because: Type.String({ description: "Why this agent is told." }),
  count: Nullable(Type.Integer({ description: "How many contacts it is about; null: not about contacts." })),
  at: Instant(),
  readAt: Nullable(Instant()),
  from: Nullable(PhoneView),
  callBack: Nullable(
    Type.String({ description: "The number to call back (E.164); null: it was withheld or is a short one." }),
  ),
  ending: Nullable(Type.String()),
  contactId: Nullable(Id()),
  contactName: Nullable(Type.String()),
  lineId: Nullable(Id()),
  lineName: Nullable(Type.String()),
});
export const NoticePage = PageOf(NoticeView);
export const NoticeQuery = Type.Object(
  {
    ...Paging,
    unread: Type.Optional(Type.Boolean({ description: "true: only unread ones; false: only read ones." })),
    agentId: Type.Optional(Id("Only this agent's; a key of the role agent sees only its own anyway.")),
  },
  Closed,
);
