/** Uploaded sounds. */
import { Type } from "typebox";
import { PROMPT_SLOTS } from "../../core/routing/prompts.ts";
import { ChangeOf, Id, Instant, ListOf, Name, Nullable } from "./common.ts";

const name = Name("For people; the file's own name if it is left out.");
const language = Nullable(
  Type.Enum(["ru", "en"], { description: "What is spoken in it, for people; it is played on any line." }),
);

export const SoundView = Type.Object({
  id: Id(),
  name,
  language,
  originalName: Type.String(),
  format: Type.Enum(["mp3", "wav", "wma"], { description: "Told by the file's content." }),
  bytes: Type.Integer({ description: "Of the file as it was sent." }),
  sha256: Type.String({ description: "Of the file as it was sent, hexadecimal." }),
  durationMs: Type.Integer(),
  usedBy: Type.Array(Type.Object({ lineId: Id(), slot: Type.Enum([...PROMPT_SLOTS]) })),
  createdAt: Instant(),
  audio: Type.String({ description: "What callers hear, as WAV." }),
});
export const SoundList = ListOf(SoundView);
export const SoundChange = ChangeOf({ name, language });
/** For the description only: multipart is read part by part, and checked by SoundForm. */
export const SoundUpload = Type.Object({
  file: Type.Unsafe<unknown>({
    type: "string",
    format: "binary",
    description: "MP3, WAV or WMA; at most 10 MB and 10 minutes.",
  }),
  name: Type.Optional(name),
  language: Type.Optional(Type.Enum(["ru", "en"])),
});
/** The form's fields beside the file. */
export const SoundForm = Type.Object(
  { name, language: Type.Optional(Type.Enum(["ru", "en"])) },
  { additionalProperties: false },
);
