/**
 * A child's log: the child writes straight into the file, and we only keep it from growing.
 *
 * No pipe through us, on purpose: a child would block on a full pipe whenever this process is slow or stopped.
 */
import * as fs from "node:fs";
import { dirname } from "node:path";
import type { Account } from "./account.ts";

export type Rotation = Readonly<{ maxBytes: number; keep: number }>;

/** 10 MB each, the current one and two older. */
export const ROTATION: Rotation = { maxBytes: 10_000_000, keep: 3 };

/** Opens a log for appending; the caller hands the descriptor to a child and closes its own. */
export function openLog(path: string, owner: Account | undefined): number {
  fs.mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  const fd = fs.openSync(path, "a", 0o640);
  if (owner) {
    fs.chownSync(dirname(path), owner.uid, owner.gid);
    fs.fchownSync(fd, owner.uid, owner.gid);
  }
  return fd;
}

/**
 * Moves a log that has grown too big into path.1, path.2 … and empties it in place, since the child keeps it
 * open (for appending, so it goes on at the new start). What is written during the copy may be lost.
 * @returns whether it was too big.
 */
export function rotateLog(path: string, rotation: Rotation = ROTATION): boolean {
  const size = fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= rotation.maxBytes) return false;
  for (let age = rotation.keep - 2; age >= 1; age--)
    if (fs.existsSync(`${path}.${age}`)) fs.renameSync(`${path}.${age}`, `${path}.${age + 1}`);
  if (rotation.keep > 1) fs.copyFileSync(path, `${path}.1`);
  fs.truncateSync(path, 0);
  return true;
}
