/**
 * Takes a finished MixMonitor file over: a proper WAV under its final name, durable, with its checksum.
 *
 * MixMonitor's option D writes `.raw` without a header: 16 bit little-endian, 8 kHz, two channels interleaved.
 * Left is what the recorded channel says, right is what it hears (app_mixmonitor.c: read, then write). Adopting
 * is safe to repeat: the source goes only after the target is durable. With `seal` the target is encrypted while it
 * is written (apps/vault/format.ts), so the plain sound never has a second copy.
 */
import { createHash } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, rename, unlink } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { CHUNK_BYTES, newHeader, sealChunk } from "../../vault/format.ts";
import type { MasterKey } from "../../vault/keys.ts";
import { headerBytes, maxDataBytes, readWav, type WavLayout, type WavShape, wavHeader } from "./wav.ts";

/** Why a recording was not adopted; the files stay as they are. */
export class AdoptError extends Error {
  readonly code: "bad_name" | "not_found" | "not_a_file" | "too_large" | "not_a_recording";

  constructor(code: AdoptError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** See `adopt`. */
export interface AdoptOptions {
  /** The `.raw` or `.wav` that Asterisk has closed. */
  readonly from: string;
  /** The final `.wav`, or `.wav.enc` with `seal`; its folder must exist. May be `from` itself, when that is a `.wav`. */
  readonly to: string;
  /** The recording's id and the master key that wraps its own. */
  readonly seal?: { readonly id: string; readonly master: MasterKey } | undefined;
  /** Called when the target is durable and the source still there; if it throws, the source stays. */
  readonly onDurable?: (adopted: Adopted) => Promise<void>;
  /** What a `.raw` holds; default two channels at 8000 Hz. */
  readonly raw?: WavShape;
}

/** What was adopted. */
export interface Adopted {
  /** The size of the plain WAV. */
  readonly bytes: number;
  /** SHA-256 of the plain WAV, hexadecimal. */
  readonly sha256: string;
  /** 0: nothing was recorded (the file is a valid, empty WAV). */
  readonly durationMs: number;
  readonly channels: number;
  /** The source was damaged (wrong lengths in the header, half a frame at the end) and is not any more. */
  readonly repaired: boolean;
}

interface Source {
  readonly shape: WavShape;
  readonly offset: number;
  readonly bytes: number;
  readonly damaged: boolean;
}

const { O_CREAT, O_NOFOLLOW, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

/** What is read, hashed, sealed and written at once: calls to the disk are dear, and this holds nobody up for a millisecond. */
const BLOCK_BYTES = 4 * CHUNK_BYTES;
const allowedName = /^[A-Za-z0-9._-]+$/;

/**
 * Adopts a recording. Run again after a crash it finishes what was begun; when the source is gone and the target
 * is there, it reports the target.
 * @throws AdoptError for names that are not ours, symbolic links, files above 4 GiB and files that are no recording.
 */
export async function adopt(options: AdoptOptions): Promise<Adopted> {
  const { from, to, seal } = options;
  for (const path of [from, to]) checkName(path);
  const ending = seal ? ".wav.enc" : ".wav";
  if (!to.endsWith(ending))
    throw new AdoptError("bad_name", `${basename(to)}: the target must be a ${ending}`);
  const found = await plainFile(from);
  const handle = found && (await open(from, O_RDONLY | O_NOFOLLOW));
  if (!handle) return adoptedBefore(to, from, seal !== undefined);
  try {
    const source = await inspect(handle, found, from, options.raw ?? { channels: 2, rate: 8000 });
    const adopted = await write(handle, source, to, seal);
    await options.onDurable?.(adopted);
    // Not made durable: should a crash bring the source back, it is adopted once more, with the same result.
    if (from !== to) await unlink(from);
    return adopted;
  } finally {
    await handle.close();
  }
}

async function adoptedBefore(to: string, from: string, sealed: boolean): Promise<Adopted> {
  const found = sealed ? undefined : await plainFile(to);
  if (!found)
    throw new AdoptError("not_found", `${basename(from)}: neither the recording nor its target exists`);
  const handle = await open(to, O_RDONLY | O_NOFOLLOW);
  try {
    const source = await inspect(handle, found, to, { channels: 2, rate: 8000 });
    const hash = createHash("sha256");
    for await (const chunk of handle.createReadStream({ autoClose: false, start: 0 })) hash.update(chunk);
    return describe(source, found.size, hash.digest("hex"));
  } finally {
    await handle.close();
  }
}

async function inspect(handle: FileHandle, found: Stats, path: string, raw: WavShape): Promise<Source> {
  const isRaw = extname(path) === ".raw";
  const wav = isRaw ? undefined : await wavLayout(handle);
  // A writer that was killed before its first flush leaves a .wav of no bytes at all.
  const blank = !isRaw && found.size === 0;
  if (!isRaw && !wav && !blank)
    throw new AdoptError("not_a_recording", `${basename(path)}: no 16 bit PCM WAV header`);
  const shape = wav ?? (blank ? { channels: 1, rate: 8000 } : raw);
  const offset = wav?.dataOffset ?? 0;
  const present = Math.max(0, found.size - offset);
  const bytes = present - (present % (shape.channels * 2));
  if (bytes > maxDataBytes)
    throw new AdoptError(
      "too_large",
      `${basename(path)}: ${bytes} bytes of sound do not fit into a WAV (4 GiB)`,
    );
  const wrongLength = wav !== undefined && wav.claimedBytes !== bytes;
  return { shape, offset, bytes, damaged: wrongLength || present !== bytes || blank };
}

async function wavLayout(handle: FileHandle): Promise<WavLayout | undefined> {
  const head = Buffer.alloc(4096);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  return readWav(head.subarray(0, bytesRead));
}

async function write(
  from: FileHandle,
  source: Source,
  to: string,
  seal: AdoptOptions["seal"],
): Promise<Adopted> {
  const temporary = `${to}.part`;
  // What a crash left there is written over.
  const target = await open(temporary, O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW, 0o640);
  const hash = createHash("sha256");
  const bytes = headerBytes + source.bytes;
  try {
    const header = seal && newHeader(seal.id, bytes, seal.master);
    const sealed = header && { id: seal.id, dataKey: header.dataKey };
    let done = 0;
    for await (const block of blocksOf(from, source)) {
      hash.update(block);
      const parts = sealed ? sealBlock(sealed, block, done, bytes) : [block];
      await writeAll(target, header && done === 0 ? [header.bytes, ...parts] : parts);
      done += block.length;
    }
    await target.datasync();
  } finally {
    await target.close();
  }
  await rename(temporary, to);
  await syncFolder(dirname(to));
  return describe(source, bytes, hash.digest("hex"));
}

/** A write may take less than it was given, on a disk that is filling up. */
async function writeAll(target: FileHandle, parts: Buffer[]): Promise<void> {
  const wanted = parts.reduce((sum, part) => sum + part.length, 0);
  const { bytesWritten } = await target.writev(parts);
  if (bytesWritten < wanted) await target.writeFile(Buffer.concat(parts).subarray(bytesWritten));
}

/** Seals a block that begins at a chunk's border. @param done the plain bytes before it, of `bytes` in all. */
function sealBlock(
  file: { id: string; dataKey: Buffer },
  block: Buffer,
  done: number,
  bytes: number,
): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < block.length; at += CHUNK_BYTES) {
    const chunk = block.subarray(at, at + CHUNK_BYTES);
    const last = done + at + chunk.length === bytes;
    parts.push(...sealChunk(file, (done + at) / CHUNK_BYTES, last, chunk));
  }
  return parts;
}

/** The WAV, header and sound, in pieces of exactly BLOCK_BYTES but the last; each is valid until the next is asked for. */
async function* blocksOf(from: FileHandle, source: Source): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, headerBytes + source.bytes));
  let filled = wavHeader(source.shape, source.bytes).copy(buffer);
  for (let done = 0; done < source.bytes; ) {
    const wanted = Math.min(buffer.length - filled, source.bytes - done);
    const { bytesRead } = await from.read(buffer, filled, wanted, source.offset + done);
    if (bytesRead === 0) throw new AdoptError("not_a_recording", "the recording shrank while it was read");
    filled += bytesRead;
    done += bytesRead;
    if (filled < buffer.length && done < source.bytes) continue;
    yield buffer.subarray(0, filled);
    filled = 0;
  }
  if (source.bytes === 0) yield buffer;
}

