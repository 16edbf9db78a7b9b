/** Sealed files on the disk: reading any part of one, giving it another master key, and making it unreadable. */
import type { FileHandle } from "node:fs/promises";
import {
  HEADER_BYTES,
  type Header,
  openChunk,
  readHeader,
  SealError,
  SLOT_BYTES,
  SLOTS,
  sealedBytes,
  TAG_BYTES,
  wrap,
} from "./format.ts";
import type { KeySource, MasterKey } from "./keys.ts";

/** @throws SealError when it is not whole, not sealed, or no key opens it. */
export async function openSealed(handle: FileHandle, keys: KeySource): Promise<Header> {
  const header = readHeader(await headerOf(handle), keys);
  const { size } = await handle.stat();
  if (size !== sealedBytes(header.plainBytes, header.chunkBytes))
    throw new SealError("damaged", `recording ${header.id}: the file is not whole`);
  return header;
}

/**
 * The plain bytes `from` … `to` (both included), chunk by chunk; a chunk is handed over only after it has proved right.
 * @throws SealError
 */
export async function* readSealed(
  handle: FileHandle,
  header: Header,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  const { chunkBytes, plainBytes } = header;
  const lastIndex = Math.ceil(plainBytes / chunkBytes) - 1;
  for (let index = Math.floor(from / chunkBytes); index <= Math.floor(to / chunkBytes); index++) {
    const start = index * chunkBytes;
    const sealed = Buffer.allocUnsafe(Math.min(chunkBytes, plainBytes - start) + TAG_BYTES);
    await readWhole(handle, sealed, HEADER_BYTES + index * (chunkBytes + TAG_BYTES));
    const plain = openChunk(header, index, index === lastIndex, sealed);
    yield plain.subarray(Math.max(0, from - start), Math.min(plain.length, to - start + 1));
  }
}

/**
 * Wraps the file's key with another master key; the sound itself is not touched. Safe to repeat, and a crash leaves
 * a file that opens with the old one or the new one. Afterwards the old one opens it no more.
 * @returns the id of the key that opens it now.
 * @throws SealError
 */
export async function rewrap(handle: FileHandle, keys: KeySource, master: MasterKey): Promise<string> {
  const bytes = await headerOf(handle);
  const header = readHeader(bytes, keys);
  if (header.masterId === master.id) return master.id;
  const other = SLOTS[1 - header.slot] as number;
  await handle.write(wrap(bytes, header.dataKey, master), 0, SLOT_BYTES, other);
  await handle.datasync();
  await handle.write(Buffer.alloc(SLOT_BYTES), 0, SLOT_BYTES, SLOTS[header.slot]);
  return master.id;
}

/**
 * Writes over the wrapped keys, so that nothing opens the file again. A disk that keeps old blocks (flash, snapshots,
 * a backup) may keep this one too: it becomes worthless when the master key is rotated and the old one forgotten.
 */
export async function shred(handle: FileHandle): Promise<void> {
  const nothing = Buffer.alloc(SLOT_BYTES);
  for (const slot of SLOTS) await handle.write(nothing, 0, SLOT_BYTES, slot);
  await handle.datasync();
}

async function headerOf(handle: FileHandle): Promise<Buffer> {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await handle.read(bytes, 0, HEADER_BYTES, 0);
  return bytes.subarray(0, bytesRead);
}

async function readWhole(handle: FileHandle, into: Buffer, at: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, into.length - done, at + done);
    if (bytesRead === 0) throw new SealError("damaged", "the file ends too early");
    done += bytesRead;
  }
}
