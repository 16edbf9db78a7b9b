/** The form of a file that people upload (IMP-02, IMP-03). */
import { isEmail } from "./contact.ts";

/** Bytes of a file, and rows below its headings (D-45: both hold). */
export const MOST_FILE_BYTES = 3 * 1024 * 1024;
export const MOST_FILE_ROWS = 30_000;

export type TableFault =
  | "no-header"
  | "unnamed-column"
  | "empty-column"
  | "no-fields"
  | "no-rows"
  | "too-many-rows"
  | "several-sheets"
  | "not-first-sheet"
  | "old-excel"
  | "encrypted"
  | "not-a-table"
  | "too-large";

/** Why a whole file is refused; shown as it stands. */
export interface TableProblem {
  readonly code: TableFault;
  readonly message: string;
}

/** What was seen while a file was read from beginning to end. */
export interface TableSeen {
  readonly headings: readonly string[];
  /** Columns in which something stands below the headings. */
  readonly used: readonly boolean[];
  /** Rows in which something stands. */
  readonly rows: number;
  /** Of these, rows that go on behind the last heading. */
  readonly beyond: number;
}

/** What is wrong with a file as a whole; undefined: nothing. */
export function tableProblem({ headings, used, rows, beyond }: TableSeen): TableProblem | undefined {
  const last = headings.findLastIndex((heading) => heading.trim() !== "");
  if (last < 0) return problem("no-header", "the first row must hold the names of the columns");
  const value = headings.find(isValue);
  if (value !== undefined)
    return problem(
      "no-header",
      `the first row must hold the names of the columns, and «${value.trim()}» is no name`,
    );
  for (let column = 0; column < last; column++) {
    if (headings[column]?.trim()) continue;
    return used[column]
      ? problem("unnamed-column", `column ${columnLetter(column)} has no name in the first row`)
      : problem("empty-column", `column ${columnLetter(column)} is empty: delete it, or fill it`);
  }
  if (rows === 0) return problem("no-rows", "there is nothing below the names of the columns");
  if (rows > MOST_FILE_ROWS)
    return problem(
      "too-many-rows",
      `a file may have ${MOST_FILE_ROWS} rows; use several, or the streaming import of the API`,
    );
  if (beyond * 2 > rows) {
    const column = used.findIndex((each, index) => each && index > last);
    return problem("unnamed-column", `column ${columnLetter(column)} has no name in the first row`);
  }
  return undefined;
}

/** A telephone or an e-mail address: the names were forgotten, and this is the first row of data. */
function isValue(heading: string): boolean {
  const text = heading.trim();
  return isEmail(text) || (/^[\d\s()+.-]+$/.test(text) && text.replace(/\D/g, "").length >= 7);
}

function problem(code: TableFault, message: string): TableProblem {
  return { code, message };
}

/** 0 → A, 26 → AA, as in spreadsheets. */
export function columnLetter(index: number): string {
  const rest = Math.floor(index / 26) - 1;
  return `${rest >= 0 ? columnLetter(rest) : ""}${String.fromCharCode(65 + (index % 26))}`;
}
