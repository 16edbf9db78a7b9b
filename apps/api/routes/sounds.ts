/** Uploaded sounds: for the prompts of lines and the greetings of menus. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import multipart from "@fastify/multipart";
import { listSounds } from "../../store/reads/sounds.ts";
import { sendAudio } from "../audio.ts";
import type { Api, ApiContext } from "../context.ts";
import { notFound } from "../problem.ts";
import { openRecorded } from "../recorded-file.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/sounds.ts";
import { iso } from "../times.ts";
import { MOST_BYTES, takeUpload, uploadLimits } from "../uploads.ts";
import { validatorFor } from "../validate.ts";

const tags = ["sounds"];
const checkForm = validatorFor({ schema: S.SoundForm, httpPart: "body" });

/** Adds the routes, and the understanding of multipart forms to this scope. */
export async function soundRoutes(api: Api, context: ApiContext): Promise<void> {
  const { db, commands, soundsDir } = context;
  await api.register(multipart, { limits: uploadLimits(MOST_BYTES) });

  api.get(
    "/v1/sounds",
    {
      config: { permission: "sounds:read" },
      schema: {
        tags,
        summary: "List uploaded sounds",
        description: "With the slots that play them. At most 20 per company.",
        "x-ledger": ["PROMPT-02"],
        response: { 200: S.SoundList },
      },
    },
    async () => ({ items: (await listSounds(db)).map(soundView) }),
  );

  api.post(
    "/v1/sounds",
    {
      config: { permission: "sounds:write" },
      // The body is a stream: takeUpload and checkForm look at it.
      validatorCompiler: () => (value: unknown) => ({ value }),
      schema: {
        tags,
        summary: "Upload a sound",
        description:
          "MP3, WAV or WMA, told by content; at most 10 MB, 10 minutes and 20 files. It is brought to one loudness. The first upload may take a minute: the converter is fetched then.",
        "x-ledger": ["PROMPT-02", "IVR-03"],
        consumes: ["multipart/form-data"],
        body: S.SoundUpload,
        response: { 201: S.SoundView },
      },
    },
    async (request, reply) => {
      const folder = join(soundsDir, "incoming");
      const { upload, originalName, fields } = await takeUpload(request, folder);
      try {
        const form = checkForm({ name: originalName, ...fields });
        if ("error" in form) throw form.error;
        const { name, language = null } = form.value as { name: string; language?: "ru" | "en" };
        const args = { name, language, originalName, upload };
        const { id } = await commands.send("sound.create", args, request.caller);
        return reply.code(201).send(await show(context, id));
      } finally {
        // The engine has taken it, or nobody will.
        await rm(join(folder, upload), { force: true });
      }
    },
  );

  api.get(
    "/v1/sounds/:id",
    {
      config: { permission: "sounds:read" },
      schema: {
        tags,
        summary: "Show one sound",
        description: "Its length, its original's checksum, and where it is used.",
        "x-ledger": ["PROMPT-02"],
        params: IdParams,
        response: { 200: S.SoundView },
      },
    },
    (request) => show(context, request.params.id),
  );

  api.route({
    method: ["GET", "HEAD"],
    url: "/v1/sounds/:id/audio",
    config: { permission: "sounds:read" },
    schema: {
      tags,
      summary: "Listen to a sound",
      description: "What callers hear, as WAV; with Range.",
      "x-ledger": ["PROMPT-02"],
      params: IdParams,
      produces: ["audio/wav"],
    },
    handler: async (request, reply) => {
      const { id } = await show(context, request.params.id);
      return sendAudio(request, reply, {
        file: await openRecorded(join(soundsDir, "listen"), `${id}.wav`, context.recordingKeys),
        sha256: null,
      });
    },
  });

  api.patch(
    "/v1/sounds/:id",
    {
      config: { permission: "sounds:write" },
      schema: {
        tags,
        summary: "Rename a sound",
        description: "Its content never changes: upload another one instead.",
        "x-ledger": ["PROMPT-02"],
        params: IdParams,
        body: S.SoundChange,
        response: { 200: S.SoundView },
      },
    },
    async (request) => {
      const { id } = request.params;
      await commands.send("sound.change", { id, change: request.body }, request.caller);
      return show(context, id);
    },
  );

  api.delete(
    "/v1/sounds/:id",
    {
      config: { permission: "sounds:write" },
      schema: {
        tags,
        summary: "Delete a sound",
        description: "Refused (409) while a line or a menu plays it; the answer says which.",
        "x-ledger": ["PROMPT-02"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("sound.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );
}

async function show({ db }: ApiContext, id: string) {
  const [row] = await listSounds(db, { id });
  if (!row) throw notFound("sound");
  return soundView(row);
}

function soundView(row: Awaited<ReturnType<typeof listSounds>>[number]) {
  return { ...row, createdAt: iso(row.createdAt), audio: `/v1/sounds/${row.id}/audio` };
}
