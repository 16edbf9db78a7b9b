/** Can an account get to a file? Answered from owners and modes, without becoming that account. */
import { realpathSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Account } from "./account.ts";

type Who = Pick<Account, "uid" | "gid">;
const READ = 4;
const ENTER = 1;

/** Whether the account has all these rights (4 read, 2 write, 1 enter) by the plain mode bits. */
export function allows(stat: Pick<Stats, "mode" | "uid" | "gid">, who: Who, rights: number): boolean {
  if (who.uid === 0) return true;
  const shift = stat.uid === who.uid ? 6 : stat.gid === who.gid ? 3 : 0;
  return ((stat.mode >> shift) & rights) === rights;
}

/** The first folder on the way to `path` (which exists) that the account may not enter or read. */
export function obstacle(path: string, who: Who): string | undefined {
  const real = realpathSync(path);
  const way: string[] = [];
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    way.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  const closed = way.find((folder) => !allows(statSync(folder), who, ENTER));
  if (closed) return closed;
  const target = statSync(real);
  return allows(target, who, target.isDirectory() ? READ | ENTER : READ) ? undefined : real;
}

/** Whether the account can read `path` (which exists) and enter everything above it. */
export function canReach(path: string, who: Who): boolean {
  return obstacle(path, who) === undefined;
}
