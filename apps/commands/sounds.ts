/**
 * Uploaded sounds (PROMPT-02): from a file that the API has left in the data folder to something a line can play.
 */
import type { Db } from "../store/database.ts";
import { audit } from "../store/writes/audit.ts";
import { requireNoCampaign } from "./campaign-uses.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { menuUse } from "./menu-uses.ts";
import { CommandProblem } from "./port.ts";

/** Uploaded files a company can have (PROMPT-02). */
export const MOST_SOUNDS = 20;

/** What turns files into sounds and keeps both. Its refusals are CommandProblems. */
export interface SoundWorkshop {
  /**
   * Converts an upload.
   * @param upload the name that the API gave the file.
   * @param id the sound that is to be; what is made of a sound without a row goes away by itself.
   * @throws CommandProblem 422 when it cannot be played, 503 when there is no converter now.
   */
  make(upload: string, id: string): Promise<MadeSound>;
  /** The files of a sound that has no row any more; callers who hear it now hear it to its end. */
  discard(id: string): void;
}

export interface MadeSound {
  readonly format: "mp3" | "wav" | "wma";
  readonly durationMs: number;
  readonly bytes: number;
  /** Of the file as it was sent. */
  readonly sha256: string;
}

export function soundCommands({
  db,
  inTurn,
  write,
  sounds,
}: Context): Pick<Handlers, "sound.create" | "sound.change" | "sound.delete"> {
  return {
    "sound.create": async ({ name, language, originalName, upload }, _by) => {
      checkName(name);
      await checkRoom(db);
      const id = crypto.randomUUID();
      const made = await sounds.make(upload, id);
      try {
        // One at a time, so that two uploads cannot both be the twentieth.
        return await inTurn(() =>
          write(async (trx) => {
            await checkRoom(trx);
            const { format, bytes, sha256, durationMs } = made;
            const row = { id, name, language, original_name: originalName, format, bytes, sha256 };
            await trx
              .insertInto("sound")
              .values({ ...row, duration_ms: durationMs })
              .execute();
            return { id };
          }),
        );
      } catch (error) {
        sounds.discard(id);
        throw error;
      }
    },
    "sound.change": ({ id, change }) =>
      write(async (trx) => {
        checkName(change.name);
        await soundRow(trx, id);
        await trx.updateTable("sound").set(change).where("id", "=", id).execute();
        return {};
      }),
    "sound.delete": async ({ id }, by) => {
      // In turn with changes of lines: a slot that takes the sound meanwhile is seen.
      await inTurn(() =>
        write(async (trx) => {
          const { name } = await soundRow(trx, id);
          const use = (await usesOf(trx, id))[0] ?? (await menuUse(trx, "sound_id", id));
          if (use) throw new CommandProblem(409, "sound-in-use", `«${name}» is used: ${use}`);
          await requireNoCampaign(trx, "sound", id);
          await trx.deleteFrom("sound").where("id", "=", id).execute();
          await audit(trx, {
            by,
            action: "sound.deleted",
            subjectType: "sound",
            subjectId: id,
            detail: { name },
          });
        }),
      );
      sounds.discard(id);
      return {};
    },
  };
}

/** Where a sound is played, in words. */
async function usesOf(trx: Db, id: string): Promise<string[]> {
  const slots = await trx
    .selectFrom("line_prompt")
    .innerJoin("line", "line.id", "line_prompt.line_id")
    .select(["line.name", "slot"])
    .where("sound_id", "=", id)
    .orderBy("line.name")
    .execute();
  return slots.map(({ name, slot }) => `slot ${slot} of the line «${name}»`);
}

async function checkRoom(db: Db): Promise<void> {
  const query = db.selectFrom("sound").select((row) => row.fn.countAll().as("count"));
  const { count } = await query.executeTakeFirstOrThrow();
  if (Number(count) >= MOST_SOUNDS)
    throw new CommandProblem(409, "too-many", `there are ${MOST_SOUNDS} uploaded sounds; delete one first`);
}

async function soundRow(db: Db, id: string) {
  const query = db.selectFrom("sound").select("name").where("id", "=", id);
  return required(isId(id) ? await query.executeTakeFirst() : undefined, "sound");
}
