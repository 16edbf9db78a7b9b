/**
 * A ZIP archive as a stream, without compression (sound does not shrink) and below 4 GiB: PKWARE's APPNOTE 6.3, 4.3.
 * Its length is known before it is made, so a download that breaks off is noticed.
 */
import { Readable } from "node:stream";

export interface ZipEntry {
  /** Plain ASCII, no slashes at the front. */
  readonly name: string;
  readonly at: Date;
  readonly bytes: number;
  /** Opened when its turn has come. */
  read(): Promise<AsyncIterable<Buffer>> | AsyncIterable<Buffer>;
}

/** The whole archive must stay below this: ZIP's own limit for readers of every age. */
export const ZIP_MOST_BYTES = 0xffffffff;

const LOCAL_BYTES = 30;
const DESCRIPTOR_BYTES = 16;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;

/** How long the archive will be. */
export function zipBytes(entries: readonly Pick<ZipEntry, "name" | "bytes">[]): number {
  const each = LOCAL_BYTES + DESCRIPTOR_BYTES + CENTRAL_BYTES;
  return entries.reduce((sum, { name, bytes }) => sum + each + 2 * name.length + bytes, END_BYTES);
}

/** @returns the archive; it breaks off with an error when an entry has another length than it said. */
export function zipStream(entries: readonly ZipEntry[]): Readable {
  return Readable.from(parts(entries), { objectMode: false });
}

async function* parts(entries: readonly ZipEntry[]): AsyncGenerator<Buffer> {
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const local = localHeader(entry);
    yield local;
    let [crc, bytes] = [0, 0];
    for await (const chunk of await entry.read()) {
      crc = crc32(chunk, crc);
      bytes += chunk.length;
      yield chunk;
    }
    if (bytes !== entry.bytes) throw new Error(`${entry.name}: ${bytes} bytes instead of ${entry.bytes}`);
    yield descriptor(crc, bytes);
    central.push(centralHeader(entry, crc, offset));
    offset += local.length + bytes + DESCRIPTOR_BYTES;
  }
  const directory = Buffer.concat(central);
  yield directory;
  yield end(entries.length, directory.length, offset);
}

/** Version 2.0, checksum behind the bytes (bit 3), stored, time; the fields that both headers share. */
function common({ at }: ZipEntry, crc: number, bytes: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(1 << 3, 2);
  header.writeUInt32LE(dosTime(at), 6);
  header.writeUInt32LE(crc, 10);
  header.writeUInt32LE(bytes, 14);
  header.writeUInt32LE(bytes, 18);
  return header;
}

function localHeader(entry: ZipEntry): Buffer {
  const name = Buffer.from(entry.name, "latin1");
  const lengths = Buffer.alloc(4);
  lengths.writeUInt16LE(name.length, 0);
  // The sizes are known and said; the checksum comes behind the bytes.
  const header = common(entry, 0, entry.bytes).subarray(0, 22);
  return Buffer.concat([Buffer.from("PK\u0003\u0004", "latin1"), header, lengths, name]);
}

function centralHeader(entry: ZipEntry, crc: number, offset: number): Buffer {
  const name = Buffer.from(entry.name, "latin1");
  const rest = Buffer.alloc(18);
  rest.writeUInt16LE(name.length, 0);
  // Made on Unix: a plain file that its owner may read and write.
  rest.writeUInt32LE((0o100600 << 16) >>> 0, 10);
  rest.writeUInt32LE(offset, 14);
  const made = Buffer.from([20, 3]);
  const shared = common(entry, crc, entry.bytes).subarray(0, 22);
  return Buffer.concat([Buffer.from("PK\u0001\u0002", "latin1"), made, shared, rest, name]);
}

function descriptor(crc: number, bytes: number): Buffer {
  const text = Buffer.alloc(DESCRIPTOR_BYTES);
  text.write("PK\u0007\u0008", "latin1");
  text.writeUInt32LE(crc, 4);
  text.writeUInt32LE(bytes, 8);
  text.writeUInt32LE(bytes, 12);
  return text;
}

function end(count: number, directoryBytes: number, offset: number): Buffer {
  const text = Buffer.alloc(END_BYTES);
  text.write("PK\u0005\u0006", "latin1");
  text.writeUInt16LE(count, 8);
  text.writeUInt16LE(count, 10);
  text.writeUInt32LE(directoryBytes, 12);
  text.writeUInt32LE(offset, 16);
  return text;
}

/** Date and time as DOS kept them: two seconds' steps, no zone (here UTC), from 1980. */
function dosTime(at: Date): number {
  const year = Math.max(1980, at.getUTCFullYear());
  const date = ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return ((date << 16) | time) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

/** CRC-32 as in ISO 3309; Node brings one from 20.15 on, and we go back to 20.11. */
function crc32(bytes: Buffer, before: number): number {
  let crc = ~before >>> 0;
  for (let index = 0; index < bytes.length; index++)
    crc = ((TABLE[(crc ^ (bytes[index] as number)) & 0xff] as number) ^ (crc >>> 8)) >>> 0;
  return ~crc >>> 0;
}
