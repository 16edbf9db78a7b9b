/**
 * Who calls, on the screens that ring (ROUTE-09): the directory in memory knows ids, names are read when they are shown.
 */
import type { Db } from "./database.ts";

interface Shown {
  readonly kind: string;
  readonly data: object;
}

/** What an agent sees of a caller: the offer window, and the card after the answer. */
const SHOWN: ReadonlySet<string> = new Set(["call.offered", "card.open"]);

/**
 * Completes events that show a caller with `contact`: id, full name and position, or null for a number that is nobody's.
 * @throws when the database is away
 */
export async function withContacts<Event extends Shown>(
  db: Db,
  events: readonly Event[],
): Promise<readonly Event[]> {
  const ids = new Set(events.flatMap((event) => contactOf(event) ?? []));
  if (!events.some((event) => SHOWN.has(event.kind))) return events;
  const rows =
    ids.size === 0
      ? []
      : await db
          .selectFrom("contact")
          .select(["id", "name", "position"])
          .where("id", "in", [...ids])
          .execute();
  const contacts = new Map(rows.map((row) => [row.id, row]));
  return events.map((event) =>
    SHOWN.has(event.kind)
      ? { ...event, data: { ...event.data, contact: contacts.get(contactOf(event) ?? "") ?? null } }
      : event,
  );
}

function contactOf({ kind, data }: Shown): string | undefined {
  const id = (data as { contactId?: string | null }).contactId;
  return SHOWN.has(kind) ? (id ?? undefined) : undefined;
}
