/**
 * Audio tokens: every peer speaks a tone of its own, and the recording is asked which tones are where.
 */
import { writeFileSync } from "node:fs";

const RATE = 8000;

/** Writes a second of a sine as G.711 µ-law, for SIPp to play over and over. */
export function writeTone(path: string, hertz: number): string {
  const bytes = Buffer.alloc(RATE);
  for (let sample = 0; sample < RATE; sample++)
    bytes[sample] = toMulaw(Math.round(12_000 * Math.sin((2 * Math.PI * hertz * sample) / RATE)));
  writeFileSync(path, bytes);
  return path;
}

/** One channel of a 16-bit PCM WAV with a 44-byte header. */
export function channelOf(wav: Buffer, channel: number): Float64Array {
  const channels = wav.readUInt16LE(22);
  const frames = Math.floor((wav.length - 44) / (2 * channels));
  const samples = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++)
    samples[frame] = wav.readInt16LE(44 + 2 * (frame * channels + channel));
  return samples;
}

/** The tone's share of the energy, 0 to 1 (Goertzel, in blocks of 20 ms; silence counts as 0). */
export function toneShare(samples: Float64Array, hertz: number): number {
  const block = 160;
  let tone = 0;
  let all = 0;
  for (let start = 0; start + block <= samples.length; start += block) {
    let [s1, s2, energy] = [0, 0, 0];
    const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
    for (let index = 0; index < block; index++) {
      const sample = samples[start + index] ?? 0;
      const s0 = sample + coefficient * s1 - s2;
      [s2, s1] = [s1, s0];
      energy += sample * sample;
    }
    tone += (s1 * s1 + s2 * s2 - coefficient * s1 * s2) / (block / 2);
    all += energy;
  }
  return all === 0 ? 0 : tone / all;
}

/** ITU-T G.711 µ-law of a 16-bit sample. */
function toMulaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32_635) + 132;
  let exponent = 7;
  while (exponent > 0 && !(magnitude & (0x80 << exponent))) exponent--;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}
