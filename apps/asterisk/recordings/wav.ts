/** The few bytes of RIFF/WAVE that a recording needs: 16 bit PCM, one `fmt ` and one `data` chunk. */

/** The length of the header that `wavHeader` writes. */
export const headerBytes = 44;

/** RIFF counts bytes in 32 bits; above this a WAV cannot say its own length. */
export const maxDataBytes = 0xffffffff - headerBytes;

/** What the sound is like. */
export interface WavShape {
  readonly channels: number;
  readonly rate: number;
}

/** Where the sound lies in an existing file, and what its header claims. */
export interface WavLayout extends WavShape {
  readonly dataOffset: number;
  readonly claimedBytes: number;
}

/** A canonical 44-byte header. @throws RangeError above 4 GiB. */
export function wavHeader({ channels, rate }: WavShape, dataBytes: number): Buffer {
  if (dataBytes > maxDataBytes) throw new RangeError(`recording: ${dataBytes} bytes do not fit into a WAV`);
  const header = Buffer.alloc(headerBytes);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(headerBytes - 8 + dataBytes, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/**
 * Reads the header at the beginning of a file.
 * @param head the file's first bytes (a few hundred are enough for Asterisk's files).
 * @returns undefined when it is no 16 bit PCM WAV or the header is not whole.
 */
export function readWav(head: Buffer): WavLayout | undefined {
  if (head.toString("latin1", 0, 4) !== "RIFF" || head.toString("latin1", 8, 12) !== "WAVE") return undefined;
  let shape: WavShape | undefined;
  for (let at = 12; at + 8 <= head.length; ) {
    const name = head.toString("latin1", at, at + 4);
    const length = head.readUInt32LE(at + 4);
    if (name === "data") return shape && { ...shape, dataOffset: at + 8, claimedBytes: length };
    if (name === "fmt ") shape = readFormat(head.subarray(at + 8));
    at += 8 + length + (length % 2);
  }
  return undefined;
}

function readFormat(format: Buffer): WavShape | undefined {
  if (format.length < 16 || format.readUInt16LE(0) !== 1 || format.readUInt16LE(14) !== 16) return undefined;
  const [channels, rate] = [format.readUInt16LE(2), format.readUInt32LE(4)];
  return channels > 0 && rate > 0 ? { channels, rate } : undefined;
}
