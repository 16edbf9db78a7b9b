/** Lists of contacts from files: uploaded, looked at, mapped, loaded, reported (IMP-01…IMP-21). */
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import multipart from "@fastify/multipart";
import { reasonText } from "../../core/contacts/reasons.ts";
import { MOST_FILE_BYTES } from "../../core/contacts/table.ts";
import { type ImportedRow, listImportRows, listImports } from "../../store/reads/imports.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { csvOf, csvRows } from "../csv.ts";
import { sampleCsv, sampleTable, sampleWorkbook } from "../import-samples.ts";
import { importView, showImport, showRead } from "../import-view.ts";
import { cursorFrom, shown } from "../pages.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/contact-imports.ts";
import { takeUpload, type UploadKind, uploadLimits } from "../uploads.ts";
import { validatorFor } from "../validate.ts";

const tags = ["contacts"];
const checkForm = validatorFor({ schema: S.UploadForm, httpPart: "body" });
const LIST: UploadKind = {
  bytes: MOST_FILE_BYTES,
  tooLarge: "A list may have at most 3 MB; larger ones go through POST /v1/contact-imports/stream.",
  nameless: "contacts",
};

/** Adds the routes, and the understanding of multipart forms to this scope. */
export async function contactImportRoutes(api: Api, context: ApiContext): Promise<void> {
  const { db, commands, importsDir } = context;
  await api.register(multipart, { limits: uploadLimits(LIST.bytes) });

  api.post(
    "/v1/contact-imports",
    {
      config: { permission: "contacts:import" },
      // The body is a stream: takeUpload and checkForm look at it.
      validatorCompiler: () => (value: unknown) => ({ value }),
      schema: {
        tags,
        summary: "Upload a list of contacts",
        description:
          "XLSX, or CSV with commas, semicolons or tabs in UTF-8 or windows-1251. Answers what was recognised; nothing is loaded yet. While a file is still being looked at the state is `reading`: ask for it again. XLS is refused with the way out.",
        "x-ledger": ["IMP-01", "IMP-02", "IMP-03", "IMP-11"],
        consumes: ["multipart/form-data"],
        body: S.ImportUpload,
        response: { 201: S.ImportView },
      },
    },
    async (request, reply) => {
      const { upload: id, originalName, fields } = await takeUpload(request, importsDir, LIST);
      const path = join(importsDir, id);
      try {
        const form = checkForm(fields);
        if ("error" in form) throw form.error;
        const said = form.value as { encoding?: string; delimiter?: string };
        const { size: bytes } = await stat(path);
        const read = { format: null, encoding: said.encoding ?? null, delimiter: said.delimiter ?? null };
        const made = { id, way: "file" as const, fileName: originalName, bytes, ...read };
        await commands.send("import.create", made, request.caller);
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
      return reply.code(201).send(await showRead(context, id));
    },
  );

  api.get(
    "/v1/contact-imports",
    {
      config: { permission: "contacts:import" },
      schema: {
        tags,
        summary: "List imports of contacts",
        description: "Newest first. An agent's key sees its own.",
        "x-ledger": ["IMP-21"],
        querystring: S.ImportQuery,
        response: { 200: S.ImportPage },
      },
    },
    async ({ query: { limit, cursor }, caller }) =>
      shown(await listImports(db, { only: onlyAgent(caller), limit, after: cursorFrom(cursor) }), importView),
  );

  api.get(
    "/v1/contact-imports/:id",
    {
      config: { permission: "contacts:import" },
      schema: {
        tags,
        summary: "Show one import",
        description: "What was recognised, how far it is, what came of it.",
        "x-ledger": ["IMP-11", "IMP-21"],
        params: IdParams,
        response: { 200: S.ImportView },
      },
    },
    ({ params, caller }) => showImport(context, params.id, onlyAgent(caller)),
  );

  api.patch(
    "/v1/contact-imports/:id",
    {
      config: { permission: "contacts:import" },
      schema: {
        tags,
        summary: "Change what the columns are",
        description: "Before it is started. Another encoding or delimiter lets the file be looked at again.",
        "x-ledger": ["IMP-11"],
        params: IdParams,
        body: S.ImportChange,
        response: { 200: S.ImportView },
      },
    },
    async ({ params: { id }, body: change, caller }) => {
      await showImport(context, id, onlyAgent(caller));
      await commands.send("import.change", { id, change }, caller);
      return showRead(context, id);
    },
  );

  api.post(
    "/v1/contact-imports/:id/start",
    {
      config: { permission: "contacts:import" },
      schema: {
        tags,
        summary: "Start an import",
        description: "Ask for the import to see its progress.",
        "x-ledger": ["IMP-12", "IMP-13", "IMP-14"],
        params: IdParams,
        body: S.ImportStart,
        response: { 202: S.ImportView },
      },
    },
    async ({ params: { id }, body, caller }, reply) => {
      await showImport(context, id, onlyAgent(caller));
      const start = { policy: body.policy, ownerId: body.ownerId ?? null, tag: body.tag ?? null };
      await commands.send("import.start", { id, ...start }, caller);
      return reply.code(202).send(await showImport(context, id));
    },
  );

  api.post(
    "/v1/contact-imports/:id/cancel",
    {
      config: { permission: "contacts:import" },
      schema: {
        tags,
        summary: "Cancel an import",
        description: "Rows that are loaded stay; the report says which.",
        "x-ledger": ["IMP-21"],
        params: IdParams,
        response: { 200: S.ImportView },
      },
    },
    async ({ params: { id }, caller }) => {
      await showImport(context, id, onlyAgent(caller));
      await commands.send("import.cancel", { id }, caller);
      return showImport(context, id);
    },
  );

  api.get(
    "/v1/contact-imports/:id/rows",
    {
      config: { permission: "contacts:import" },
      schema: {
        tags,
        summary: "What became of each row",
        description: "In the order of the file.",
        "x-ledger": ["IMP-15", "IMP-16", "IMP-21"],
        params: IdParams,
        querystring: S.RowsQuery,
        response: { 200: S.RowPage },
      },
    },
    async ({ params: { id }, query: asked, caller }) => {
      await showImport(context, id, onlyAgent(caller));
      const rows = await listImportRows(db, { id, ...asked });
      const next = rows.length === asked.limit ? (rows.at(-1)?.row ?? null) : null;
      return { items: rows.map((row) => ({ ...row, message: messageOf(row) })), next };
    },
  );

  api.get(
    "/v1/contact-imports/:id/report",
    {
      config: { permission: "contacts:import" },
      schema: {
        tags,
        summary: "Download the report by row",
        description:
          "CSV for a spreadsheet, with its messages in Russian or English (`language`); what would be a formula there is marked as text.",
        "x-ledger": ["IMP-15", "IMP-16", "IMP-21"],
        params: IdParams,
        querystring: S.ReportQuery,
        produces: ["text/csv"],
      },
    },
    async ({ params: { id }, query, caller }, reply) => {
      await showImport(context, id, onlyAgent(caller));
      return reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="import-${id.slice(0, 8)}.csv"`)
        .send(Readable.from(report(id, query)));
    },
  );

  async function* report(
    id: string,
    { result, language }: { result?: ImportedRow["result"]; language: "ru" | "en" },
  ) {
    yield csvOf(REPORT_COLUMNS, []);
    for (let after = 0; ; ) {
      const rows = await listImportRows(db, { id, after, result, limit: REPORT_PAGE });
      yield csvRows(
        rows.map((row) => [
          ...[row.row, row.result, row.reason, messageOf(row)?.[language] ?? null, row.field, row.value],
          ...[row.contactId, row.organisationId, row.matchedId, row.matchedBy, row.matchedRow],
        ]),
      );
      if (rows.length < REPORT_PAGE) return;
      after = rows.at(-1)?.row ?? after;
    }
  }

  sampleRoutes(api);
}

const REPORT_PAGE = 2000;
const REPORT_COLUMNS =
  "row result reason message field value contactId organisationId matchedId matchedBy matchedRow".split(" ");

function messageOf({ reason }: ImportedRow) {
  return reason === null ? null : reasonText(reason);
}

function sampleRoutes(api: Api): void {
  const schema = { tags, "x-ledger": ["IMP-01"], querystring: S.SampleQuery };
  const folder = "/v1/contact-imports/samples";
  api.get(
    folder,
    {
      config: { permission: "contacts:import" },
      schema: {
        ...schema,
        summary: "Look at a sample list",
        description: "Columns with what belongs in them, and a few rows.",
        response: { 200: S.Samples },
      },
    },
    async ({ query: { language } }) => ({
      ...sampleTable(language),
      files: ["csv", "xlsx"].map((kind) => `${folder}/contacts.${kind}?language=${language}`),
    }),
  );
  api.get(
    `${folder}/contacts.csv`,
    {
      config: { permission: "contacts:import" },
      schema: {
        ...schema,
        summary: "Download a sample list as CSV",
        description: "UTF-8 with semicolons.",
        produces: ["text/csv"],
      },
    },
    async ({ query: { language } }, reply) =>
      reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", 'attachment; filename="contacts.csv"')
        .send(sampleCsv(language)),
  );
  api.get(
    `${folder}/contacts.xlsx`,
    {
      config: { permission: "contacts:import" },
      schema: {
        ...schema,
        summary: "Download a sample list as a workbook",
        description: "XLSX with one sheet.",
        produces: ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
      },
    },
    async ({ query: { language } }, reply) => {
      const { bytes, stream } = sampleWorkbook(language);
      return reply
        .type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        .header("content-length", bytes)
        .header("content-disposition", 'attachment; filename="contacts.xlsx"')
        .send(stream);
    },
  );
}
