/** Recordings: what there is, and the audio. */
import { listRecordings, type RecordingRow } from "../../store/reads/recordings.ts";
import { audit } from "../../store/writes/audit.ts";
import { sendAudio } from "../audio.ts";
import { type Api, type ApiContext, type Caller, onlyAgent } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { rangeFrom } from "../periods.ts";
import { notFound } from "../problem.ts";
import { openRecorded } from "../recorded-file.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/recordings.ts";
import { iso, isoOrNull } from "../times.ts";

const tags = ["recordings"];
/** A player asks for a recording in many ranges: within this time they are one listening. */
const ONE_LISTENING_SECONDS = 300;

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
        description:
          "Newest first. An agent's key sees those of the calls in which it talked, and no messages.",
        "x-ledger": ["REC-01", "REC-05"],
        querystring: S.RecordingQuery,
        response: { 200: S.RecordingPage },
      },
    },
    async (request) => {
      const { cursor, ...filter } = rangeFrom(request.query);
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
        description: "Its state, length, checksum and pauses.",
        "x-ledger": ["REC-01"],
        params: IdParams,
        response: { 200: S.RecordingView },
      },
    },
    async (request) => recordingView(await findRecording(context, request.caller, request.params.id)),
  );

  api.route({
    method: ["GET", "HEAD"],
    url: "/v1/recordings/:id/audio",
    config: { permission: "recordings:read" },
    schema: {
      tags,
      summary: "Listen to a recording, or download it",
      description:
        "WAV; with Range, so a player can jump. The ETag is the plain file's SHA-256. Who listens or downloads is audited.",
      "x-ledger": ["REC-01", "REC-02", "REC-05", "ROLE-06"],
      params: IdParams,
      querystring: S.AudioQuery,
      produces: ["audio/wav"],
    },
    handler: async (request, reply) => {
      const { caller } = request;
      const row = await findRecording(context, caller, request.params.id);
      if (row.state !== "kept" || row.path === null) throw notFound("audio");
      const file = await openRecorded(context.recordingsDir, row.path, context.recordingKeys);
      const { download = false } = request.query;
      return sendAudio(request, reply, {
        file,
        sha256: row.sha256,
        saveAs: download ? fileName(row) : undefined,
        onSend: () =>
          audit(db, {
            by: caller,
            action: download ? "recording.downloaded" : "recording.listened",
            subjectType: "recording",
            subjectId: row.id,
            detail: { callId: row.callId, kind: row.kind },
            onceInSeconds: request.headers.range === undefined ? 0 : ONE_LISTENING_SECONDS,
          }),
      });
    },
  });
}

/** The recording, if this caller may see it. @throws Problem 404 */
export async function findRecording({ db }: ApiContext, caller: Caller, id: string): Promise<RecordingRow> {
  const [row] = (await listRecordings(db, { ids: [id], only: onlyAgent(caller), limit: 1 })).items;
  if (!row) throw notFound("recording");
  return row;
}

/** A recording without its place on the disk. */
export function recordingView(row: RecordingRow) {
  const audible = row.state === "kept" && row.path !== null;
  return {
    ...row,
    encrypted: row.keyId !== null,
    pauses: [...row.pauses],
    adoptedAt: iso(row.adoptedAt),
    deletedAt: isoOrNull(row.deletedAt),
    audio: audible ? `/v1/recordings/${row.id}/audio` : null,
  };
}

/** What a downloaded recording is called: when, who, and the id that every export shows (REC-01). */
export function fileName({ id, kind, arrivedAt, adoptedAt, from }: RecordingRow): string {
  const when = iso(arrivedAt ?? adoptedAt)
    .slice(0, 19)
    .replaceAll(":", "-");
  const who = (from ?? "").replace(/[^0-9]/g, "") || "unknown";
  return `${when}Z_${who}${kind === "voicemail" ? "_voicemail" : ""}_${id}.wav`;
}
