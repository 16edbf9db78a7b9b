/**
 * The engine's workshop for uploaded sounds (PROMPT-02). In the data folder:
 *
 *   sounds/incoming/<upload>    as the API received it
 *   sounds/originals/<id>       the same, once it is a sound: what a backup has to keep
 *   sounds/built/s-<id>.*       what Asterisk plays; can be made again from the original
 *   sounds/listen/<id>.wav      the same for people
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createTurns } from "../commands/context.ts";
import { CommandProblem } from "../commands/port.ts";
import type { MadeSound, SoundWorkshop } from "../commands/sounds.ts";
import { type SoundPlaces, soundPlaces } from "../confgen/places.ts";
import type { Config } from "../config.ts";
import { convertSound, UnusableSound } from "../host/convert.ts";
import { findFfmpeg } from "../host/ffmpeg.ts";
import type { Program } from "../host/tree.ts";

/** How long an upload waits for the converter to be fetched. */
const FETCH_PATIENCE_MS = 60_000;
/** Nobody waits longer in a queue, so nobody can still be hearing a sound that was deleted before. */
const HEARD_NO_LONGER_MS = 2 * 3_600_000;

interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
}

export interface Workshop extends SoundWorkshop {
  /** Takes away what belongs to no sound, and makes again what is missing of those that there are. */
  tidy(ids: readonly string[]): Promise<void>;
}

/** Makes its folders. One file is worked on at a time: calls come first. */
export function createWorkshop(config: Pick<Config, "dataDir" | "runtimeDir">, log: Log): Workshop {
  const places = soundPlaces(config.dataDir);
  for (const folder of Object.values(places)) fs.mkdirSync(folder, { recursive: true, mode: 0o750 });
  const inTurn = createTurns();
  let fetching: Promise<Program> | undefined;
  const converter = (): Promise<Program> => {
    fetching ??= findFfmpeg(config, (line) => log.info({}, line)).catch((error: unknown) => {
      fetching = undefined;
      throw error;
    });
    return fetching;
  };
  return {
    async make(upload, id) {
      const incoming = join(places.incoming, plainName(upload));
      try {
        const ffmpeg = await patiently(converter(), log);
        return await inTurn(() => makeSound(ffmpeg, incoming, id, places));
      } finally {
        fs.rmSync(incoming, { force: true });
      }
    },
    discard(id) {
      for (const path of filesOf(id, places))
        if (fs.existsSync(path)) fs.utimesSync(path, new Date(), new Date());
    },
    async tidy(ids) {
      removeStrangers(new Set(ids), places);
      for (const id of ids) {
        const [built = "", , , original = ""] = filesOf(id, places);
        if (fs.existsSync(built) || !fs.existsSync(original)) continue;
        const made = converter().then((ffmpeg) => inTurn(() => build(ffmpeg, original, id, places)));
        await made.catch((error: unknown) =>
          log.warn({ sound: id, error: String(error) }, "A sound could not be made again from its original."),
        );
      }
    },
  };
}

async function makeSound(
  ffmpeg: Program,
  incoming: string,
  id: string,
  places: SoundPlaces,
): Promise<MadeSound> {
  try {
    const made = await build(ffmpeg, incoming, id, places);
    const content = await fs.promises.readFile(incoming);
    const sha256 = createHash("sha256").update(content).digest("hex");
    fs.renameSync(incoming, join(places.originals, id));
    return { ...made, bytes: content.length, sha256 };
  } catch (error) {
    if (error instanceof UnusableSound) throw new CommandProblem(422, error.code, error.message, "file");
    throw error;
  }
}

/** Asterisk sees the whole of a file or none of it: everything is made aside and renamed. */
async function build(ffmpeg: Program, source: string, id: string, places: SoundPlaces) {
  const work = fs.mkdtempSync(join(places.incoming, "making-"));
  try {
    const [target, listen] = [join(work, "built"), join(work, "listen.wav")];
    const made = await convertSound(ffmpeg, source, { target, listen, work });
    const [ulaw = "", g722 = "", wav = ""] = filesOf(id, places);
    fs.renameSync(`${target}.g722`, g722);
    fs.renameSync(listen, wav);
    fs.renameSync(`${target}.ulaw`, ulaw);
    return made;
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

function filesOf(id: string, places: SoundPlaces): string[] {
  return [
    join(places.built, `s-${id}.ulaw`),
    join(places.built, `s-${id}.g722`),
    join(places.listen, `${id}.wav`),
    join(places.originals, id),
  ];
}

function removeStrangers(known: ReadonlySet<string>, places: SoundPlaces): void {
  for (const folder of Object.values(places))
    for (const name of fs.readdirSync(folder)) {
      const path = join(folder, name);
      const old = Date.now() - fs.statSync(path).mtimeMs > HEARD_NO_LONGER_MS;
      const id = name.replace(/^s-/, "").replace(/\.\w+$/, "");
      if (old && !known.has(id)) fs.rmSync(path, { recursive: true, force: true });
    }
}

/** The API gives its files UUIDs for names; anything else is not from it. */
function plainName(upload: string): string {
  if (/^[0-9a-f-]{36}$/.test(upload)) return upload;
  throw new CommandProblem(422, "unknown", "there is no such upload", "file");
}

async function patiently(converter: Promise<Program>, log: Log): Promise<Program> {
  const late = Symbol();
  const away = (text: string) => new CommandProblem(503, "converter-away", text);
  const found = await Promise.race([converter, pause(FETCH_PATIENCE_MS, late, { ref: false })]).catch(
    (error: unknown) => {
      log.warn({ error: String(error) }, "There is no converter for sounds.");
      throw away(`sounds cannot be converted now: ${(error as Error).message}`);
    },
  );
  if (found === late) throw away("the converter is still being fetched from Debian; try again in a minute");
  return found as Program;
}
