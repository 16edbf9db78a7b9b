/** Tables for spreadsheets (RFC 4180). */

/** What a spreadsheet would take for a formula, when a cell begins with it. */
const FORMULA = /^[=+\-@\t\r]/;

export type Cell = string | number | null;

/**
 * The text of a table: quoted where needed, CRLF between rows, a byte-order mark so that a spreadsheet reads
 * Cyrillic names. A text that would become a formula gets an apostrophe before it: names are given by people.
 */
export function csvOf(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\ufeff${csvRows([header, ...rows])}`;
}

/** More rows of such a table, for one that is sent piece by piece. */
export function csvRows(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Objects as rows: nested ones become columns `outer.inner`; the first object names the columns. */
export function tableOf(objects: readonly object[]): { header: string[]; rows: Cell[][] } {
  const flat = objects.map((each) => flatten(each));
  return { header: flat[0]?.map(([key]) => key) ?? [], rows: flat.map((row) => row.map(([, cell]) => cell)) };
}

function flatten(object: object, before = ""): [string, Cell][] {
  return Object.entries(object).flatMap(([key, value]): [string, Cell][] =>
    value !== null && typeof value === "object"
      ? flatten(value, `${before}${key}.`)
      : [[`${before}${key}`, value as Cell]],
  );
}
