/** Instants outside are ISO 8601, UTC. */

/** A database or engine time as text. */
export function iso(at: Date | number): string {
  return new Date(at).toISOString();
}

/** The same for what may not have happened yet. */
export function isoOrNull(at: Date | number | null | undefined): string | null {
  return at === null || at === undefined ? null : iso(at);
}
