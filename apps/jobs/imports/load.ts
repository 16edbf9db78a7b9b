/**
 * Loads a file, piece by piece: while the database takes one, the next is read.
 *
 *   file ─▶ rows ─▶ cards ─▶ pieces ─▶ savePiece (one transaction each)
 */
import { setImmediate as letOthers } from "node:timers/promises";
import type { CardRules } from "../../core/contacts/card.ts";
import { importedNumber } from "../../phone/imported.ts";
import { display } from "../../phone/number.ts";
import { isDataFault } from "../../store/database.ts";
import { orderedIds } from "../../store/imports/ids.ts";
import { ImportStopped, type KnownTags, type ReadRow, savePiece } from "../../store/imports/piece.ts";
import type { ImportSession } from "../../store/imports/session.ts";
import type { ImportSource } from "../../store/imports/states.ts";
import { readCards } from "./cards.ts";
import type { FileForm } from "./rows.ts";

/** Small enough that progress is seen and a crash repeats little; large enough that COPY is worth its beginning. */
const PIECE_ROWS = 2500;
/** So many are read at a stretch; then the answers of the database have their turn, lest it waits for its next statement. */
const ROWS_AT_A_STRETCH = 20;
/** Of a stream no person made the cells; a description may be as long as in the API. */
const LONGEST_OF_STREAM = 5000;
const RETRIES = 3;

export interface LoadOptions {
  readonly path: string;
  readonly source: ImportSource;
  readonly session: ImportSession;
  readonly country: string;
}

/**
 * Goes on where the import stands, to the end of the file.
 * @returns false when somebody cancelled it
 */
export async function loadFile({ path, source, session, country }: LoadOptions): Promise<boolean> {
  const rules: CardRules = {
    phone: (text) => importedNumber(text, country),
    shown: display,
    ...(source.way === "stream" && { longest: LONGEST_OF_STREAM }),
  };
  const form: FileForm = {
    format: source.format ?? "csv",
    encoding: source.encoding as FileForm["encoding"],
    delimiter: source.delimiter,
  };
  const reading = { ...form, path, mapping: source.mapping ?? [], after: source.rowDone };
  const saving = { session, id: source.id, nextId: orderedIds(), known: new Map() };
  let after = source.rowDone;
  try {
    for await (const rows of ahead(pieces(readCards(reading, rules)))) {
      await save(saving, after, rows);
      after = rows.at(-1)?.row ?? after;
    }
    return true;
  } catch (error) {
    if (error instanceof ImportStopped) return false;
    throw error;
  }
}

interface Saving {
  readonly session: ImportSession;
  readonly id: string;
  readonly nextId: () => string;
  readonly known: KnownTags;
}

/** A piece that PostgreSQL does not take is halved, until the row that it means is alone and refused. */
async function save(saving: Saving, after: number, rows: readonly ReadRow[]): Promise<void> {
  const { session, id, nextId, known } = saving;
  try {
    await untilItFits(() => savePiece(session, id, { after, rows, nextId }, known));
  } catch (error) {
    if (!isDataFault(error)) throw error;
    const [only] = rows;
    if (rows.length === 1 && only) {
      if ("refused" in only) throw error;
      const refused = { field: null, reason: "refused-by-database", value: null } as const;
      return save(saving, after, [{ row: only.row, refused }]);
    }
    const middle = rows.length >> 1;
    await save(saving, after, rows.slice(0, middle));
    await save(saving, rows[middle - 1]?.row ?? after, rows.slice(middle));
  }
}

/** Two who lock the same records may have to begin again (SQLSTATE class 40). */
async function untilItFits(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (!(typeof code === "string" && code.startsWith("40")) || tries === RETRIES) throw error;
    }
}

async function* pieces(rows: AsyncIterable<ReadRow>): AsyncGenerator<ReadRow[]> {
  let piece: ReadRow[] = [];
  for await (const row of rows) {
    piece.push(row);
    if (piece.length % ROWS_AT_A_STRETCH === 0) await letOthers();
    if (piece.length < PIECE_ROWS) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/** Reads one item ahead of whoever takes them, and no more. */
async function* ahead<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = iterator.next();
      // Whoever stops before it is looked at must not be ended by its failure.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await iterator.return?.(undefined);
  }
}
