/** Sends a recording's bytes, whole or one range of them (RFC 9110, 14). */
import type { FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "./problem.ts";
import type { RecordedFile } from "./recorded-file.ts";

export interface Audio {
  readonly file: RecordedFile;
  /** Of the plain bytes; the ETag. */
  readonly sha256: string | null;
  /** What a browser should call it; undefined: it is played, not saved. */
  readonly saveAs?: string | undefined;
  /** Called before the first byte is sent; nothing is sent when it throws. */
  onSend?(): Promise<void>;
}

interface Range {
  readonly from: number;
  /** Included. */
  readonly to: number;
}

/** Sends and closes the file. @throws Problem 416 when the range lies outside it. */
export async function sendAudio(request: FastifyRequest, reply: FastifyReply, audio: Audio) {
  const { file, sha256, saveAs } = audio;
  try {
    const { size } = file;
    const etag = sha256 === null ? undefined : `"${sha256}"`;
    reply.header("accept-ranges", "bytes").type("audio/wav").header("cache-control", "private, no-cache");
    if (etag) reply.header("etag", etag);
    if (saveAs) reply.header("content-disposition", `attachment; filename="${saveAs}"`);
    if (etag && request.headers["if-none-match"] === etag) return await finish(file, reply.code(304));
    const range = rangeOf(request, etag, size);
    if (range === "outside") {
      reply.header("content-range", `bytes */${size}`);
      throw new Problem(416, "range", `The recording has ${size} bytes.`);
    }
    if (range) reply.code(206).header("content-range", `bytes ${range.from}-${range.to}/${size}`);
    const { from, to } = range ?? { from: 0, to: size - 1 };
    reply.header("content-length", to - from + 1);
    if (request.method === "HEAD" || size === 0) return await finish(file, reply);
    await audio.onSend?.();
    return reply.send(file.stream(from, to));
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function finish(file: RecordedFile, reply: FastifyReply): Promise<FastifyReply> {
  await file.close();
  return reply.send();
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
