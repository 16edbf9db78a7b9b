/** The rows of a file as cards, or as what is wrong with them. */
import {
  type CardRules,
  type Cells,
  cardOf,
  cellsOf,
  type Refused,
  shortened,
} from "../../core/contacts/card.ts";
import { IMPORT_FIELDS, type ImportField, type Mapping } from "../../core/contacts/headings.ts";
import type { ReadRow } from "../../store/imports/piece.ts";
import { type FileForm, fileLines, fileRows } from "./rows.ts";

export interface Reading extends FileForm {
  readonly path: string;
  readonly mapping: Mapping;
  /** The last row that was dealt with. */
  readonly after: number;
}

/** From the row behind `after` on; every row that is not blank comes out once. */
export async function* readCards(reading: Reading, rules: CardRules): AsyncGenerator<ReadRow> {
  if (reading.format === "ndjson") {
    for await (const { row, line } of fileLines(reading.path, reading.encoding))
      if (row > reading.after) yield { row, ...fromObject(line, rules) };
    return;
  }
  for await (const { row, cells } of fileRows(reading.path, reading))
    if (row > Math.max(1, reading.after)) yield { row, ...fromCells(cells, reading.mapping, rules) };
}

function fromCells(cells: readonly string[] | undefined, mapping: Mapping, rules: CardRules) {
  if (!cells) return refused("malformed", null);
  const beyond = cells.findIndex((cell, index) => index >= mapping.length && cell.trim() !== "");
  if (beyond >= 0) return refused("extra-cells", cells[beyond] ?? null);
  return cardOf(cellsOf(cells, mapping), rules);
}

/** A line of NDJSON: an object with the fields of a card; lists may be lists. */
function fromObject(line: string, rules: CardRules) {
  let object: unknown;
  try {
    object = JSON.parse(line);
  } catch {
    return refused("malformed", line);
  }
  if (typeof object !== "object" || object === null || Array.isArray(object))
    return refused("malformed", line);
  const cells: Partial<Record<ImportField, readonly string[]>> = {};
  for (const [key, value] of Object.entries(object)) {
    if (!IMPORT_FIELDS.includes(key as ImportField)) return refused("unknown-field", key);
    const texts = textsOf(value);
    if (!texts) return refused("malformed", key);
    if (texts.length > 0) cells[key as ImportField] = texts;
  }
  return cardOf(cells as Cells, rules);
}

function textsOf(value: unknown): string[] | undefined {
  if (value === null) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((each) => typeof each === "string" || typeof each === "number")) return undefined;
  return list.map(String).filter((each) => each.trim() !== "");
}

function refused(reason: Refused["reason"], value: string | null): { refused: Refused } {
  const shown = value === null ? null : shortened(value.slice(0, 200));
  return { refused: { field: null, reason, value: printable(shown) } };
}

/** What PostgreSQL cannot keep is not shown. */
function printable(text: string | null): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  return text === null ? null : text.replace(/[\u0000-\u001f\u007f]|\p{Surrogate}/gu, "");
}
