/** Where the reader stands: which files are behind it, and one open file with a place in it. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { generationAt, generationOf, listSpool, type SpoolFile } from "./files.ts";
import type { Checkpoint } from "./port.ts";
import { createSplitter, type MultiLine, type Splitter, type SpoolRecord } from "./splitter.ts";

const chunkBytes = 256 * 1024;

/** One file being read. */
export interface Cursor {
  readonly generation: string;
  readonly inode: string;
  readonly splitter: Splitter;
  /** The end of the last record that was taken in. */
  taken: number;
  /** Reads on. @returns the records completed, or undefined at the end of the file. */
  read(): Promise<SpoolRecord[] | undefined>;
  /** False when the content under our feet was truncated or replaced. */
  intact(): Promise<boolean>;
  /** Bytes in the file now, also when it has no name any more. */
  size(): Promise<number>;
  close(): Promise<void>;
}

/** What lies around the open file, see `surroundings`. */
export interface Surroundings {
  /** Files of which every record was taken in, oldest first. */
  readonly before: readonly SpoolFile[];
  /** Files still to be read after the open one, oldest first. */
  readonly after: readonly SpoolFile[];
  /** The open file under its present name; undefined when it was deleted or renamed to a foreign name. */
  readonly here: SpoolFile | undefined;
}

/** Opens a file at an offset; undefined when it is gone or its first line is not complete. */
async function openCursor(path: string, offset: number, multiLine?: MultiLine): Promise<Cursor | undefined> {
  const handle = await open(path, "r").catch(() => undefined);
  const generation = handle ? await generationOf(handle) : undefined;
  if (!handle || !generation) {
    await handle?.close();
    return undefined;
  }
  return cursorOver(handle, generation, offset, multiLine);
}

function cursorOver(handle: FileHandle, generation: string, offset: number, multiLine?: MultiLine): Cursor {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const splitter = createSplitter(offset, multiLine);
  const size = async () => (await handle.stat()).size;
  return {
    generation,
    inode: generation.slice(0, generation.indexOf("-")),
    splitter,
    taken: offset,
    async read() {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, splitter.offset);
      return bytesRead === 0 ? undefined : splitter.push(buffer.subarray(0, bytesRead));
    },
    async intact() {
      return (await size()) >= splitter.offset && (await generationOf(handle)) === generation;
    },
    size,
    close: () => handle.close(),
  };
}

/** The generations that need no reading any more, and the choice of the next file. */
export interface Trail {
  /** Opens the oldest file that is not finished; undefined when there is none (yet). */
  next(): Promise<Cursor | undefined>;
  /** Declares a file read to its end. */
  finish(generation: string): void;
  /** Makes `next` open this place again. */
  returnTo(place: Checkpoint): void;
}

/**
 * Finds the way through the files of a spool.
 * @param onLost told when the checkpoint's file is not there any more; everything that is there is then read
 *   again, which is harmless because positions are unique.
 */
export function createTrail(
  path: string,
  from: Checkpoint | undefined,
  multiLine: MultiLine | undefined,
  onLost: () => void,
): Trail {
  const finished = new Set<string>();
  let start = from;

  async function resume(files: readonly SpoolFile[], generations: readonly (string | undefined)[]) {
    if (!start || files.length === 0) return;
    const at = generations.indexOf(start.file);
    if (at < 0) {
      // A live file that is still empty cannot be told from a new one: it is asked again when it has a line.
      if (generations.at(-1) === undefined && files.length === 1) return;
      onLost();
      start = undefined;
      return;
    }
    for (const generation of generations.slice(0, at)) if (generation) finished.add(generation);
  }

  return {
    async next() {
      const files = await listSpool(path);
      const generations = await Promise.all(files.map((file) => generationAt(file.path)));
      await resume(files, generations);
      for (const [index, file] of files.entries()) {
        const generation = generations[index];
        if (!generation || finished.has(generation)) continue;
        const known = start?.file === generation && start.offset <= file.bytes ? start.offset : 0;
        const cursor = await openCursor(file.path, known, multiLine);
        if (cursor?.generation !== generation) {
          await cursor?.close();
          return undefined;
        }
        start = undefined;
        return cursor;
      }
      return undefined;
    },
    finish(generation) {
      finished.add(generation);
    },
    returnTo(place) {
      start = place;
    },
  };
}

/** True when the path still names the open file: the cheap question, asked at every wake. */
export async function isLive(path: string, cursor: Cursor): Promise<boolean> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found !== undefined && String(found.ino) === cursor.inode;
}

/** Sorts the spool's files around the open one. */
export async function surroundings(path: string, cursor: Cursor | undefined): Promise<Surroundings> {
  const files = await listSpool(path);
  if (!cursor) return { before: [], after: files, here: undefined };
  const at = files.findIndex((file) => file.inode === cursor.inode);
  if (at >= 0) return { before: files.slice(0, at), after: files.slice(at + 1), here: files[at] };
  // Our file has no name of the spool's any more, so nothing is known about the renamed ones.
  return { before: [], after: files.filter((file) => file.live), here: undefined };
}
