/** Pages at the API's edge. */
import { type Cursor, type Page, parseCursor } from "../store/reads/page.ts";
import { Problem } from "./problem.ts";

/** Where to go on. @throws Problem 400 for a cursor that is not ours. */
export function cursorFrom(text: string | undefined): Cursor | undefined {
  if (text === undefined) return undefined;
  const cursor = parseCursor(text);
  if (cursor) return cursor;
  throw strangeCursor();
}

/** 400 for a cursor that is not ours. */
export function strangeCursor(): Problem {
  const message = "is not a cursor of ours";
  return new Problem(400, "invalid", `cursor: ${message}`, [{ field: "cursor", message }]);
}

/** A page with each row shown. */
export function shown<Row, View>(page: Page<Row>, view: (row: Row) => View): Page<View> {
  return { items: page.items.map(view), next: page.next };
}
