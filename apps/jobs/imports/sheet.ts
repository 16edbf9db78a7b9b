/**
 * Workbooks (XLSX) as rows of text: the only place that knows hucre. A file of three megabytes can unfold to gigabytes,
 * so its table of contents is looked at first.
 */
import { streamXlsxRows } from "hucre/xlsx";
import { NotImportable } from "./not-importable.ts";

/** A row as it stands, blank ones left out; `row` as a spreadsheet counts. */
export interface SheetRow {
  readonly row: number;
  readonly cells: readonly string[];
}

/** Thirty thousand rows of full cells come to about a hundred megabytes of XML. */
const MOST_UNFOLDED_BYTES = 200 * 1024 * 1024;

/** @throws NotImportable when this is no workbook, or more than its first sheet is filled (IMP-03) */
export async function* sheetRows(bytes: Uint8Array): AsyncGenerator<SheetRow> {
  const sheets = checkContents(bytes);
  let filled = false;
  for await (const { row, cells } of rowsOfSheet(bytes, 0)) {
    filled = true;
    yield { row, cells };
  }
  for (let sheet = 1; sheet < sheets; sheet++) {
    const first = await rowsOfSheet(bytes, sheet).next();
    if (first.done) continue;
    if (filled)
      throw new NotImportable(
        "several-sheets",
        `only one sheet may be filled, and sheet ${sheet + 1} is, too: delete it, or import it from a file of its own`,
      );
    throw new NotImportable(
      "not-first-sheet",
      `the filled sheet must be the first, and it is sheet ${sheet + 1}`,
    );
  }
}

async function* rowsOfSheet(bytes: Uint8Array, sheet: number): AsyncGenerator<SheetRow> {
  try {
    for await (const { index, values } of streamXlsxRows(bytes, { sheet })) {
      const cells = values.map(textOf);
      if (cells.some((cell) => cell.trim() !== "")) yield { row: index + 1, cells };
    }
  } catch (error) {
    if (error instanceof NotImportable) throw error;
    throw new NotImportable("not-a-table", `this workbook cannot be read: ${(error as Error).message}`);
  }
}

/** A cell as people see it: whole numbers without exponents, days without a time where there is none. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date)
    return value
      .toISOString()
      .replace("T00:00:00.000Z", "")
      .replace(/\.000Z$/, "Z");
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value).toString();
  return String(value);
}

const END_OF_CONTENTS = 0x06054b50;
const ENTRY = 0x02014b50;
const WORKSHEET = /^xl\/worksheets\/[^/]+\.xml$/;

/**
 * Reads the archive's table of contents (PKWARE's APPNOTE 6.3, 4.3.12 and 4.3.16).
 * @returns how many sheets there are
 * @throws NotImportable when it is none, or says that it unfolds to more than we take; the reader holds it to that
 */
function checkContents(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const broken = () => new NotImportable("not-a-table", "this is no whole XLSX file");
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END_OF_CONTENTS) end--;
  if (end < 0) throw broken();
  let at = view.getUint32(end + 16, true);
  let [unfolded, sheets] = [0, 0];
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY) throw broken();
    const [packed, plain] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const nameLength = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    // An entry that claims to be empty and is not would not be held to anything.
    if (plain === 0 && packed > 8) throw broken();
    unfolded += plain;
    if (WORKSHEET.test(name)) sheets++;
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  if (unfolded > MOST_UNFOLDED_BYTES)
    throw new NotImportable("too-large", "this workbook is too large when it is unpacked");
  if (sheets === 0) throw new NotImportable("not-a-table", "this is no workbook: it has no sheets");
  return sheets;
}
