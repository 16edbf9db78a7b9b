/** Cursors: where the last page ended, opaque outside. Newest first, by an instant and an id. */

export interface Cursor {
  /** PostgreSQL's own text of the instant, with microseconds. */
  readonly at: string;
  readonly id: string;
}

export interface Page<Row> {
  readonly items: Row[];
  readonly next: string | null;
}

const AT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads a cursor back; undefined when it is not one of ours. */
export function parseCursor(text: string): Cursor | undefined {
  const [at, id] = Buffer.from(text, "base64url").toString("utf8").split("|");
  return at && id && AT.test(at) && ID.test(id) ? { at, id } : undefined;
}

/** Takes one row more than asked for; that row only says that there is a next page. */
export function pageOf<Row extends { id: string; cursorAt: string }>(rows: Row[], limit: number): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next =
    rows.length > limit && last ? Buffer.from(`${last.cursorAt}|${last.id}`).toString("base64url") : null;
  return { items, next };
}
