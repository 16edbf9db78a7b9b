/** A WAV as anybody would read it: header, channels, checksum, and how much of a channel is one tone. */
import { createHash } from "node:crypto";

export interface Sound {
  readonly sha256: string;
  readonly ms: number;
  readonly rate: number;
  readonly channels: readonly Int16Array[];
}

/**
 * Reads 16-bit PCM with its chunks in any order, on a little-endian machine.
 * @throws Error when it is something else
 */
export function soundOf(wav: Buffer): Sound {
  if (wav.toString("latin1", 0, 4) !== "RIFF" || wav.toString("latin1", 8, 12) !== "WAVE")
    throw new Error("not a WAV");
  let [count, rate, bits] = [0, 0, 0];
  let data = new Int16Array(0);
  for (let at = 12; at + 8 <= wav.length; ) {
    const [name, size] = [wav.toString("latin1", at, at + 4), wav.readUInt32LE(at + 4)];
    const body = wav.subarray(at + 8, at + 8 + size);
    if (name === "fmt ")
      [count, rate, bits] = [body.readUInt16LE(2), body.readUInt32LE(4), body.readUInt16LE(14)];
    if (name === "data") data = new Int16Array(Uint8Array.from(body).buffer, 0, Math.floor(body.length / 2));
    at += 8 + size + (size % 2);
  }
  if (bits !== 16 || count === 0 || rate === 0) throw new Error(`not 16-bit PCM (${bits} bits)`);
  const frames = Math.floor(data.length / count);
  const channels = Array.from({ length: count }, (_, channel) => {
    const samples = new Int16Array(frames);
    for (let frame = 0; frame < frames; frame++) samples[frame] = data[frame * count + channel] ?? 0;
    return samples;
  });
  return {
    sha256: createHash("sha256").update(wav).digest("hex"),
    ms: (frames / rate) * 1000,
    rate,
    channels,
  };
}

/** The tone's share of a channel's energy, 0 to 1, at 8000 samples a second (Goertzel over 50 ms). */
export function shareOfTone(samples: Int16Array | undefined, hertz: number): number {
  const block = 400;
  const turn = 2 * Math.cos((2 * Math.PI * hertz) / 8000);
  let [tone, all] = [0, 0];
  for (let start = 0; samples && start + block <= samples.length; start += block) {
    let [s1, s2] = [0, 0];
    for (let index = start; index < start + block; index++) {
      const sample = samples[index] ?? 0;
      [s2, s1] = [s1, sample + turn * s1 - s2];
      all += sample * sample;
    }
    tone += (s1 * s1 + s2 * s2 - turn * s1 * s2) / (block / 2);
  }
  return all === 0 ? 0 : tone / all;
}
