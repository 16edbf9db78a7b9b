/** Looks at an uploaded file from beginning to end before anything is loaded (IMP-03, IMP-11). */
import { createReadStream } from "node:fs";
import { mappingProblem, recogniseHeadings } from "../../core/contacts/headings.ts";
import { tableProblem } from "../../core/contacts/table.ts";
import type { ImportSource, Recognised } from "../../store/imports/states.ts";
import type { Encoding } from "./encoding.ts";
import { NotImportable } from "./not-importable.ts";
import { fileRows, formOf } from "./rows.ts";

const SHOWN_ROWS = 10;
const LINE_FEED = 10;

/** What the file is, as people see it before they start. @throws NotImportable when it cannot be imported at all */
export async function recognise(path: string, source: ImportSource): Promise<Recognised> {
  const said = { encoding: source.encoding as Encoding | null, delimiter: source.delimiter };
  const form = await formOf(
    path,
    { ...known(said), ...known({ format: source.format }) },
    source.way === "file",
  );
  if (form.format === "ndjson") return { ...form, headings: [], mapping: [], preview: [], rowsTotal: null };
  return source.way === "stream" ? readHeadings(path, form) : readWhole(path, form);
}

type Form = Awaited<ReturnType<typeof formOf>>;

async function readWhole(path: string, form: Form): Promise<Recognised> {
  let headings: readonly string[] = [];
  const used: boolean[] = [];
  const preview: string[][] = [];
  let [rows, beyond] = [0, 0];
  for await (const { row, cells } of fileRows(path, form)) {
    if (row === 1) {
      headings = trimmed(cells ?? []);
      continue;
    }
    rows++;
    if (!cells) continue;
    let behind = false;
    cells.forEach((cell, index) => {
      if (cell.trim() === "") return;
      used[index] = true;
      behind ||= index >= headings.length;
    });
    if (behind) beyond++;
    if (preview.length < SHOWN_ROWS) preview.push(headings.map((_, index) => cells[index] ?? ""));
  }
  const problem = tableProblem({ headings, used: Array.from(used, (each) => each === true), rows, beyond });
  if (problem) throw new NotImportable(problem.code, problem.message);
  return { ...form, headings, mapping: recogniseHeadings(headings), preview, rowsTotal: rows };
}

/** Of a stream only the headings: its rows are looked at as they come. */
async function readHeadings(path: string, form: Form): Promise<Recognised> {
  for await (const { row, cells } of fileRows(path, form)) {
    const headings = row === 1 ? trimmed(cells ?? []) : [];
    const used = headings.map(() => true);
    const problem = tableProblem({ headings, used, rows: 1, beyond: 0 });
    if (problem) throw new NotImportable(problem.code, problem.message);
    const mapping = recogniseHeadings(headings);
    const unmapped = mappingProblem(mapping, headings.length);
    if (unmapped) throw new NotImportable("no-fields", `by their names, ${unmapped.message}`);
    const rowsTotal = Math.max(0, (await countLines(path)) - 1);
    return { ...form, headings, mapping, preview: [], rowsTotal };
  }
  throw new NotImportable("no-header", "there is nothing in it");
}

/** For the progress of a stream: as many rows as there are at most. */
async function countLines(path: string): Promise<number> {
  let [lines, last] = [0, LINE_FEED];
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    const bytes = chunk as Buffer;
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) lines++;
    last = bytes.at(-1) ?? last;
  }
  return last === LINE_FEED ? lines : lines + 1;
}

/** Behind the last heading there is no column. */
function trimmed(headings: readonly string[]): string[] {
  const last = headings.findLastIndex((heading) => heading.trim() !== "");
  return headings.slice(0, last + 1).map((heading) => heading.trim());
}

function known<Values extends object>(
  values: Values,
): Partial<{ [Key in keyof Values]: NonNullable<Values[Key]> }> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Partial<{
    [Key in keyof Values]: NonNullable<Values[Key]>;
  }>;
}
