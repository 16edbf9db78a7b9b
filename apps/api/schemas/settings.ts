/** The log of changed settings. */
import { Type } from "typebox";
import { AppliedView, Closed, Id, Instant, Nullable, PageOf, Paging } from "./common.ts";

const Values = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description });

export const SettingChangeView = Type.Object({
  id: Id(),
  at: Instant(),
  keyId: Nullable(Id("Who: the API key.")),
  role: Type.String(),
  command: Type.String({ examples: ["queue.change"] }),
  subjectId: Id("What was changed."),
  subjectName: Type.String(),
  before: Values("The settings that differ, as they were."),
  after: Values("The same settings, as they are since."),
  undoneBy: Nullable(Id("The change that took this one back.")),
});
export const SettingChangePage = PageOf(SettingChangeView);
export const SettingChangeQuery = Type.Object({ ...Paging, subjectId: Type.Optional(Id()) }, Closed);
export const Undo = Type.Object(
  {
    force: Type.Optional(
      Type.Boolean({ description: "Also when a later change touched the same settings; default false." }),
    ),
  },
  Closed,
);
export const Undone = Type.Object({ applied: AppliedView });
