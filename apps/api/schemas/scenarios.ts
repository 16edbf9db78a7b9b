/** Scripts. */
import { Type } from "typebox";
import { ChangeOf, Closed, Id, ListOf, Name, Nullable } from "./common.ts";

const fields = {
  name: Name(),
  direction: Type.Enum(["inbound", "outbound"], { description: "Whose calls open it by default (SCEN-03)." }),
  script: Type.String({ maxLength: 100_000, description: "What the agent says." }),
  lineIds: Type.Array(Id(), {
    maxItems: 1000,
    uniqueItems: true,
    description: "The lines it belongs to (SCEN-04); none: the default of its direction.",
  }),
  isDefault: Type.Boolean({
    description:
      "Whether one without lines is its direction's default; false: it is shown only where it is picked, for call lists (SCEN-11).",
  }),
  autoDial: Type.Boolean({
    description: "The next contact of a list is dialled as soon as the agent is free (DIAL-09, SCEN-09).",
  }),
  moveOnWithoutResult: Type.Boolean({
    description:
      "Whether an agent may go on to the next card without a result; true unless changed (DIAL-08).",
  }),
  results: Type.Array(Name(), { maxItems: 100, description: "What can come of the call, in order." }),
};
const result = Type.Object({ id: Id(), name: Type.String() });

export const NewScenario = Type.Object(
  {
    name: fields.name,
    direction: fields.direction,
    script: Type.Optional(fields.script),
    lineIds: Type.Optional(fields.lineIds),
    isDefault: Type.Optional(fields.isDefault),
    autoDial: Type.Optional(fields.autoDial),
    moveOnWithoutResult: Type.Optional(fields.moveOnWithoutResult),
    results: Type.Optional(fields.results),
  },
  Closed,
);
export const ScenarioChange = ChangeOf(fields);
export const ScenarioView = Type.Object({
  id: Id(),
  name: Type.String(),
  direction: fields.direction,
  script: Type.String(),
  lineIds: Type.Array(Id()),
  isDefault: Type.Boolean({
    description:
      "Shown for its direction's calls on lines without a scenario of their own: what saving an empty `lineIds` makes it. A scenario whose last line was deleted is shown nowhere.",
  }),
  autoDial: Type.Boolean(),
  moveOnWithoutResult: Type.Boolean(),
  results: Type.Array(result, { description: "Choosable when the service is completed (SCEN-12)." }),
});
export const ScenarioList = ListOf(ScenarioView);
export const ScriptView = Type.Object({
  callId: Id(),
  scenario: Nullable(ScenarioView),
});
