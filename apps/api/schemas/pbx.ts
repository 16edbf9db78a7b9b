/** The company's own PBX. */
import { Type } from "typebox";
import { AppliedView, ChangeOf, Closed, Id, Instant, Nullable, PhoneText, PhoneView } from "./common.ts";

// These values are written into Asterisk's configuration: no spaces, no control characters, no list marks.
const Server = Type.String({
  pattern: "^(\\[[0-9A-Fa-f:.]{2,45}\\]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?$",
  description: "host:port.",
  examples: ["pbx.example.ru:1122"],
});
const Word = (max: number) => Type.String({ minLength: 1, maxLength: max, pattern: "^[!-:<-~]+$" });

const fields = {
  number: PhoneText,
  server: Server,
  login: Word(80),
  domain: Nullable(
    Type.String({ pattern: "^[A-Za-z0-9.-]{1,253}$", description: "The SIP domain; null: the server's." }),
  ),
  password: Word(120),
};
export const NewPbx = Type.Object({ ...fields, domain: Type.Optional(fields.domain) }, Closed);
export const PbxChange = ChangeOf(fields);

const view = {
  id: Id(),
  number: PhoneView,
  server: Type.String(),
  login: Type.String(),
  domain: Nullable(Type.String()),
  createdAt: Instant(),
  registered: Type.Boolean({ description: "As Asterisk says." }),
  message: Type.String({
    description: "The same for people, with the reason when it is not registered (LINE-08).",
  }),
};
export const PbxView = Type.Object(view);
export const PbxApplied = Type.Object({ ...view, applied: AppliedView });
export const PbxGone = Type.Object({
  message: Type.String({ description: "The confirmation (LINE-08)." }),
  applied: AppliedView,
});
