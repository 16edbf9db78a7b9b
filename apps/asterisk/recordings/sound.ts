/** How much of a 16 bit PCM file is sound: a caller who says nothing leaves no message (D-39). */
import { open } from "node:fs/promises";
import { readWav } from "./wav.ts";

/** Asterisk's own border between silence and sound, a mean amplitude (dsp.c: DEFAULT_SILENCE_THRESHOLD). */
const SILENCE_BELOW = 256;
const FRAME_MS = 20;

/**
 * @returns milliseconds of the whole and of the frames of 20 ms that are louder than silence; zeroes when it is no WAV.
 */
export async function measureSound(path: string): Promise<{ durationMs: number; soundMs: number }> {
  const handle = await open(path);
  try {
    const bytes = await handle.readFile();
    const wav = readWav(bytes.subarray(0, 4096));
    if (!wav) return { durationMs: 0, soundMs: 0 };
    const samplesPerFrame = (wav.rate * wav.channels * FRAME_MS) / 1000;
    let [frames, loud] = [0, 0];
    for (let at = wav.dataOffset; at + samplesPerFrame * 2 <= bytes.length; at += samplesPerFrame * 2) {
      let sum = 0;
      for (let sample = 0; sample < samplesPerFrame; sample++)
        sum += Math.abs(bytes.readInt16LE(at + sample * 2));
      frames += 1;
      if (sum / samplesPerFrame >= SILENCE_BELOW) loud += 1;
    }
    return { durationMs: frames * FRAME_MS, soundMs: loud * FRAME_MS };
  } finally {
    await handle.close();
  }
}
