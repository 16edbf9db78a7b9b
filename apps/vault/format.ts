/**
 * A sealed file: what a recording looks like on the disk. Integers are big-endian.
 *
 *   0    8   "DZSEAL\0\1"
 *   8    4   size of a chunk of plain bytes
 *   12   8   plain bytes in all
 *   20   16  the recording's id
 *   64   76  first wrapped key:  master key's id 16, nonce 12, data key 32, tag 16
 *   192  76  second wrapped key: the same
 *   512  …   chunks: AES-256-GCM of `size` plain bytes (the last: what is left), each with its tag of 16 behind it
 *
 * A chunk's nonce is its number (a data key is random and seals one file once, so none comes twice), and it is bound
 * to the recording's id, its number and whether it is the last: chunks that were cut off, swapped or taken from
 * another file are noticed. The data key is bound to the first 36 bytes. There are two places for the wrapped key, so
 * that a change of the master key never writes over the copy that is valid: a crash leaves one that opens.
 * The file and the master keys suffice to open it; no database is asked.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { KeySource, MasterKey } from "./keys.ts";

export const HEADER_BYTES = 512;
export const CHUNK_BYTES = 64 * 1024;
export const TAG_BYTES = 16;
/** Offsets and size of the wrapped keys. */
export const SLOTS = [64, 192] as const;
export const SLOT_BYTES = 76;

const MAGIC = Buffer.from("DZSEAL\0\u0001", "latin1");
const BOUND_BYTES = 36;
const ALGORITHM = "aes-256-gcm";

/** The file was changed, is not whole, or none of our keys opens it. */
export class SealError extends Error {
  readonly code: "damaged" | "no-key" | "not-sealed";
  constructor(code: SealError["code"], message: string) {
    super(message);
    this.name = "SealError";
    this.code = code;
  }
}

/** What a header says. `dataKey` is the file's own key, unwrapped. */
export interface Header {
  readonly id: string;
  readonly plainBytes: number;
  readonly chunkBytes: number;
  readonly dataKey: Buffer;
  /** The master key that opened it, and in which of `SLOTS` its copy is. */
  readonly masterId: string;
  readonly slot: number;
}

/** A header for a file with a fresh data key. @param id the recording's UUID. */
export function newHeader(
  id: string,
  plainBytes: number,
  master: MasterKey,
): { bytes: Buffer; dataKey: Buffer } {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32BE(CHUNK_BYTES, 8);
  bytes.writeBigUInt64BE(BigInt(plainBytes), 12);
  idBytes(id).copy(bytes, 20);
  const dataKey = randomBytes(32);
  wrap(bytes, dataKey, master).copy(bytes, SLOTS[0]);
  return { bytes, dataKey };
}

/** The data key wrapped by a master key, as it lies in a slot. @param header its first 36 bytes are bound. */
export function wrap(header: Buffer, dataKey: Buffer, master: MasterKey): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv(ALGORITHM, master.key, nonce).setAAD(header.subarray(0, BOUND_BYTES));
  const wrapped = Buffer.concat([cipher.update(dataKey), cipher.final()]);
  return Buffer.concat([idBytes(master.id), nonce, wrapped, cipher.getAuthTag()]);
}

/** @throws SealError */
export function readHeader(bytes: Buffer, keys: KeySource): Header {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw new SealError("not-sealed", "the file is not a sealed recording");
  const wanted: string[] = [];
  for (const [slot, offset] of SLOTS.entries()) {
    const copy = bytes.subarray(offset, offset + SLOT_BYTES);
    if (copy.every((byte) => byte === 0)) continue;
    const masterId = idText(copy);
    wanted.push(masterId);
    const master = keys.find(masterId);
    const dataKey = master && unwrap(bytes, copy, master);
    if (!dataKey) continue;
    const chunkBytes = bytes.readUInt32BE(8);
    const plainBytes = Number(bytes.readBigUInt64BE(12));
    return { id: idText(bytes.subarray(20)), plainBytes, chunkBytes, dataKey, masterId, slot };
  }
  throw new SealError("no-key", `none of the keys here opens the file; it asks for ${wanted.join(" or ")}`);
}

function unwrap(header: Buffer, copy: Buffer, master: MasterKey): Buffer | undefined {
  try {
    const decipher = createDecipheriv(ALGORITHM, master.key, copy.subarray(16, 28))
      .setAAD(header.subarray(0, BOUND_BYTES))
      .setAuthTag(copy.subarray(60, 76));
    return Buffer.concat([decipher.update(copy.subarray(28, 60)), decipher.final()]);
  } catch {
    // A copy that was being written when the machine died; the other one is whole.
    return undefined;
  }
}

/** Seals one chunk; the tag comes as a buffer of its own, so that nothing is copied. */
export function sealChunk(
  header: Pick<Header, "id" | "dataKey">,
  index: number,
  last: boolean,
  plain: Buffer,
): Buffer[] {
  const cipher = createCipheriv(ALGORITHM, header.dataKey, nonceOf(index)).setAAD(
    aad(header.id, index, last),
  );
  const sealed = cipher.update(plain);
  cipher.final();
  return [sealed, cipher.getAuthTag()];
}

/** @throws SealError when a bit of it, or its place, is not what was sealed. */
export function openChunk(
  header: Pick<Header, "id" | "dataKey">,
  index: number,
  last: boolean,
  sealed: Buffer,
): Buffer {
  try {
    const end = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv(ALGORITHM, header.dataKey, nonceOf(index))
      .setAAD(aad(header.id, index, last))
      .setAuthTag(sealed.subarray(end));
    const plain = decipher.update(sealed.subarray(0, end));
    decipher.final();
    return plain;
  } catch {
    throw new SealError("damaged", `recording ${header.id}: chunk ${index} is not what was sealed`);
  }
}

/** How large a sealed file is. */
export function sealedBytes(plainBytes: number, chunkBytes = CHUNK_BYTES): number {
  return HEADER_BYTES + plainBytes + Math.ceil(plainBytes / chunkBytes) * TAG_BYTES;
}

function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 8);
  return nonce;
}

function aad(id: string, index: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(21);
  idBytes(id).copy(bytes);
  bytes.writeUInt32BE(index, 16);
  bytes[20] = last ? 1 : 0;
  return bytes;
}

function idBytes(id: string): Buffer {
  const bytes = Buffer.from(id.replaceAll("-", ""), "hex");
  if (bytes.length !== 16) throw new RangeError(`${id}: not a UUID`);
  return bytes;
}

function idText(bytes: Buffer): string {
  const hex = bytes.toString("hex", 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
