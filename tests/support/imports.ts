/** Lists of contacts from the upload to the report: the API, the real commands, and the office that loads them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { openImportOffice } from "../../apps/jobs/imports/office.ts";
import type { RunWork } from "../../apps/jobs/imports/process.ts";
import { workOn } from "../../apps/jobs/imports/work.ts";
import { addCompany, addKey, apiOn } from "./api.ts";
import { withPostgres } from "./postgres.ts";
import { carryOut, rowCommands } from "./row-commands.ts";
import { until } from "./until.ts";

const WITHIN_MS = 180_000;
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Opens it for the whole file; it is closed behind the last test. `office: false`: nobody loads anything. */
export async function openImports({ office = true } = {}) {
  const postgres = await withPostgres();
  const { db, url } = postgres;
  const dataDir = mkdtempSync(join(tmpdir(), "dozvon-imports-"));
  const folder = join(dataDir, "imports");
  const rig = await apiOn(postgres, { importsDir: folder });
  const handlers = rowCommands(db);
  for (const prefix of ["contact.", "import."]) carryOut(rig.engine, handlers, prefix);
  const loading = office
    ? openImportOffice({ ...{ db, url, folder }, country: "RU", run: here(url), log: silent })
    : undefined;
  t.teardown(async () => {
    await loading?.stop();
    await rig.stop();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const company = await addCompany(db);
  const keys = {
    admin: await addKey(db, "admin"),
    annas: await addKey(db, "agent", company.anna),
    boriss: await addKey(db, "agent", company.boris),
  };

  /** Uploads a file as a form does. */
  async function upload(
    content: string | Uint8Array,
    { name = "list.csv", fields = {}, key = keys.admin }: UploadOptions = {},
  ) {
    const { headers, payload } = formOf(content, name, fields);
    const answer = await rig.api.inject({
      method: "POST",
      url: "/v1/contact-imports",
      headers: { ...headers, authorization: `Bearer ${key}` },
      payload,
    });
    return { status: answer.statusCode, ...answer.json() };
  }
  const ask = async (method: "GET" | "POST" | "PATCH", path: string, body?: object, key = keys.admin) => {
    const answer = await rig.ask(method, `/v1/contact-imports/${path}`, key, body);
    return { status: answer.statusCode, ...answer.json() };
  };
  /** Waits until an import is over. */
  async function over(id: string) {
    let view = await ask("GET", id);
    await until(
      `import ${id} is over`,
      async () => {
        view = await ask("GET", id);
        return /^(done|failed|cancelled|refused)$/.test(view.state);
      },
      WITHIN_MS,
    );
    return view;
  }
  /** What became of each row: `3 skipped name`, `4 refused phones not-a-number`. */
  async function rows(id: string): Promise<string[]> {
    const { items } = await ask("GET", `${id}/rows?limit=1000`);
    return items.map(
      (row: Record<string, string | null>) =>
        `${[row.row, row.result, row.matchedBy, row.field, row.reason === "duplicate" ? null : row.reason]
          .filter((word) => word !== null)
          .join(" ")}`,
    );
  }
  /** Uploads and loads a list, and answers the import when it is over. */
  async function load(content: string | Uint8Array, start: object, options: UploadOptions = {}) {
    const uploaded = await upload(content, options);
    if (uploaded.status !== 201) throw new Error(JSON.stringify(uploaded));
    const started = await ask("POST", `${uploaded.id}/start`, start, options.key);
    if (started.status !== 202) throw new Error(JSON.stringify(started));
    const view = await over(uploaded.id);
    return { ...view, rows: await rows(view.id) };
  }
  return {
    ...rig,
    ...company,
    ...keys,
    postgres,
    db,
    url,
    dataDir,
    folder,
    upload,
    imports: ask,
    over,
    rows,
    load,
  };
}

/** In this process: starting one takes longer than a small file. The crash test has the real ones. */
function here(url: string): RunWork {
  return (work) => ({ over: workOn({ ...work, url }).then(() => undefined), end: () => {} });
}

interface UploadOptions {
  readonly name?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly key?: string;
}

/** A form with one file (RFC 7578). */
export function formOf(
  content: string | Uint8Array,
  name: string,
  fields: Readonly<Record<string, string>>,
): { headers: Record<string, string>; payload: Buffer } {
  const boundary = "----a-boundary-of-tests";
  const parts = Object.entries(fields).map(
    ([field, value]) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const payload = Buffer.concat([
    Buffer.from(parts.join("") + head),
    Buffer.from(content),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return { headers: { "content-type": `multipart/form-data; boundary=${boundary}` }, payload };
}
