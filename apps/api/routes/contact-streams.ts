/**
 * Lists of contacts from programs, beyond what people upload: written to the disk as fast as it takes them, no faster,
 * and loaded by the jobs process. The sender need not stay.
 */
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Api, ApiContext } from "../context.ts";
import { showImport } from "../import-view.ts";
import { Problem } from "../problem.ts";
import * as S from "../schemas/contact-imports.ts";
import { plain } from "../uploads.ts";
import { validatorFor } from "../validate.ts";

const MOST_BYTES = 1024 * 1024 * 1024;
const FORMATS: Readonly<Record<string, "csv" | "ndjson">> = {
  "text/csv": "csv",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
};

/** Adds the route, and the taking of bodies as streams to this scope. */
export function contactStreamRoutes(api: Api, context: ApiContext): void {
  const { commands, importsDir } = context;
  for (const type of Object.keys(FORMATS))
    api.addContentTypeParser(type, (_request, payload, done) => done(null, payload));

  api.post(
    "/v1/contact-imports/stream",
    {
      config: { permission: "contacts:import" },
      bodyLimit: MOST_BYTES,
      validatorCompiler: ({ schema, httpPart }) =>
        httpPart === "body"
          ? (value: unknown) => ({ value })
          : (validatorFor({ schema, httpPart: httpPart ?? "querystring" }) as never),
      schema: {
        tags: ["contacts"],
        summary: "Load a list of any length",
        description:
          "For programs: NDJSON (objects with the fields `organisation`, `name`, `position`, `phones`, `emails`, `city`, `industry`, `site`, `inn`, `kpp`, `description`, `tags`; lists may be lists) or CSV with headings, in UTF-8 unless `charset` says otherwise; at most 1 GB. It is loaded after the last byte has come; ask for the import to see its progress.",
        "x-ledger": ["IMP-14", "IMP-21"],
        consumes: Object.keys(FORMATS),
        querystring: S.StreamQuery,
        response: { 202: S.ImportView },
      },
    },
    async (request, reply) => {
      const { policy, ownerId = null, tag = null, name, delimiter = null } = request.query;
      const { format, encoding } = kindOf(request.headers["content-type"] ?? "");
      const id = crypto.randomUUID();
      const path = join(importsDir, id);
      try {
        await mkdir(importsDir, { recursive: true, mode: 0o750 });
        const bytes = await keep(request.body as Readable, path);
        const file = { fileName: plain(name, "stream"), bytes, format, encoding, delimiter };
        const start = { policy, ownerId, tag };
        await commands.send("import.create", { id, way: "stream", ...file, start }, request.caller);
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
      return reply.code(202).send(await showImport(context, id));
    },
  );
}

/** @returns how many bytes came. @throws Problem 413, 400 when nothing came */
async function keep(body: Readable, path: string): Promise<number> {
  let bytes = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) done(new Problem(413, "too-large", "A stream may have at most 1 GB."));
      else done(null, chunk);
    },
  });
  await pipeline(body, counting, createWriteStream(path, { mode: 0o640, flags: "wx" }));
  if (bytes === 0)
    throw new Problem(400, "invalid", "body: is required", [{ field: "body", message: "is required" }]);
  return bytes;
}

const CHARSETS: Readonly<Record<string, string>> = {
  "utf-8": "utf-8",
  utf8: "utf-8",
  "windows-1251": "windows-1251",
  cp1251: "windows-1251",
};

function kindOf(type: string): { format: "csv" | "ndjson"; encoding: string } {
  const [media = "", ...parameters] = type.toLowerCase().split(";");
  const charset = parameters.map((each) => /^\s*charset="?([\w-]+)"?\s*$/.exec(each)?.[1]).find(Boolean);
  const encoding = CHARSETS[charset ?? "utf-8"];
  const format = FORMATS[media.trim()];
  if (!format) throw new Problem(415, "unsupported-media", "Send application/x-ndjson or text/csv.");
  if (!encoding) throw new Problem(415, "unsupported-media", "Send UTF-8 or windows-1251.");
  return { format, encoding };
}
