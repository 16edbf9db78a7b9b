/**
 * generated/ is a link to a folder, and changing it is one rename: Asterisk sees the old files or the new ones,
 * whatever happens in between. The folder before the last stays, to go back to.
 */
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { giveTo } from "./folders.ts";
import { bodyOf, type Files } from "./generated.ts";

/** What an installation did. */
export interface Swap {
  /** Files that differ in more than their first line. */
  readonly changed: readonly string[];
  /** Back to what was there before. */
  undo(): void;
}

/**
 * Installs files as the new content of `link`. Files that did not change keep their text and time, so that
 * Asterisk does not read them again.
 * @throws Error (errno) when the disk refuses; what was there before is still in force.
 */
export function swapIn(link: string, files: Files): Swap {
  const before = readInstalled(link);
  const changed = Object.keys(files).filter(
    (name) => bodyOf(files[name] ?? "") !== bodyOf(before[name] ?? ""),
  );
  const gone = Object.keys(before).filter((name) => !(name in files));
  if (changed.length === 0 && gone.length === 0) return { changed: [], undo: () => {} };
  const previous = targetOf(link);
  const folder = writeFolder(link, files, new Set(changed));
  pointTo(link, folder);
  removeOthers(link, [folder, previous]);
  return {
    changed: [...changed, ...gone],
    undo: () => {
      if (previous === undefined) return;
      pointTo(link, previous);
      removeOthers(link, [previous]);
    },
  };
}

/** The texts that are in force, by name; none if nothing was ever installed. */
export function readInstalled(link: string): Files {
  if (!fs.existsSync(link)) return {};
  const names = fs.readdirSync(link).filter((name) => name.endsWith(".conf"));
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(join(link, name), "utf8")]));
}

function targetOf(link: string): string | undefined {
  try {
    return fs.readlinkSync(link);
  } catch {
    return undefined;
  }
}

function numbered(link: string): string[] {
  const prefix = `${basename(link)}.`;
  return fs.readdirSync(dirname(link)).filter((name) => name.startsWith(prefix) && /\.\d+$/.test(name));
}

function writeFolder(link: string, files: Files, changed: ReadonlySet<string>): string {
  const numbers = numbered(link).map((name) => Number(name.split(".").pop()));
  const folder = `${basename(link)}.${Math.max(0, ...numbers) + 1}`;
  const path = join(dirname(link), folder);
  fs.mkdirSync(path, { mode: 0o750 });
  for (const [name, text] of Object.entries(files)) {
    if (changed.has(name)) writeDurably(join(path, name), text);
    else fs.linkSync(join(link, name), join(path, name));
  }
  giveTo(path, fs.statSync(dirname(link)));
  syncFolder(path);
  return folder;
}

function pointTo(link: string, folder: string): void {
  const aside = `${link}.link`;
  fs.rmSync(aside, { force: true });
  fs.symlinkSync(folder, aside);
  fs.renameSync(aside, link);
  syncFolder(dirname(link));
}

function removeOthers(link: string, kept: readonly (string | undefined)[]): void {
  for (const name of numbered(link))
    if (!kept.includes(name)) fs.rmSync(join(dirname(link), name), { recursive: true, force: true });
}

/** Writes a file that only its owner and group may read (digests and a carrier's password are inside). */
export function writeDurably(path: string, text: string): void {
  const file = fs.openSync(path, "wx", 0o640);
  try {
    fs.writeSync(file, text);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

function syncFolder(path: string): void {
  const folder = fs.openSync(path, "r");
  try {
    fs.fsyncSync(folder);
  } finally {
    fs.closeSync(folder);
  }
}
