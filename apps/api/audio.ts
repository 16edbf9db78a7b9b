/** Sends a recording's bytes, whole or one range of them (RFC 9110, 14). */
import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import { notFound, Problem } from "./problem.ts";

export interface AudioFile {
  /** Nothing outside this folder is sent. */
  readonly folder: string;
  /** From the row, relative to the folder; never from the request. */
  readonly path: string;
  readonly sha256: string | null;
}

interface Range {
  readonly from: number;
  /** Included. */
  readonly to: number;
}

/** @throws Problem 404 when there is no such plain file, 416 when the range lies outside it. */
export async function sendAudio(request: FastifyRequest, reply: FastifyReply, file: AudioFile) {
  const handle = await openInside(file);
  try {
    const { size } = await handle.stat();
    const etag = file.sha256 === null ? undefined : `"${file.sha256}"`;
    reply.header("accept-ranges", "bytes").type("audio/wav").header("cache-control", "private, no-cache");
    if (etag) reply.header("etag", etag);
    if (etag && request.headers["if-none-match"] === etag) return await finish(handle, reply.code(304));
    const range = rangeOf(request, etag, size);
    if (range === "outside") {
      reply.header("content-range", `bytes */${size}`);
      throw new Problem(416, "range", `The recording has ${size} bytes.`);
    }
    if (range) reply.code(206).header("content-range", `bytes ${range.from}-${range.to}/${size}`);
    const { from, to } = range ?? { from: 0, to: size - 1 };
    reply.header("content-length", to - from + 1);
    if (request.method === "HEAD" || size === 0) return await finish(handle, reply);
    return reply.send(handle.createReadStream({ start: from, end: to }));
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function finish(handle: FileHandle, reply: FastifyReply): Promise<FastifyReply> {
  await handle.close();
  return reply.send();
}

/** A plain file below the folder, reached through no symbolic link. */
async function openInside({ folder, path }: AudioFile): Promise<FileHandle> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined) throw notFound("audio");
  const wanted = resolve(root, path);
  const real = await realpath(wanted).catch(() => undefined);
  if (!wanted.startsWith(root + sep) || real !== wanted) throw notFound("audio");
  const handle = await open(wanted, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notFound("audio");
}

/** One range; several, or nonsense, are answered with the whole, as the RFC allows. */
function rangeOf(
  request: FastifyRequest,
  etag: string | undefined,
  size: number,
): Range | "outside" | undefined {
  const unchanged = request.headers["if-range"];
  if (unchanged !== undefined && unchanged !== etag) return undefined;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(request.headers.range ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "")
    return Number(last) === 0 || size === 0
      ? "outside"
      : { from: Math.max(0, size - Number(last)), to: size - 1 };
  const from = Number(first);
  const to = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < from) return undefined;
  return from >= size ? "outside" : { from, to };
}
