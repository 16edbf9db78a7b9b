/** Recordings: what there is, and the audio. */
import { listRecordings, type RecordingRow } from "../../store/reads/recordings.ts";
import { sendAudio } from "../audio.ts";
import { type Api, type ApiContext, type Caller, onlyAgent } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { notFound } from "../problem.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/recordings.ts";
import { iso } from "../times.ts";

const tags = ["recordings"];

/** Adds the routes. */
export function recordingRoutes(api: Api, context: ApiContext): void {
  const { db } = context;

  api.get(
    "/v1/recordings",
    {
      config: { permission: "recordings:read" },
      schema: {
        tags,
        summary: "List recordings",
        description: "Newest first. An agent's key sees those of its own calls.",
        "x-ledger": ["REC-01"],
        querystring: S.RecordingQuery,
        response: { 200: S.RecordingPage },
      },
    },
    async (request) => {
      const { cursor, ...filter } = request.query;
      const only = onlyAgent(request.caller);
      return shown(await listRecordings(db, { ...filter, only, after: cursorFrom(cursor) }), recordingView);
    },
  );

  api.get(
    "/v1/recordings/:id",
    {
      config: { permission: "recordings:read" },
      schema: {
        tags,
        summary: "Show one recording",
        description: "Its state, length and checksum.",
        "x-ledger": ["REC-01"],
        params: IdParams,
        response: { 200: S.RecordingView },
      },
    },
    async (request) => recordingView(await find(context, request.caller, request.params.id)),
  );

  api.route({
    method: ["GET", "HEAD"],
    url: "/v1/recordings/:id/audio",
    config: { permission: "recordings:read" },
    schema: {
      tags,
      summary: "Listen to a recording",
      description: "WAV; with Range, so a player can jump. The ETag is the file's SHA-256.",
      "x-ledger": ["REC-01", "ROLE-06"],
      params: IdParams,
      produces: ["audio/wav"],
    },
    handler: async (request, reply) => {
      const row = await find(context, request.caller, request.params.id);
      if (row.state !== "kept" || row.path === null) throw notFound("audio");
      return sendAudio(request, reply, { folder: context.recordingsDir, path: row.path, sha256: row.sha256 });
    },
  });
}

async function find({ db }: ApiContext, caller: Caller, id: string): Promise<RecordingRow> {
  const [row] = (await listRecordings(db, { id, only: onlyAgent(caller), limit: 1 })).items;
  if (!row) throw notFound("recording");
  return row;
}

/** A recording without its place on the disk. */
export function recordingView(row: RecordingRow) {
  const audible = row.state === "kept" && row.path !== null;
  return {
    ...row,
    adoptedAt: iso(row.adoptedAt),
    audio: audible ? `/v1/recordings/${row.id}/audio` : null,
  };
}
