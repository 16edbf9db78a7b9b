/** Cursors: where the last page ended, opaque outside. By an instant and an id, of one group or of two. */

export interface Cursor {
  /** PostgreSQL's own text of the instant, with microseconds. */
  readonly at: string;
  readonly id: string;
  /** The page ended in the second of two groups; without groups it is not there. */
  readonly second?: boolean;
}

export interface Page<Row> {
  readonly items: Row[];
  readonly next: string | null;
}

const AT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})?[+-]((?:0\d|1[0-5])(?::[0-5]\d)?)$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads a cursor back; undefined when it is not one of ours, or names no instant that there is. */
export function parseCursor(text: string): Cursor | undefined {
  const [at, id, group] = Buffer.from(text, "base64url").toString("utf8").split("|");
  if (!at || !id || !isInstant(at) || !ID.test(id)) return undefined;
  if (group === undefined) return { at, id };
  return group === "2" ? { at, id, second: true } : undefined;
}

/** Date rolls a 30th of February over to March: a time that there is reads back as it was written. */
function isInstant(text: string): boolean {
  const [, day, clock] = AT.exec(text) ?? [];
  const at = Date.parse(`${day}T${clock}Z`);
  return at >= 0 && new Date(at).toISOString().startsWith(`${day}T${clock}`);
}

/** Takes one row more than asked for; that row only says that there is a next page. */
export function pageOf<Row extends { id: string; cursorAt: string; second?: boolean }>(
  rows: Row[],
  limit: number,
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || !last) return { items, next: null };
  const text = [last.cursorAt, last.id, ...(last.second ? ["2"] : [])].join("|");
  return { items, next: Buffer.from(text).toString("base64url") };
}
