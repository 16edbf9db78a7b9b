/** The end of recordings whose time is over: what the nightly run did, and a run at once (REC-03). */
import { countExpired, lastRetentionRun } from "../../store/reads/retention.ts";
import type { Api, ApiContext } from "../context.ts";
import * as S from "../schemas/recordings.ts";

const tags = ["recordings"];

/** Adds the routes. */
export function retentionRoutes(api: Api, { db, commands }: ApiContext): void {
  api.get(
    "/v1/recordings/retention",
    {
      config: { permission: "recordings:manage" },
      schema: {
        tags,
        summary: "What is past its retention, and what the last run did",
        description: "A run comes every night; each line says how long its recordings are kept.",
        "x-ledger": ["REC-03"],
        response: { 200: S.RetentionView },
      },
    },
    async () => ({ ...(await countExpired(db)), lastRun: (await lastRetentionRun(db)) ?? null }),
  );

  api.post(
    "/v1/recordings/retention",
    {
      config: { permission: "recordings:manage" },
      schema: {
        tags,
        summary: "Delete now what is past its retention",
        description: "The nightly run, at once. Legal holds are kept. Audited, and so is each deletion.",
        "x-ledger": ["REC-03"],
        response: { 200: S.RetentionRun },
      },
    },
    (request) => commands.send("recording.eraseExpired", {}, request.caller),
  );
}
