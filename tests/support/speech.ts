/**
 * What people and machines say when they answer, as G.711 µ-law for SIPp to play. `speech/allo.ulaw` was synthesised
 * («Алло?») like the prompts are: see apps/bin/sounds.ts.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { home } from "../../apps/home.ts";

const BYTES_PER_MS = 8;
/** µ-law of 0. */
const SILENCE = 0xff;

/** A short word. */
export const ALLO = "tests/support/speech/allo.ulaw";
/** A machine's: "nobody can take your call now", "leave a message after the tone". */
export const GREETING = ["sounds/ru/no-answer.ulaw", "sounds/ru/leave-message.ulaw"];

/**
 * Writes a file in which these are said, after a moment of silence and before a long one.
 * @returns where it is, and how long it is spoken
 */
export function spoken(
  folder: string,
  name: string,
  parts: readonly string[],
  { beforeMs = 300, afterMs = 20_000 } = {},
): { path: string; speechMs: number } {
  const speech = Buffer.concat(parts.map((part) => readFileSync(join(home, part))));
  const silence = (ms: number) => Buffer.alloc(ms * BYTES_PER_MS, SILENCE);
  const path = join(folder, `${name}.ulaw`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, Buffer.concat([silence(beforeMs), speech, silence(afterMs)]));
  return { path, speechMs: beforeMs + speech.length / BYTES_PER_MS };
}
