/** Which contacts go into a file, and how. */
import { Type } from "typebox";
import { Closed } from "./common.ts";
import { filterFields } from "./contact-filter.ts";

export const ContactExportQuery = Type.Object(
  {
    ...filterFields,
    language: Type.Enum(["ru", "en"], { default: "ru", description: "Of the headings." }),
    zone: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 60,
        description: "IANA time zone of creation dates; left out: UTC.",
        examples: ["Europe/Moscow"],
      }),
    ),
  },
  Closed,
);
