/**
 * What people upload → what Asterisk plays (PROMPT-02).
 *
 * The file is a stranger's, so the format is told by its first bytes, ffmpeg may open nothing but this file (no
 * network, no playlists, no other decoders than those of the three formats), and the kernel limits its time, memory
 * and output. It runs as the account that asks, which is never root in an instance.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { CommandError, runCommand } from "./command.ts";
import { HostError } from "./problem.ts";
import { findInPath } from "./search-path.ts";
import { commandOf, type Program } from "./tree.ts";

/** The formats of the ledger. */
export type SoundFormat = "mp3" | "wav" | "wma";

/** What was made of a file. */
export interface Converted {
  readonly format: SoundFormat;
  readonly durationMs: number;
}

/** Why a file cannot be used: the person who sent it can read `message`. */
export class UnusableSound extends Error {
  readonly code: "not-audio" | "too-long" | "too-short" | "silent";
  constructor(code: UnusableSound["code"], message: string) {
    super(message);
    this.code = code;
  }
}

export const LONGEST_MS = 600_000;
export const SHORTEST_MS = 100;
/** Speech at this mean level is as loud as Asterisk's own prompts; peaks stay below full scale. */
const MEAN_DB = -20;
const PEAK_DB = -1;
const RATE = 16_000;
const BYTES_PER_SECOND = RATE * 2;
const SECONDS_OF_PROCESSOR = 60;
const BYTES_OF_MEMORY = 800_000_000;
const PATIENCE_MS = 90_000;

const DEMUXERS: Readonly<Record<SoundFormat, string>> = { mp3: "mp3", wav: "wav", wma: "asf" };
const DECODERS = [
  ...["mp3", "mp3float", "mp2", "mp2float", "mp1", "mp1float"],
  ...["wmav1", "wmav2", "wmapro", "wmalossless", "wmavoice"],
  ...["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_alaw", "pcm_mulaw"],
  ...["adpcm_ms", "adpcm_ima_wav", "gsm_ms"],
].join(",");

/** The format that a file's first bytes say it has; names and announced types are not asked. */
export function formatOf(head: Buffer): SoundFormat | undefined {
  const text = head.toString("latin1");
  if (/^(RIFF|RF64)[\s\S]{4}WAVE/.test(text)) return "wav";
  if (head.subarray(0, 16).toString("hex") === "3026b2758e66cf11a6d900aa0062ce6c") return "wma";
  if (text.startsWith("ID3")) return "mp3";
  // A frame of MPEG audio: eleven set bits, then a version, a layer, a bit rate and a sampling rate that exist.
  const [first = 0, second = 0, third = 0] = head;
  const frame =
    first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x18) !== 0x08 && (second & 0x06) !== 0;
  return frame && third >> 4 !== 0x0f && third >> 4 !== 0 && (third & 0x0c) !== 0x0c ? "mp3" : undefined;
}

/**
 * Makes `<target>.ulaw` (8 kHz, G.711) and `<target>.g722` (wide band) for Asterisk, and `listen` (WAV, 8 kHz) for
 * people, all at the same loudness.
 * @param work a folder for what lies between; left empty.
 * @throws UnusableSound when it is not sound that can be played; HostError when the converter does not run.
 */
export async function convertSound(
  ffmpeg: Program,
  source: string,
  { target, listen, work }: { target: string; listen: string; work: string },
): Promise<Converted> {
  const format = formatOf(await firstBytes(source));
  if (!format) throw new UnusableSound("not-audio", "this is no MP3, WAV or WMA file");
  const raw = join(work, "decoded");
  try {
    const said = await run(ffmpeg, [
      ...["-protocol_whitelist", "file,pipe", "-codec_whitelist", DECODERS],
      ...["-f", DEMUXERS[format], "-i", source, "-map", "0:a:0", "-t", String(LONGEST_MS / 1000 + 1)],
      ...["-ac", "1", "-ar", String(RATE), "-af", "volumedetect", "-f", "s16le", raw],
    ]).catch((error: unknown) => {
      if (error instanceof CommandError) throw undecodable(error, format);
      throw error;
    });
    const durationMs = Math.round((fs.statSync(raw).size / BYTES_PER_SECOND) * 1000);
    const gain = gainFor(said, durationMs);
    const level = ["-af", `volume=${gain.toFixed(1)}dB`];
    await run(ffmpeg, [
      ...["-protocol_whitelist", "file,pipe", "-f", "s16le", "-ar", String(RATE), "-ac", "1", "-i", raw],
      ...[...level, "-ar", "8000", "-f", "mulaw", `${target}.ulaw`],
      ...[...level, "-f", "g722", `${target}.g722`],
      ...[...level, "-ar", "8000", "-bitexact", "-f", "wav", listen],
    ]);
    return { format, durationMs };
  } finally {
    fs.rmSync(raw, { force: true });
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await fs.promises.open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Runs ffmpeg within its limits and answers what it said on stderr. */
async function run(ffmpeg: Program, args: readonly string[]): Promise<string> {
  const prlimit = findInPath("prlimit");
  if (!prlimit)
    throw new HostError("there is no prlimit (util-linux), without which no file of a stranger is opened.");
  const limits = [
    `--cpu=${SECONDS_OF_PROCESSOR}`,
    `--as=${BYTES_OF_MEMORY}`,
    `--fsize=${(LONGEST_MS / 1000 + 2) * BYTES_PER_SECOND}`,
    "--core=0",
  ];
  const quiet = ["-nostdin", "-hide_banner", "-nostats", "-y", "-threads", "1"];
  const { command, args: whole } = commandOf(ffmpeg, [...quiet, ...args]);
  // ffmpeg speaks on stderr only, and runCommand keeps stdout.
  const shell = ["-c", 'exec "$@" 2>&1', "sh", prlimit, ...limits, command, ...whole];
  return runCommand("/bin/sh", shell, {
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    timeoutMs: PATIENCE_MS,
  });
}

/** ffmpeg's own reason is for the log; the person needs to know what to do. */
function undecodable(error: CommandError, format: SoundFormat): Error {
  if (/error while loading shared libraries|not found$|No such file or directory$/m.test(error.output))
    return new HostError(`the converter does not run: ${error.message}`);
  return new UnusableSound(
    "not-audio",
    `this looks like a ${format.toUpperCase()} file, but nothing in it can be played`,
  );
}

/** How much louder it has to be, in dB. @throws UnusableSound when there is too little, too much or nothing to hear. */
function gainFor(said: string, durationMs: number): number {
  if (durationMs > LONGEST_MS)
    throw new UnusableSound("too-long", `a sound may last at most ${LONGEST_MS / 60_000} minutes`);
  if (durationMs < SHORTEST_MS)
    throw new UnusableSound("too-short", `there is less than ${SHORTEST_MS / 1000} s of sound in it`);
  const level = (name: string) =>
    Number(new RegExp(`${name}_volume: (-?[0-9.]+) dB`).exec(said)?.[1] ?? Number.NaN);
  const [mean, peak] = [level("mean"), level("max")];
  if (!Number.isFinite(mean) || !Number.isFinite(peak))
    throw new HostError("the converter did not tell the level.");
  if (peak < -80) throw new UnusableSound("silent", "there is nothing to hear in it");
  return Math.min(MEAN_DB - mean, PEAK_DB - peak);
}
