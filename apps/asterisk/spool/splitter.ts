/** Bytes of an append-only file → records. Pure: no file, no clock; any cut into chunks gives the same records. */

/** What is kept of a record; the rest is dropped and the record is marked as cut. */
export const maxRecordBytes = 64 * 1024;

const newline = 0x0a;
const nothing = Buffer.alloc(0);

/** One complete record, without its last newline. */
export interface SpoolRecord {
  readonly text: string;
  /** Where its first byte stands in the file. */
  readonly start: number;
  /** Where the next record begins. */
  readonly end: number;
  /** The record was longer than `maxRecordBytes` and `text` is its beginning. */
  readonly cut: boolean;
}

/**
 * How records that may hold newlines are told apart (CSV with quoted fields).
 * A line that toggles opens a record, the next line that toggles closes it; a line that starts a record
 * always ends an open one, so a writer that died in mid-record costs that record only.
 */
export interface MultiLine {
  readonly toggles: (line: string) => boolean;
  readonly starts: (line: string) => boolean;
}

/** See `createSplitter`. */
export interface Splitter {
  /** Takes the next bytes of the file and returns the records they complete. */
  push(chunk: Buffer): SpoolRecord[];
  /** Gives up waiting for the closing line of an open record and returns what is there. */
  flushOpen(): SpoolRecord[];
  /** True while a multi-line record waits for its closing line. */
  readonly open: boolean;
  /** How many bytes have been pushed, as an offset in the file. */
  readonly offset: number;
}

/**
 * Cuts a stream of bytes into records.
 * Bytes that are no UTF-8 and NUL (which PostgreSQL's text refuses) become U+FFFD.
 * @param from offset of the first byte that will be pushed; must be the beginning of a record.
 */
export function createSplitter(from: number, multiLine?: MultiLine, limit = maxRecordBytes): Splitter {
  let offset = from;
  let lineStart = from;
  let lineBytes = 0;
  let pieces: Buffer[] = [];
  let kept = 0;
  let open: { text: string; start: number; end: number; cut: boolean } | undefined;

  function keep(piece: Buffer): void {
    lineBytes += piece.length;
    const room = limit - kept;
    if (room <= 0 || piece.length === 0) return;
    pieces.push(piece.length > room ? piece.subarray(0, room) : piece);
    kept += Math.min(room, piece.length);
  }

  function takeLine(): SpoolRecord {
    const bytes = pieces.length === 1 ? (pieces[0] ?? nothing) : Buffer.concat(pieces);
    const end = lineStart + lineBytes + 1;
    const line = { text: decode(bytes), start: lineStart, end, cut: lineBytes > limit };
    lineStart = end;
    lineBytes = 0;
    pieces = [];
    kept = 0;
    return line;
  }

  function settle(line: SpoolRecord, into: SpoolRecord[]): void {
    if (!multiLine) {
      into.push(line);
      return;
    }
    if (open && multiLine.starts(line.text)) into.push(...flushOpen());
    const toggles = multiLine.toggles(line.text);
    if (!open) {
      if (toggles) open = { ...line };
      else into.push(line);
      return;
    }
    if (open.text.length + line.text.length < limit) open.text += `\n${line.text}`;
    else open.cut = true;
    open.cut ||= line.cut;
    open.end = line.end;
    if (toggles) into.push(...flushOpen());
  }

  function flushOpen(): SpoolRecord[] {
    if (!open) return [];
    const record = open;
    open = undefined;
    return [record];
  }

  return {
    push(chunk) {
      const records: SpoolRecord[] = [];
      let at = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, at)) {
        keep(chunk.subarray(at, end));
        settle(takeLine(), records);
        at = end + 1;
      }
      // A copy, because the caller reads the next bytes into the same buffer.
      if (at < chunk.length) keep(Buffer.from(chunk.subarray(at)));
      offset += chunk.length;
      return records;
    },
    flushOpen,
    get open() {
      return open !== undefined;
    },
    get offset() {
      return offset;
    },
  };
}

function decode(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return text.includes("\0") ? text.replaceAll("\0", "\uFFFD") : text;
}
