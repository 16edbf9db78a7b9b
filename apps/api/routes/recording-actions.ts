/** What is done to recordings: several downloaded at once, deleted, held, paused, and their keys changed. */
import { listDeletions, listRecordings, recordingsByKey } from "../../store/reads/recordings.ts";
import { audit } from "../../store/writes/audit.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { rangeFrom } from "../periods.ts";
import { Problem } from "../problem.ts";
import { openRecorded } from "../recorded-file.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/recordings.ts";
import { ZIP_MOST_BYTES, type ZipEntry, zipBytes, zipStream } from "../zip.ts";
import { retentionRoutes } from "./recording-retention.ts";
import { fileName, findRecording, recordingView } from "./recordings.ts";

const tags = ["recordings"];
/** Long enough for a card number, short enough for somebody who forgets to resume. */
const PAUSE_SECONDS = 120;

/** Adds the routes. */
export function recordingActionRoutes(api: Api, context: ApiContext): void {
  downloadRoute(api, context);
  deletionRoutes(api, context);
  retentionRoutes(api, context);
  keyRoutes(api, context);
  pauseRoutes(api, context);
}

function downloadRoute(api: Api, context: ApiContext): void {
  const { db } = context;
  api.post(
    "/v1/recordings/download",
    {
      config: { permission: "recordings:read" },
      schema: {
        tags,
        summary: "Download several recordings",
        description:
          "A ZIP of WAV files, at most 4 GiB, with recordings.json that says what is what. Audited one by one.",
        "x-ledger": ["REC-01", "REC-02"],
        body: S.DownloadRequest,
        produces: ["application/zip"],
      },
    },
    async (request, reply) => {
      const { ids } = request.body;
      const only = onlyAgent(request.caller);
      const { items } = await listRecordings(db, { ids, only, limit: ids.length });
      const audible = new Map(items.filter((row) => row.state === "kept").map((row) => [row.id, row]));
      const missing = ids.flatMap((id, index) =>
        audible.has(id) ? [] : [{ field: `ids.${index}`, message: "there is no such recording with sound" }],
      );
      if (missing.length > 0)
        throw new Problem(404, "not-found", "Some of these recordings are not there.", missing);
      const rows = ids.map((id) => audible.get(id) as (typeof items)[number]);
      const list = Buffer.from(`${JSON.stringify(rows.map(listed), null, 2)}\n`);
      const entries: ZipEntry[] = rows.map((row) => ({
        name: fileName(row),
        at: row.arrivedAt ?? row.adoptedAt,
        bytes: row.bytes ?? 0,
        async read() {
          const file = await openRecorded(context.recordingsDir, row.path ?? "", context.recordingKeys);
          return file.stream(0, file.size - 1);
        },
      }));
      entries.push({ name: "recordings.json", at: new Date(), bytes: list.length, read: () => once(list) });
      const bytes = zipBytes(entries);
      if (bytes > ZIP_MOST_BYTES)
        throw new Problem(422, "too-large", "Together these are more than 4 GiB; ask for fewer at once.");
      await db.transaction().execute(async (trx) => {
        for (const { id, callId, kind } of rows)
          await audit(trx, {
            by: request.caller,
            action: "recording.downloaded",
            subjectType: "recording",
            subjectId: id,
            detail: { callId, kind, together: rows.length },
          });
      });
      return reply
        .type("application/zip")
        .header("content-length", bytes)
        .header("cache-control", "private, no-store")
        .header("content-disposition", 'attachment; filename="recordings.zip"')
        .send(zipStream(entries));
    },
  );
}

