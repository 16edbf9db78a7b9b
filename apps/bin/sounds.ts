/**
 * Builds the prompts: `sounds/prompts.json` → `sounds/{ru,en}/<key>.ulaw`. A developer's tool.
 *
 * The built files are committed, so nobody needs espeak-ng or sox to run the engine. μ-law at 8 kHz without a
 * header is what a G.711 call carries: Asterisk sends it as it is, or through one table for A-law.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { home } from "../home.ts";

type Language = "ru" | "en";
type Prompts = Record<string, Record<Language, string>>;

const voices: Record<Language, string[]> = {
  ru: ["-v", "ru", "-s", "160"],
  en: ["-v", "en-gb", "-s", "155"],
};

// Telephone band, no dither (so that the same texts give the same bytes), silence cut off at both ends.
const shape = (target: string): string[] => [
  ...["-V1", "-D", "--ignore-length", "-t", "wav", "-", "-t", "ul", "-r", "8000", "-c", "1", target],
  ...["highpass", "200", "lowpass", "3400", "rate", "8000", "gain", "-n", "-1"],
  ...[
    "silence",
    "1",
    "0.02",
    "0.5%",
    "reverse",
    "silence",
    "1",
    "0.02",
    "0.5%",
    "reverse",
    "pad",
    "0.05",
    "0.15",
  ],
];

/** Runs espeak-ng into sox. @throws Error naming the tool that failed or is not installed. */
async function speak(language: Language, text: string, target: string): Promise<void> {
  const voice = spawn("espeak-ng", [...voices[language], "--stdout", text], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const shaper = spawn("sox", shape(target), { stdio: ["pipe", "ignore", "inherit"] });
  const tools = [ended(voice, "espeak-ng"), ended(shaper, "sox")];
  shaper.stdin.on("error", () => undefined); // sox went first; its exit code says why.
  voice.stdout.pipe(shaper.stdin);
  await Promise.all(tools);
}

function ended(tool: ReturnType<typeof spawn>, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    tool.on("error", (error) =>
      reject(new Error(`${name}: ${error.message} (apt-get install espeak-ng sox)`)),
    );
    tool.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${name} ended with ${code}`))));
  });
}

/** 20 ms of silence: for what is not said in a language. */
const NOTHING_BYTES = 160;

/** Plucked chords, softer than speech: what follows «please wait» until it is said again. */
async function playMusic(target: string): Promise<void> {
  const bars = [
    "A2 E3 A3 C4 E4 C4 A3 E3",
    "F2 C3 F3 A3 C4 A3 F3 C3",
    "C3 G3 C4 E4 G4 E4 C4 G3",
    "G2 D3 G3 B3 D4 B3 G3 D3",
  ];
  const notes = bars.flatMap((bar) => bar.split(" "));
  const strings = notes.flatMap((note) => ["pluck", note]);
  const times = notes.map((_, index) => String(index / 2));
  const end = String(notes.length / 2);
  const player = spawn(
    "sox",
    [
      ...["-V1", "-R", "-D", "-n", "-t", "ul", "-r", "8000", "-c", "1", target, "synth", "2.5", ...strings],
      ...["delay", ...times, "remix", "-", "lowpass", "3000", "fade", "0.1", end, "0.8", "gain", "-n", "-12"],
      ...["rate", "8000"],
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  await ended(player, "sox");
}

const sounds = join(home, "sounds");
const prompts = JSON.parse(readFileSync(join(sounds, "prompts.json"), "utf8")) as Prompts;
let total = 0;
for (const language of ["ru", "en"] as const) {
  mkdirSync(join(sounds, language), { recursive: true });
  for (const [key, texts] of Object.entries(prompts)) {
    const target = join(sounds, language, `${key}.ulaw`);
    await speak(language, texts[language], target);
    const { size } = statSync(target);
    total += size;
    console.log(`${language}/${key}.ulaw  ${(size / 8000).toFixed(1)} s`);
  }
}
// Names of Asterisk's own that its package lacks in a language, or has in a form that does not fit (sounds/README.md).
const spoken = JSON.parse(readFileSync(join(sounds, "spoken.json"), "utf8")) as Record<
  Language,
  Record<string, string>
>;
for (const [language, texts] of Object.entries(spoken) as [Language, Record<string, string>][])
  for (const [name, text] of Object.entries(texts)) {
    const target = join(sounds, "asterisk", language, `${name}.ulaw`);
    mkdirSync(dirname(target), { recursive: true });
    if (text === "") writeFileSync(target, Buffer.alloc(NOTHING_BYTES, 0xff));
    else await speak(language, text, target);
  }
mkdirSync(join(sounds, "any"), { recursive: true });
await playMusic(join(sounds, "any/hold.ulaw"));
console.log(`${(total / 1000).toFixed(0)} kB`);
