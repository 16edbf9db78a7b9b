import { createHash } from "node:crypto";
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type AdoptError, adopt, findOrphans } from "../../apps/asterisk/recordings/adopt.ts";
import { readWav, wavHeader } from "../../apps/asterisk/recordings/wav.ts";
import { home } from "../../apps/home.ts";

const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
const refuses = (t: Test, code: AdoptError["code"], from: string, to: string) =>
  t.rejects(adopt({ from, to }), { code }, code);

/** One second of option D: left counts up, right is -1. */
function stereo(): Buffer {
  const sound = Buffer.alloc(32_000);
  for (let i = 0; i < 8000; i++) {
    sound.writeInt16LE(i, i * 4);
    sound.writeInt16LE(-1, i * 4 + 2);
  }
  return sound;
}

t.test("raw: becomes a stereo WAV, the sound untouched, the source gone", async (t) => {
  const folder = t.testdir({ "a.raw": Buffer.concat([stereo(), Buffer.from([1, 2, 3])]) });
  const [from, to] = [join(folder, "a.raw"), join(folder, "a.wav")];
  const adopted = await adopt({ from, to });
  t.same(adopted, { bytes: 32_044, sha256: sha256(to), durationMs: 1000, channels: 2, repaired: true });
  const wav = readFileSync(to);
  t.same(readWav(wav), { channels: 2, rate: 8000, dataOffset: 44, claimedBytes: 32_000 });
  t.ok(wav.subarray(44).equals(stereo()), "half a frame at the end is cut, nothing else");
  t.same(readdirSync(folder), ["a.wav"]);
  t.same(await adopt({ from, to }), { ...adopted, repaired: false }, "asked again after all was done");
});

t.test("raw: a crash at any point, then run again", async (t) => {
  const folder = t.testdir({ "a.raw": stereo() });
  const [from, to] = [join(folder, "a.raw"), join(folder, "a.wav")];
  writeFileSync(`${to}.part`, "begun");
  const first = await adopt({ from, to });
  writeFileSync(from, stereo()); // As if the target were durable and the source not removed.
  t.same(await adopt({ from, to }), first);
  t.same(readdirSync(folder), ["a.wav"], "no source, no unfinished target");
  t.notOk(first.repaired);
});

t.test("wav: lengths in the header are set from the file", async (t) => {
  for (const claimed of [0, 100, 999_999]) {
    const header = wavHeader({ channels: 1, rate: 8000 }, claimed);
    const folder = t.testdir({ "b.wav": Buffer.concat([header, Buffer.alloc(16_001, 7)]) });
    const path = join(folder, "b.wav");
    const adopted = await adopt({ from: path, to: path });
    t.match(adopted, { bytes: 16_044, durationMs: 1000, channels: 1, repaired: true, sha256: sha256(path) });
    t.match(readWav(readFileSync(path)), { claimedBytes: 16_000 });
    t.match(await adopt({ from: path, to: path }), { repaired: false, sha256: adopted.sha256 });
  }
});

t.test("wav: other chunks before the sound are stepped over", async (t) => {
  const plain = wavHeader({ channels: 1, rate: 16_000 }, 4);
  const list = Buffer.from("LIST\x03\x00\x00\x00abc\x00", "latin1");
  const bytes = Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36), Buffer.from([1, 2, 3, 4])]);
  const folder = t.testdir({ "b.wav": bytes });
  const adopted = await adopt({ from: join(folder, "b.wav"), to: join(folder, "c.wav") });
  t.match(adopted, { bytes: 48, repaired: false });
  t.same([...readFileSync(join(folder, "c.wav")).subarray(44)], [1, 2, 3, 4]);
});

t.test("empty: reported as such", async (t) => {
  const header = wavHeader({ channels: 1, rate: 8000 }, 0);
  const folder = t.testdir({ "a.raw": "", "b.wav": header, "c.wav": "" });
  for (const name of ["a.raw", "b.wav", "c.wav"]) {
    const to = join(folder, `${name[0]}-done.wav`);
    t.match(await adopt({ from: join(folder, name), to }), { durationMs: 0, bytes: 44 }, name);
    t.ok(readWav(readFileSync(to)));
  }
});

t.test("refused, and nothing is touched", async (t) => {
  const folder = t.testdir({ "a.raw": stereo(), "no.wav": "not a recording", dir: {}, "big.raw": "" });
  symlinkSync(join(folder, "a.raw"), join(folder, "link.raw"));
  truncateSync(join(folder, "big.raw"), 2 ** 32);
  const to = join(folder, "x.wav");
  await refuses(t, "bad_name", join(folder, "a b.raw"), to);
  await refuses(t, "bad_name", join(folder, "a.raw"), join(folder, "ж.wav"));
  await refuses(t, "bad_name", join(folder, "a.raw"), join(folder, ".wav"));
  await refuses(t, "bad_name", join(folder, "a.raw"), join(folder, "a.mp3"));
  await refuses(t, "not_a_file", join(folder, "link.raw"), to);
  await refuses(t, "not_a_file", join(folder, "dir"), to);
  await refuses(t, "not_a_recording", join(folder, "no.wav"), to);
  await refuses(t, "not_found", join(folder, "gone.raw"), to);
  await refuses(t, "too_large", join(folder, "big.raw"), to);
  t.notOk(existsSync(to));
  t.same(readdirSync(folder).sort(), ["a.raw", "big.raw", "dir", "link.raw", "no.wav"]);
});

t.test("orphans: old recordings that nobody adopted, oldest first", async (t) => {
  const folder = t.testdir({
    "old.raw": "1234",
    "older.wav": "",
    "new.raw": "",
    "half.wav.part": "",
    "x.txt": "",
    d: {},
  });
  symlinkSync(join(folder, "old.raw"), join(folder, "link.raw"));
  const aged = { "older.wav": 300, "old.raw": 200, "half.wav.part": 200, "x.txt": 300 };
  for (const [name, seconds] of Object.entries(aged))
    utimesSync(join(folder, name), 1000 - seconds, 1000 - seconds);
  utimesSync(join(folder, "new.raw"), 999, 999);
  const orphans = await findOrphans(folder, 100_000, 1_000_000);
  t.same(
    orphans.map((orphan) => orphan.name),
    ["older.wav", "half.wav.part", "old.raw"],
  );
  t.match(orphans[2], { bytes: 4, changedAt: 800_000 });
});

t.test("prompts: every key has both texts and a sound of plausible length", async (t) => {
  const folder = join(home, "sounds");
  const prompts = JSON.parse(readFileSync(join(folder, "prompts.json"), "utf8")) as Record<
    string,
    Record<string, string>
  >;
  let total = 0;
  for (const [key, texts] of Object.entries(prompts)) {
    t.match(key, /^[a-z0-9-]+$/);
    t.match(texts.ru, /^[А-Яа-яЁё ,.?-]+$/, `${key}: ru`);
    t.match(texts.en, /^[A-Za-z ,.?'-]+$/, `${key}: en`);
    for (const language of ["ru", "en"]) {
      const { size } = statSync(join(folder, language, `${key}.ulaw`));
      total += size;
      t.ok(size > 4_000 && size < 48_000, `${language}/${key}: ${size / 8000} s`);
      const sound = readFileSync(join(folder, language, `${key}.ulaw`));
      t.ok(new Set(sound).size > 50, `${language}/${key} is not silence`);
    }
  }
  t.ok(total < 2_000_000);
  for (const language of ["ru", "en"])
    t.same(
      readdirSync(join(folder, language)).sort(),
      Object.keys(prompts)
        .map((key) => `${key}.ulaw`)
        .sort(),
    );
});
