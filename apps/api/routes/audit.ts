/** The audit: who listened, downloaded, deleted, paused, rotated. */
import { listAudit } from "../../store/reads/audit.ts";
import type { Api, ApiContext } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { rangeFrom } from "../periods.ts";
import * as S from "../schemas/audit.ts";
import { iso } from "../times.ts";

/** Adds the route. */
export function auditRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    "/v1/audit",
    {
      config: { permission: "audit:read" },
      schema: {
        tags: ["audit"],
        summary: "Who did what?",
        description: "Newest first. Rows are never changed and never deleted, not even by us.",
        "x-ledger": ["REC-05"],
        querystring: S.AuditQuery,
        response: { 200: S.AuditPage },
      },
    },
    async (request) => {
      const { cursor, ...filter } = rangeFrom(request.query);
      const page = await listAudit(db, { ...filter, after: cursorFrom(cursor) });
      return shown(page, (row) => ({ ...row, at: iso(row.at) }));
    },
  );
}
