/** Takes one uploaded file out of a multipart request (RFC 7578) and leaves it where the engine finds it. */
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { FastifyRequest } from "fastify";
import { Problem } from "./problem.ts";

export const MOST_BYTES = 10 * 1024 * 1024;

/** What is uploaded, and how large it may be; more is refused while it is read. */
export interface UploadKind {
  readonly bytes: number;
  readonly tooLarge: string;
  /** The name of a file whose sender calls it nothing. */
  readonly nameless: string;
}

const SOUND: UploadKind = {
  bytes: MOST_BYTES,
  tooLarge: "A sound may have at most 10 MB.",
  nameless: "sound",
};

/** What a form of ours may hold. */
export function uploadLimits(fileSize: number) {
  return { fileSize, files: 1, fields: 5, fieldSize: 1000, headerPairs: 20 };
}

export interface Upload {
  /** The file's name in the folder: a UUID, never what the sender calls it. */
  readonly upload: string;
  /** The sender's name for it, without folders; for people only. */
  readonly originalName: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * @param folder made if it is missing.
 * @throws Problem 400 when there is no file or not exactly one, 413 when it is too large. Nothing is left then.
 */
export async function takeUpload(
  request: FastifyRequest,
  folder: string,
  kind: UploadKind = SOUND,
): Promise<Upload> {
  if (!request.isMultipart())
    throw new Problem(415, "unsupported-media", "Send multipart/form-data with a field «file».");
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const upload = crypto.randomUUID();
  const path = join(folder, upload);
  const fields: Record<string, string> = {};
  let originalName: string | undefined;
  try {
    for await (const part of request.parts()) {
      if (part.type === "field") fields[part.fieldname] = String(part.value);
      else if (part.fieldname !== "file") {
        const message = "no such field: the file goes into the field «file»";
        const field = part.fieldname.slice(0, 40);
        part.file.resume();
        throw new Problem(400, "invalid", `${field}: ${message}`, [{ field, message }]);
      } else {
        originalName = plain(part.filename, kind.nameless);
        await pipeline(part.file, createWriteStream(path, { mode: 0o640, flags: "wx" }));
        if (part.file.truncated) throw tooLarge(kind);
      }
    }
    if (originalName === undefined)
      throw new Problem(400, "invalid", "file: is required", [{ field: "file", message: "is required" }]);
    return { upload, originalName, fields };
  } catch (error) {
    await rm(path, { force: true });
    throw readable(error, kind);
  }
}

function tooLarge({ tooLarge: message }: UploadKind): Problem {
  return new Problem(413, "too-large", message, [{ field: "file", message }]);
}

function readable(error: unknown, kind: UploadKind): unknown {
  const { code = "" } = error as { code?: string };
  if (code === "FST_REQ_FILE_TOO_LARGE") return tooLarge(kind);
  if (code === "FST_FILES_LIMIT") return new Problem(400, "invalid", "Send one file at a time.");
  if (/^FST_(PARTS|FIELDS)_LIMIT$/.test(code))
    return new Problem(400, "invalid", "The form has too many fields.");
  return error;
}

/** A name for people: Windows browsers once sent whole paths; control characters would spoil a list. */
export function plain(name: string | undefined, nameless: string): string {
  const last = basename((name ?? "").replaceAll("\\", "/"));
  return (
    [...last]
      .filter((character) => !/[\p{Cc}\p{Cf}]/u.test(character))
      .join("")
      .trim()
      .slice(0, 100) || nameless
  );
}
