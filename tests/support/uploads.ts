/** Sounds as people upload them: WAV made here, MP3 and WMA by the converter's own encoders. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../apps/host/command.ts";
import { commandOf, type Program } from "../../apps/host/tree.ts";

/** A sine as 16-bit PCM WAV, mono. */
export function toneWav(hertz: number, ms: number, { rate = 16_000, level = 8000 } = {}): Buffer {
  const samples = Math.round((rate * ms) / 1000);
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write("WAVEfmt ", 8);
  for (const [value, at] of [
    [16, 16],
    [rate, 24],
    [rate * 2, 28],
    [samples * 2, 40],
  ] as const)
    wav.writeUInt32LE(value, at);
  for (const [value, at] of [
    [1, 20],
    [1, 22],
    [2, 32],
    [16, 34],
  ] as const)
    wav.writeUInt16LE(value, at);
  wav.write("data", 36);
  for (let sample = 0; sample < samples; sample++)
    wav.writeInt16LE(Math.round(level * Math.sin((2 * Math.PI * hertz * sample) / rate)), 44 + sample * 2);
  return wav;
}

/** The same sound in another format. */
export async function encode(ffmpeg: Program, wav: Buffer, format: "mp3" | "wma"): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "dozvon-encode-"));
  try {
    const [source, target] = [join(folder, "in.wav"), join(folder, "out")];
    writeFileSync(source, wav);
    const coder = format === "mp3" ? ["-c:a", "libmp3lame", "-f", "mp3"] : ["-c:a", "wmav2", "-f", "asf"];
    const { command, args } = commandOf(ffmpeg, ["-v", "error", "-nostdin", "-i", source, ...coder, target]);
    await runCommand(command, args);
    return readFileSync(target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The body of a form with one file. */
export function formOf(file: Buffer, fileName: string, fields: Record<string, string> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob([new Uint8Array(file)]), fileName);
  return form;
}
