/**
 * Tables as text (RFC 4180 and what spreadsheets make of it), read as it arrives. Nothing is lost: what cannot be taken
 * apart comes out as a broken record, and reading goes on behind its first line.
 */

/** A record's cells, or undefined when its quotes do not match. */
export type CsvRecord = readonly string[] | undefined;

/** A quoted cell that is longer has lost its closing quote. */
const LONGEST_RECORD = 256 * 1024;
const QUOTE = 0x22;

export interface CsvOptions {
  readonly delimiter: string;
  /** What ends a line; a carriage return before a line feed belongs to the end. */
  readonly newline?: "\n" | "\r";
}

/** Takes text in pieces of any size and gives the records that are complete. */
export class CsvReader {
  readonly #delimiter: string;
  readonly #newline: string;
  #text = "";

  constructor({ delimiter, newline = "\n" }: CsvOptions) {
    this.#delimiter = delimiter;
    this.#newline = newline;
  }

  /** More text. */
  push(text: string): CsvRecord[] {
    this.#text += text;
    return this.#take(false);
  }

  /** There is no more. */
  end(): CsvRecord[] {
    return this.#take(true);
  }

  #take(last: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    const text = this.#text;
    let at = 0;
    while (at < text.length) {
      const end = text.indexOf(this.#newline, at);
      if (end < 0 && !last) break;
      const line = text.slice(at, end < 0 ? text.length : end);
      if (!line.includes('"')) {
        records.push(withoutReturn(line).split(this.#delimiter));
        at = end < 0 ? text.length : end + 1;
        continue;
      }
      const quoted = this.#quoted(at, last);
      if (quoted === "more") break;
      if (quoted) records.push(quoted.cells);
      else records.push(undefined);
      at = quoted ? quoted.next : end < 0 ? text.length : end + 1;
    }
    this.#text = text.slice(at);
    return records;
  }

  /** A record with quotes. @returns undefined: its quotes do not match; `more`: its end may still come */
  #quoted(start: number, last: boolean): { cells: string[]; next: number } | undefined | "more" {
    const text = this.#text;
    const cells: string[] = [];
    let at = start;
    for (;;) {
      let cell = "";
      if (text.charCodeAt(at) === QUOTE) {
        const close = this.#closing(at + 1);
        if (close < 0) return last || text.length - start > LONGEST_RECORD ? undefined : "more";
        // A quote at the very end may be the first of two.
        if (close + 1 === text.length && !last) return "more";
        cell = text.slice(at + 1, close).replaceAll('""', '"');
        at = close + 1;
      }
      const end = this.#endOfCell(at);
      if (end === text.length && !last) return text.length - start > LONGEST_RECORD ? undefined : "more";
      const rest = text.slice(at, end);
      const ends = end === text.length || text[end] === this.#newline;
      cells.push(cell + (ends ? withoutReturn(rest) : rest));
      at = end + 1;
      if (ends) return { cells, next: Math.min(at, text.length) };
    }
  }

  /** The quote that closes the cell which begins here; -1: it is not there. */
  #closing(from: number): number {
    for (let at = this.#text.indexOf('"', from); at >= 0; at = this.#text.indexOf('"', at + 2))
      if (this.#text.charCodeAt(at + 1) !== QUOTE) return at;
    return -1;
  }

  #endOfCell(from: number): number {
    const newline = this.#text.indexOf(this.#newline, from);
    const end = newline < 0 ? this.#text.length : newline;
    const delimiter = this.#text.slice(from, end).indexOf(this.#delimiter);
    return delimiter < 0 ? end : from + delimiter;
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

const DELIMITERS = [";", ",", "\t"] as const;
const LOOKED_AT = 20;

/**
 * The delimiter of a table, from its beginning: the one with which most records have as many cells as the first, and
 * with which there are most of them. A first line `sep=;` says it, as spreadsheets write it.
 */
export function delimiterOf(beginning: string, newline: "\n" | "\r" = "\n"): string {
  const said = /^sep=([;,\t|])\r?\n/.exec(beginning)?.[1];
  if (said !== undefined) return said;
  let best: { delimiter: string; score: number } = { delimiter: ";", score: 0 };
  for (const delimiter of DELIMITERS) {
    const reader = new CsvReader({ delimiter, newline });
    const pushed = reader.push(beginning);
    // The last record may be cut off, unless it is the only one.
    const records = (pushed.length > 0 ? pushed : reader.end()).slice(0, LOOKED_AT);
    const columns = records[0]?.length ?? 0;
    if (columns < 2) continue;
    const alike = records.filter((record) => record?.length === columns).length / records.length;
    const score = alike * 1000 + columns;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}
