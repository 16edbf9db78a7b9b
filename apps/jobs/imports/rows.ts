/** The rows of a file of any kind, one after another, as cells of text. */
import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { CsvReader, delimiterOf } from "./csv.ts";
import { type Encoding, encodingOf, isText } from "./encoding.ts";
import { NotImportable } from "./not-importable.ts";

/** `cells` is missing when the row cannot be taken apart. Blank rows are left out; numbers count them. */
export interface FileRow {
  readonly row: number;
  readonly cells?: readonly string[] | undefined;
}

/** How a file is read. */
export interface FileForm {
  readonly format: "csv" | "xlsx" | "ndjson";
  readonly encoding: Encoding | null;
  readonly delimiter: string | null;
}

const BEGINNING = 256 * 1024;
const CHUNK = 256 * 1024;

/**
 * What kind of file this is, by its content.
 * @param said what is known already; it is not looked for then
 * @param whole the file is small, so all of it tells the encoding
 * @throws NotImportable for what is neither a table of text nor an XLSX workbook
 */
export async function formOf(path: string, said: Partial<FileForm>, whole: boolean): Promise<FileForm> {
  const bytes = whole ? await readFile(path) : await beginningOf(path);
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return { format: "xlsx", encoding: null, delimiter: null };
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0])) throw oldExcel(bytes);
  if (!isText(bytes))
    throw new NotImportable("not-a-table", "this is neither an XLSX workbook nor a CSV file");
  const encoding = said.encoding ?? encodingOf(bytes, whole);
  if (said.format === "ndjson") return { format: "ndjson", encoding, delimiter: null };
  const text = new TextDecoder(encoding).decode(bytes.subarray(0, BEGINNING), { stream: true });
  const delimiter = said.delimiter ?? delimiterOf(text, newlineOf(text));
  return { format: "csv", encoding, delimiter };
}

/** IMP-02 names XLS; no library that reads it is kept well, and one that is not would read files of strangers. */
function oldExcel(bytes: Uint8Array): NotImportable {
  if (Buffer.from(bytes).includes(Buffer.from("EncryptedPackage", "utf16le")))
    return new NotImportable("encrypted", "this workbook has a password: save it without one");
  return new NotImportable(
    "old-excel",
    "this is a workbook of the old kind (.xls): open it in Excel or LibreOffice and save it as «Excel Workbook (.xlsx)» or «CSV UTF-8»",
  );
}

/** All rows that are not blank, the headings first. @throws NotImportable */
export async function* fileRows(path: string, form: FileForm): AsyncGenerator<FileRow> {
  if (form.format === "xlsx") {
    const { sheetRows } = await import("./sheet.ts");
    yield* sheetRows(await readFile(path));
  } else if (form.format === "csv") yield* csvRows(path, form);
  else throw new Error("a file of objects has no rows of cells");
}

async function* csvRows(path: string, { encoding, delimiter }: FileForm): AsyncGenerator<FileRow> {
  let reader: CsvReader | undefined;
  let row = 0;
  const counted = function* (records: readonly (readonly string[] | undefined)[]): Generator<FileRow> {
    for (const cells of records) {
      row++;
      if (!cells || cells.some((cell) => cell.trim() !== "")) yield { row, cells };
    }
  };
  for await (const text of textOf(path, encoding)) {
    let more = text;
    if (!reader) {
      // The line that says the delimiter is none of the table's.
      more = text.replace(/^sep=[;,\t|]\r?\n/, "");
      reader = new CsvReader({ delimiter: delimiter ?? ";", newline: newlineOf(more) });
    }
    yield* counted(reader.push(more));
  }
  if (reader) yield* counted(reader.end());
}

/** The lines of a file of objects, blank ones left out; the first has number 1. */
export async function* fileLines(
  path: string,
  encoding: Encoding | null,
): AsyncGenerator<{ row: number; line: string }> {
  let rest = "";
  let row = 0;
  for await (const text of textOf(path, encoding)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      row++;
      if (line.trim() !== "") yield { row, line };
    }
  }
  if (rest.trim() !== "") yield { row: row + 1, line: rest };
}

async function* textOf(path: string, encoding: Encoding | null): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding ?? "utf-8");
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
    const text = decoder.decode(chunk as Buffer, { stream: true });
    if (text !== "") yield text;
  }
  const last = decoder.decode();
  if (last !== "") yield last;
}

/** Old spreadsheets on Macintosh end lines with a carriage return alone. */
function newlineOf(text: string): "\n" | "\r" {
  return text.includes("\n") || !text.includes("\r") ? "\n" : "\r";
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function startsWith(bytes: Uint8Array, beginning: readonly number[]): boolean {
  return beginning.every((byte, index) => bytes[index] === byte);
}
