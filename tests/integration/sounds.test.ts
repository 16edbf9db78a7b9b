/** Uploaded sounds: through the API into the workshop with the real converter, and what is refused on the way. */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { createWorkshop } from "../../apps/bin/workshop.ts";
import { createTurns } from "../../apps/commands/context.ts";
import type { Asker } from "../../apps/commands/port.ts";
import { soundCommands } from "../../apps/commands/sounds.ts";
import { soundPlaces } from "../../apps/confgen/places.ts";
import { loadConfig } from "../../apps/config.ts";
import { formatOf } from "../../apps/host/convert.ts";
import { findFfmpeg } from "../../apps/host/ffmpeg.ts";
import { addCompany, addKey, apiOn } from "../support/api.ts";
import { withPostgres } from "../support/postgres.ts";
import { channelOf, toneShare } from "../support/sound.ts";
import { encode, formOf, toneWav } from "../support/uploads.ts";

t.setTimeout(240_000);
const postgres = await withPostgres();
const { db } = postgres;
const dataDir = fs.mkdtempSync(join(tmpdir(), "dozvon-sounds-"));
const places = soundPlaces(dataDir);
const { runtimeDir } = loadConfig();
const ffmpeg = await findFfmpeg({ runtimeDir, dataDir }, () => {});
const quiet = { info: () => {}, warn: () => {} };
const workshop = createWorkshop({ dataDir, runtimeDir }, quiet);
const write = <Result>(work: (trx: typeof db) => Promise<Result>) => db.transaction().execute(work);
const commands = soundCommands({ db, write, sounds: workshop, inTurn: createTurns() } as never);
const rig = await apiOn(postgres, { soundsDir: join(dataDir, "sounds") });
const by: Asker = { keyId: "3f2c1d4e-0000-4000-8000-000000000001", role: "admin" };
Object.assign(rig.engine.answers, {
  "sound.create": (args: never) => commands["sound.create"](args, by),
  "sound.change": (args: never) => commands["sound.change"](args, by),
  "sound.delete": (args: never) => commands["sound.delete"](args, by),
});
const base = await rig.api.listen({ host: "127.0.0.1", port: 0 });
const admin = await addKey(db, "admin");
const supervisor = await addKey(db, "supervisor");
const company = await addCompany(db);
const annas = await addKey(db, "agent", company.anna);
t.teardown(async () => {
  await rig.stop();
  await postgres.stop();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

async function upload(file: Buffer, name: string, fields: Record<string, string> = {}, key = admin) {
  const body = formOf(file, name, fields);
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${base}/v1/sounds`, { method: "POST", body, headers });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const left = () => fs.readdirSync(places.incoming);

t.test(
  "PROMPT-02, IVR-03 MP3, WAV and WMA become what Asterisk plays, equally loud, told by content",
  async (t) => {
    const wav = toneWav(440, 2000, { level: 900 });
    const files = { wav, mp3: await encode(ffmpeg, wav, "mp3"), wma: await encode(ffmpeg, wav, "wma") };
    for (const [format, file] of Object.entries(files)) {
      const sent = await upload(file, "приветствие.txt", { name: `Tone ${format}`, language: "ru" });
      t.match(sent, {
        status: 201,
        body: {
          name: `Tone ${format}`,
          format,
          language: "ru",
          originalName: "приветствие.txt",
          bytes: file.length,
          usedBy: [],
        },
      });
      const { id, durationMs } = sent.body;
      t.ok(Math.abs(durationMs - 2000) < 120, `${format}: ${durationMs} ms`);
      t.same(fs.readFileSync(join(places.originals, id)), file, "the original is kept");
      t.ok(fs.statSync(join(places.built, `s-${id}.g722`)).size > 15_000, "wide band");
      const answer = await rig.ask("GET", `/v1/sounds/${id}/audio`, admin);
      t.equal(answer.headers["content-type"], "audio/wav");
      const samples = channelOf(answer.rawPayload, 0);
      t.ok(toneShare(samples, 440) > 0.9, `${format}: the tone is heard`);
      const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
      t.ok(level > 2500 && level < 4000, `${format}: brought to -20 dB (${level.toFixed(0)})`);
      const ulaw = fs.readFileSync(join(places.built, `s-${id}.ulaw`));
      t.ok(Math.abs(ulaw.length / 8 - durationMs) < 50, "8000 bytes per second, no header");
    }
    t.same(left(), [], "nothing is left between");
    t.equal(
      (await upload(wav, "C:\\music\\hold.wav")).body.name,
      "hold.wav",
      "the file's name without its folder",
    );
  },
);

t.test("PROMPT-02 what cannot be played is refused in words, and nothing of it stays", async (t) => {
  const before = fs.readdirSync(places.built).length;
  const noise = Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7919) % 251));
  const refused: [string, Buffer, string][] = [
    ["noise called music", noise, "not-audio"],
    ["an MP3 in name only", Buffer.concat([Buffer.from("ID3"), noise]), "not-audio"],
    ["a playlist", Buffer.from("#EXTM3U\n/etc/passwd\n"), "not-audio"],
    ["nothing", Buffer.alloc(0), "not-audio"],
    ["silence", toneWav(440, 1000, { level: 0 }), "silent"],
    ["a click", toneWav(440, 40), "too-short"],
    ["eleven minutes", toneWav(440, 605_000, { rate: 8000 }), "too-long"],
  ];
  for (const [what, file, code] of refused)
    t.match(
      await upload(file, "music.mp3"),
      { status: 422, body: { code, errors: [{ field: "file" }] } },
      what,
    );
  t.match(
    await upload(Buffer.alloc(10 * 1024 * 1024 + 1, 1), "big.wav"),
    { status: 413, body: { code: "too-large", detail: /10 MB/ } },
    "larger than 10 MB",
  );
  t.match(
    await upload(toneWav(440, 500), "a.wav", { language: "de" }),
    { status: 400 },
    "a language we do not have",
  );
  t.match(
    await upload(toneWav(440, 500), "a.wav", { colour: "red" }),
    { status: 400 },
    "a field we do not have",
  );
  const headers = { authorization: `Bearer ${admin}` };
  const misspelt = new FormData();
  misspelt.append("fil", new Blob([new Uint8Array(toneWav(440, 500))]), "a.wav");
  const answer = await fetch(`${base}/v1/sounds`, { method: "POST", body: misspelt, headers });
  t.match([answer.status, await answer.json()], [400, { errors: [{ field: "fil", message: /«file»/ }] }]);
  const form = new FormData();
  form.append("name", "no file");
  t.equal((await fetch(`${base}/v1/sounds`, { method: "POST", body: form, headers })).status, 400, "no file");
  t.equal((await rig.ask("POST", "/v1/sounds", admin, { name: "x" })).statusCode, 415, "JSON");
  t.match(await upload(toneWav(440, 500), "a.wav", {}, supervisor), { status: 403 }, "not by a supervisor");
  t.equal((await rig.ask("GET", "/v1/sounds", annas)).statusCode, 403, "nothing for an agent");
  t.same(left(), []);
  t.equal(fs.readdirSync(places.built).length, before);
});

t.test("PROMPT-02 a sound that a slot plays is not deleted; names change", async (t) => {
  const { id } = (await upload(toneWav(500, 300), "a.wav")).body;
  const slot = { line_id: company.line, slot: "arrival" as const, kind: "sound" as const, sound_id: id };
  await db.insertInto("line_prompt").values(slot).execute();
  const kept = await rig.ask("DELETE", `/v1/sounds/${id}`, admin);
  t.match(kept.json(), { status: 409, code: "sound-in-use", detail: /slot arrival of the line «Orders»/ });
  t.match((await rig.ask("PATCH", `/v1/sounds/${id}`, admin, { name: "Hello" })).json(), {
    name: "Hello",
    usedBy: [{ lineId: company.line, slot: "arrival" }],
  });
  await db.deleteFrom("line_prompt").execute();
  t.equal((await rig.ask("DELETE", `/v1/sounds/${id}`, admin)).statusCode, 204);
  t.equal((await rig.ask("GET", `/v1/sounds/${id}`, admin)).statusCode, 404);
  const built = join(places.built, `s-${id}.ulaw`);
  t.ok(fs.existsSync(built), "who hears it now hears it to its end");
  const longAgo = new Date(Date.now() - 3 * 3_600_000);
  fs.utimesSync(built, longAgo, longAgo);
  await workshop.tidy([]);
  t.notOk(fs.existsSync(built), "and then it goes");
});

t.test("PROMPT-02 what was made of a sound comes back from its original", async (t) => {
  const { id } = (await upload(toneWav(500, 400), "a.wav")).body;
  const built = join(places.built, `s-${id}.ulaw`);
  const before = fs.readFileSync(built);
  fs.rmSync(places.built, { recursive: true });
  await createWorkshop({ dataDir, runtimeDir }, quiet).tidy([id]);
  t.same(fs.readFileSync(built), before);
});

t.test("PROMPT-02 twenty files at most, also when two come at once", async (t) => {
  await db.deleteFrom("sound").execute();
  const row = {
    original_name: "x",
    format: "wav" as const,
    bytes: 1,
    sha256: "a".repeat(64),
    duration_ms: 1,
    language: null,
  };
  const rows = Array.from({ length: 19 }, (_, index) => ({ ...row, name: `S${index}` }));
  await db.insertInto("sound").values(rows).execute();
  const both = await Promise.all([upload(toneWav(500, 300), "a.wav"), upload(toneWav(500, 300), "b.wav")]);
  t.same(both.map(({ status }) => status).sort(), [201, 409]);
  t.match(await upload(toneWav(500, 300), "c.wav"), {
    status: 409,
    body: { code: "too-many", detail: /20/ },
  });
  t.same(left(), []);
});

t.test("PROMPT-02 the first bytes tell the format", async (t) => {
  const told = (bytes: number[] | string) => formatOf(Buffer.from(bytes as string));
  t.equal(told([0xff, 0xfb, 0x90, 0x64]), "mp3");
  t.equal(told([0xff, 0xfb, 0xf0, 0x64]), undefined, "a bit rate that does not exist");
  t.equal(told([0xff, 0xd8, 0xff, 0xe0]), undefined, "a JPEG");
  t.equal(told("RIFF....AVI LIST"), undefined, "a RIFF that is no sound");
  t.equal(told("OggS"), undefined);
});