/** What the archive says of each of its files. */
function listed(row: Parameters<typeof recordingView>[0]) {
  const { id, callId, kind, durationMs, channels, sha256, pauses, from, lineName, agentId } = row;
  const arrivedAt = row.arrivedAt?.toISOString() ?? null;
  const what = { id, callId, kind, file: fileName(row), arrivedAt, from, lineName, agentId };
  return { ...what, durationMs, channels, sha256, pauses };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function deletionRoutes(api: Api, context: ApiContext): void {
  const { db, commands } = context;
  api.get(
    "/v1/recordings/deletions",
    {
      config: { permission: "recordings:manage" },
      schema: {
        tags,
        summary: "What was deleted?",
        description: "The latest deletion first. The checksum stays as proof of what it was.",
        "x-ledger": ["REC-03"],
        querystring: S.DeletionQuery,
        response: { 200: S.RecordingPage },
      },
    },
    async (request) => {
      const { cursor, ...filter } = rangeFrom(request.query);
      return shown(await listDeletions(db, { ...filter, after: cursorFrom(cursor) }), recordingView);
    },
  );

  api.delete(
    "/v1/recordings/:id",
    {
      config: { permission: "recordings:manage" },
      schema: {
        tags,
        summary: "Delete a recording",
        description:
          "Its key is destroyed, its file removed; the row stays as proof. Refused under a legal hold. Audited.",
        "x-ledger": ["REC-03"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("recording.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.post(
    "/v1/recordings/:id/hold",
    {
      config: { permission: "recordings:manage" },
      schema: {
        tags,
        summary: "Set or lift a legal hold",
        description: "A held recording is deleted by nobody, whatever its line's retention. Audited.",
        "x-ledger": ["REC-03"],
        params: IdParams,
        body: S.HoldRequest,
        response: { 200: S.RecordingView },
      },
    },
    async (request) => {
      const { id } = request.params;
      await commands.send("recording.hold", { id, ...request.body }, request.caller);
      return recordingView(await findRecording(context, request.caller, id));
    },
  );
}

function keyRoutes(api: Api, { db, commands }: ApiContext): void {
  api.get(
    "/v1/recordings/keys",
    {
      config: { permission: "recordings:manage" },
      schema: {
        tags,
        summary: "Which master keys are in use?",
        description: "After a rotation the older ones disappear from here as recordings are wrapped anew.",
        "x-ledger": ["REC-03"],
        response: { 200: S.KeyList },
      },
    },
    async () => ({
      items: [...(await recordingsByKey(db))].map(([keyId, recordings]) => ({ keyId, recordings })),
    }),
  );

  api.post(
    "/v1/recordings/keys/rotate",
    {
      config: { permission: "recordings:manage" },
      schema: {
        tags,
        summary: "Change the master key",
        description:
          "Each recording's own key is wrapped anew in the background, its sound is not touched; then the old master key is forgotten. Audited.",
        "x-ledger": ["REC-03"],
        response: { 202: S.RotatedView },
      },
    },
    async (request, reply) => {
      const rotated = await commands.send("recording.rotateKeys", {}, request.caller);
      return reply.code(202).send(rotated);
    },
  );
}

function pauseRoutes(api: Api, { commands }: ApiContext): void {
  api.post(
    "/v1/calls/:id/recording/pause",
    {
      config: { permission: "recordings:pause" },
      schema: {
        tags,
        summary: "Pause recording, for a card number",
        description:
          "Silence is recorded until somebody resumes or the time is over; asked again it gets another end. By the agent who talks, or a supervisor. Audited.",
        "x-ledger": ["REC-01"],
        params: IdParams,
        body: S.PauseRequest,
        response: { 200: S.PauseView },
      },
    },
    async (request) => {
      const { id: callId } = request.params;
      const { reason, autoResumeSeconds: seconds = PAUSE_SECONDS } = request.body;
      const args = { callId, seconds, reason };
      const { resumesAt } = await commands.send("recording.pause", args, request.caller);
      return { callId, paused: true as const, resumesAt };
    },
  );

  api.post(
    "/v1/calls/:id/recording/resume",
    {
      config: { permission: "recordings:pause" },
      schema: {
        tags,
        summary: "Resume recording",
        description: "By the agent who talks, or a supervisor. Audited.",
        "x-ledger": ["REC-01"],
        params: IdParams,
        response: { 200: S.ResumeView },
      },
    },
    async (request) => {
      const { id: callId } = request.params;
      const { resumedAt } = await commands.send("recording.resume", { callId }, request.caller);
      return { callId, paused: false as const, resumedAt };
    },
  );
}
