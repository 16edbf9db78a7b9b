/** The files behind one spool: the live one that Asterisk appends to and the renamed ones before it. */
import { createHash } from "node:crypto";
import { type FileHandle, open, readdir, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** How much of the first line tells one generation of a file from another. */
const fingerprintBytes = 256;

const ours = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/;
const asterisks = /^\d+$/;

/** A file of the spool as it lies on the disk. */
export interface SpoolFile {
  readonly path: string;
  readonly live: boolean;
  /** True when we gave it its name, so that we may also delete it. */
  readonly ours: boolean;
  readonly inode: string;
  readonly bytes: number;
  /** When it was renamed, or last changed if somebody else renamed it; milliseconds since the epoch. */
  readonly endedAt: number;
}

/**
 * Lists the spool's files, oldest first, the live one last.
 * Renamed are `<name>.<UTC timestamp>` (ours) and `<name>.<number>` (Asterisk's own `logger rotate`).
 */
export async function listSpool(path: string): Promise<SpoolFile[]> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  const names = await readdir(folder).catch(() => []);
  const renamed = names.filter((name) => {
    const rest = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    return ours.test(rest) || asterisks.test(rest);
  });
  const found = await Promise.all([
    ...renamed.map((name) => look(join(folder, name), false)),
    look(path, true),
  ]);
  const files = found.filter((file) => file !== undefined);
  return files.sort((a, b) => {
    if (a.live !== b.live) return a.live ? 1 : -1;
    if (a.endedAt !== b.endedAt) return a.endedAt - b.endedAt;
    return a.path < b.path ? -1 : 1;
  });
}

async function look(path: string, live: boolean): Promise<SpoolFile | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const renamedAt = live ? undefined : ours.exec(path.slice(path.lastIndexOf(".") + 1));
  return {
    path,
    live,
    ours: Boolean(renamedAt),
    inode: String(found.ino),
    bytes: Number(found.size),
    endedAt: renamedAt ? Date.parse(isoOf(renamedAt)) : Number(found.mtimeMs),
  };
}

function isoOf([, year, month, day, hour, minute, second, ms]: RegExpExecArray): string {
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`;
}

/**
 * The generation of an open file: its inode and a fingerprint of its first line, because inode numbers
 * are used again. It survives a rename and changes when the content is replaced.
 * @returns undefined while the first line is not complete.
 */
export async function generationOf(handle: FileHandle): Promise<string | undefined> {
  const head = Buffer.alloc(fingerprintBytes);
  const { bytesRead } = await handle.read(head, 0, fingerprintBytes, 0);
  const bytes = head.subarray(0, bytesRead);
  const end = bytes.indexOf(0x0a);
  if (end < 0 && bytesRead < fingerprintBytes) return undefined;
  const { ino } = await handle.stat({ bigint: true });
  const line = end < 0 ? bytes : bytes.subarray(0, end);
  return `${ino}-${createHash("sha256").update(line).digest("hex").slice(0, 12)}`;
}

/** The generation of the file at a path; undefined when it is not there or has no complete first line. */
export async function generationAt(path: string): Promise<string | undefined> {
  const handle = await open(path, "r").catch(() => undefined);
  if (!handle) return undefined;
  try {
    return await generationOf(handle);
  } finally {
    await handle.close();
  }
}

/**
 * Renames the live file to `<name>.<UTC timestamp>`.
 * @returns false when that name is taken (two rotations in one millisecond): try again later.
 */
export async function renameAway(path: string, now: Date): Promise<boolean> {
  const target = `${path}.${now.toISOString().replace(/[-:.]/g, "")}`;
  if (await look(target, false)) return false;
  await rename(path, target);
  return true;
}

/** How long files stay after everything in them was taken in. */
export interface Keep {
  readonly days: number;
  readonly bytes: number;
}

/**
 * Deletes renamed files that are too old or too many, oldest first.
 * @param done files of which every record has been taken in, oldest first.
 */
export async function cleanSpool(done: readonly SpoolFile[], keep: Keep, now: Date): Promise<void> {
  const oldest = now.getTime() - keep.days * 86_400_000;
  let bytes = done.reduce((sum, file) => sum + file.bytes, 0);
  for (const file of done) {
    if (!file.ours || (file.endedAt >= oldest && bytes <= keep.bytes)) continue;
    await unlink(file.path).catch(() => undefined);
    bytes -= file.bytes;
  }
}
