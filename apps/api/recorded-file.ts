/** A kept recording's plain bytes, whether the file is sealed or not. */
import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { SealError } from "../vault/format.ts";
import type { KeySource } from "../vault/keys.ts";
import { openSealed, readSealed } from "../vault/sealed-file.ts";
import { notFound, Problem } from "./problem.ts";

export interface RecordedFile {
  /** Plain bytes. */
  readonly size: number;
  /** `from` … `to`, both included; the file is closed when the stream has ended or was given up. */
  stream(from: number, to: number): Readable;
  close(): Promise<void>;
}

/**
 * Opens a plain file below the folder, reached through no symbolic link.
 * @param path from the row, relative to the folder; never from the request.
 * @throws Problem 404 when there is none, 503 when its key is not here, 500 when it was tampered with
 */
export async function openRecorded(folder: string, path: string, keys: KeySource): Promise<RecordedFile> {
  const handle = await openInside(folder, path);
  try {
    if (!path.endsWith(".enc")) {
      const { size } = await handle.stat();
      const stream = (from: number, to: number) => handle.createReadStream({ start: from, end: to });
      return { size, stream, close: () => handle.close() };
    }
    const header = await openSealed(handle, keys);
    return {
      size: header.plainBytes,
      stream: (from, to) => closing(handle, Readable.from(readSealed(handle, header, from, to), RAW)),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw asProblem(error);
  }
}

const RAW = { objectMode: false };

/** Not the generator's own `finally`: one that was given up before its first read never gets there. */
function closing(handle: FileHandle, stream: Readable): Readable {
  return stream.once("close", () => void handle.close().catch(() => {}));
}

async function openInside(folder: string, path: string): Promise<FileHandle> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined) throw notFound("audio");
  const wanted = resolve(root, path);
  const real = await realpath(wanted).catch(() => undefined);
  if (!wanted.startsWith(root + sep) || real !== wanted) throw notFound("audio");
  const handle = await open(wanted, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notFound("audio");
}

function asProblem(error: unknown): unknown {
  if (!(error instanceof SealError)) return error;
  if (error.code === "no-key")
    return new Problem(503, "key-missing", "The key that opens this recording is not on this machine.");
  return new Problem(500, "damaged", "The recording's file is not what was kept.");
}
