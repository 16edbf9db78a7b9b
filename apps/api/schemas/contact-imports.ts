/** Imports of contacts. */
import { Type } from "typebox";
import { IMPORT_FIELDS } from "../../core/contacts/headings.ts";
import { Closed, Id, Instant, Nullable, PageOf, Paging } from "./common.ts";

const Field = Type.Enum([...IMPORT_FIELDS]);
const Language = Type.Enum(["ru", "en"], { default: "ru" });
const Encoding = Type.Enum(["utf-8", "windows-1251", "utf-16le", "utf-16be"]);
const Delimiter = Type.Enum([";", ",", "\t", "|"]);
const Policy = Type.Enum(["skip", "merge", "all"], {
  description:
    "Of records that are there already: `skip` does not load them (IMP-15), `merge` merges them into those that are there (IMP-16), `all` loads them regardless (IMP-20).",
});
const TagName = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: "^(?=.*\\S)[^;\\u0000-\\u001f\\u007f]*$",
  description: "For everything in the file (IMP-13).",
});
const OwnerId = Id(
  "Whose the records will be; left out: the uploader's (IMP-12). An agent's key loads for its agent.",
);

/** For the description only: multipart is read part by part, and checked by UploadForm. */
export const ImportUpload = Type.Object({
  file: Type.Unsafe<unknown>({
    type: "string",
    format: "binary",
    description: "XLSX or CSV, told by content; at most 3 MB and 30,000 rows, and 250 characters in a cell.",
  }),
  encoding: Type.Optional(Encoding),
  delimiter: Type.Optional(Delimiter),
});
/** The form's fields beside the file. */
export const UploadForm = Type.Object(
  { encoding: Type.Optional(Encoding), delimiter: Type.Optional(Delimiter) },
  Closed,
);

const Title = Type.Object({ ru: Type.String(), en: Type.String() });
const Column = Type.Object({
  letter: Type.String({ description: "As in a spreadsheet." }),
  heading: Type.String(),
  field: Nullable(Field),
  title: Title,
});
const Count = () => Type.Integer({ minimum: 0 });

export const ImportView = Type.Object({
  id: Id(),
  way: Type.Enum(["file", "stream"]),
  fileName: Type.String(),
  bytes: Count(),
  state: Type.Enum(["reading", "ready", "refused", "queued", "running", "done", "failed", "cancelled"], {
    description:
      "`reading`: the file is being looked at; `ready`: look at `columns` and `preview`, then start; `refused`: see `problem`. A load that broke off goes on by itself, or becomes `failed`.",
  }),
  problem: Nullable(Type.Object({ code: Type.String(), message: Type.String() })),
  format: Nullable(Type.Enum(["csv", "xlsx", "ndjson"])),
  encoding: Nullable(Type.String()),
  delimiter: Nullable(Type.String()),
  columns: Type.Array(Column, {
    description: "`field` null: «Do not import». Change them with `mapping` (IMP-11).",
  }),
  preview: Type.Array(Type.Array(Type.String()), {
    description: "The first rows as they stand in the file.",
  }),
  policy: Nullable(Policy),
  ownerId: Nullable(Id()),
  tag: Nullable(Type.String()),
  createdAt: Instant(),
  startedAt: Nullable(Instant()),
  endedAt: Nullable(Instant()),
  progress: Type.Object({
    rows: Count(),
    total: Nullable(Type.Integer({ description: "Of a stream at most: its lines." })),
    percent: Nullable(Type.Integer({ minimum: 0, maximum: 100 })),
  }),
  result: Type.Object(
    {
      ...{ loaded: Count(), merged: Count(), skipped: Count(), refused: Count() },
      ...{ contacts: Count(), organisations: Count() },
      ...{ mergedContacts: Count(), mergedOrganisations: Count() },
    },
    {
      description:
        "Rows so far: each is loaded, merged, skipped or refused. `contacts` and `organisations` are records that were made.",
    },
  ),
  addressBook: Type.String({ description: "The records that were made (IMP-21)." }),
  report: Type.String({ description: "What became of each row, as CSV." }),
});
export const ImportPage = PageOf(ImportView);
export const ImportQuery = Type.Object({ ...Paging }, Closed);

export const ImportChange = Type.Partial(
  Type.Object({
    mapping: Type.Array(Nullable(Field), {
      maxItems: 1000,
      description:
        "For each column its field, or null: do not import. Errors name a column by its place, from 0. The file's telephones cannot be left out: nobody could be called.",
    }),
    encoding: Encoding,
    delimiter: Delimiter,
  }),
  { ...Closed, minProperties: 1 },
);
export const ImportStart = Type.Object(
  { policy: Policy, ownerId: Type.Optional(OwnerId), tag: Type.Optional(TagName) },
  Closed,
);
export const StreamQuery = Type.Object(
  {
    policy: Policy,
    ownerId: Type.Optional(OwnerId),
    tag: Type.Optional(TagName),
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: "For the list of imports." }),
    ),
    delimiter: Type.Optional(Delimiter),
  },
  Closed,
);

const Result = Type.Enum(["loaded", "merged", "skipped", "refused"]);
export const RowsQuery = Type.Object(
  {
    result: Type.Optional(Result),
    after: Type.Integer({ minimum: 0, default: 0, description: "`next` of the page before." }),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  },
  Closed,
);
export const ReportQuery = Type.Object({ result: Type.Optional(Result), language: Language }, Closed);
export const RowPage = Type.Object({
  items: Type.Array(
    Type.Object({
      row: Type.Integer({
        description: "As a spreadsheet counts, from 1: the headings are row 1. Of NDJSON the line, from 1.",
      }),
      result: Result,
      reason: Nullable(Type.String({ description: "A stable word for programs." })),
      message: Nullable(Title),
      field: Nullable(Type.String()),
      value: Nullable(Type.String({ description: "What stands there, shortened." })),
      contactId: Nullable(Id()),
      organisationId: Nullable(Id()),
      matchedId: Nullable(Id("The record that it was like.")),
      matchedBy: Nullable(Type.Enum(["name", "email", "phone"])),
      matchedRow: Nullable(Type.Integer({ description: "The row that made that record." })),
    }),
  ),
  next: Nullable(Type.Integer()),
});

export const SampleQuery = Type.Object({ language: Language }, Closed);
export const Samples = Type.Object({
  columns: Type.Array(Type.Object({ field: Field, heading: Type.String(), about: Type.String() })),
  rows: Type.Array(Type.Array(Type.String())),
  files: Type.Array(Type.String({ description: "The same to download." })),
});