function describe(source: Source, bytes: number, sha256: string): Adopted {
  const { channels, rate } = source.shape;
  const durationMs = Math.round((source.bytes * 1000) / (channels * 2 * rate));
  return { bytes, sha256, durationMs, channels, repaired: source.damaged };
}

/** A file in the folder that nobody adopted. */
export interface Orphan {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/**
 * Lists recordings (`.raw`, `.wav`) and unfinished targets (`.part`) that nobody has touched for a while.
 * @param olderThanMs the least age; longer than the longest silence MixMonitor may leave unwritten (minutes).
 */
export async function findOrphans(folder: string, olderThanMs: number, now = Date.now()): Promise<Orphan[]> {
  const names = (await readdir(folder)).filter(
    (name) => allowedName.test(name) && /\.(raw|wav|part)$/.test(name),
  );
  const found = await Promise.all(
    names.map(async (name) => {
      const file = await lstat(join(folder, name)).catch(() => undefined);
      return file?.isFile() ? { name, bytes: file.size, changedAt: file.mtimeMs } : undefined;
    }),
  );
  return found
    .filter((file) => file !== undefined)
    .filter((file) => now - file.changedAt >= olderThanMs)
    .sort((a, b) => a.changedAt - b.changedAt || (a.name < b.name ? -1 : 1));
}

function checkName(path: string): void {
  const name = basename(path);
  if (!allowedName.test(name) || name.startsWith("."))
    throw new AdoptError("bad_name", `${JSON.stringify(name)}: not a recording's name`);
}

async function plainFile(path: string): Promise<Stats | undefined> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found && !found.isFile()) throw new AdoptError("not_a_file", `${basename(path)}: not a plain file`);
  return found;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
