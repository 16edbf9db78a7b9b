/** Notices: what an agent should look at, such as a missed call. */
import { listNotices, type NoticeRow } from "../../store/reads/notices.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { phoneView } from "../phones.ts";
import { notFound } from "../problem.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/notices.ts";
import { iso, isoOrNull } from "../times.ts";

const tags = ["notices"];
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Adds the routes. */
export function noticeRoutes(api: Api, { db, commands }: ApiContext): void {
  api.get(
    "/v1/notices",
    {
      config: { permission: "notices:read" },
      schema: {
        tags,
        summary: "List notices",
        description:
          "Missed calls with the number to call back, contacts that came to an agent. Newest first. The live stream tells a new one as `notice.created` (topic agents). An agent's key sees its own.",
        "x-ledger": ["MISS-01", "MISS-02", "MISS-03", "MISS-04", "OWN-05", "DUP-11"],
        querystring: S.NoticeQuery,
        response: { 200: S.NoticePage },
      },
    },
    async (request) => {
      const { cursor, agentId, ...filter } = request.query;
      const own = onlyAgent(request.caller);
      const of = own !== undefined && agentId !== undefined && agentId !== own ? NOBODY : (own ?? agentId);
      const page = await listNotices(db, { ...filter, agentId: of, after: cursorFrom(cursor) });
      return shown(page, noticeView);
    },
  );

  api.post(
    "/v1/notices/:id/read",
    {
      config: { permission: "notices:write" },
      schema: {
        tags,
        summary: "Mark a notice as read",
        description: "Marking it again changes nothing.",
        "x-ledger": ["MISS-03"],
        params: IdParams,
        response: { 200: S.NoticeView },
      },
    },
    async (request) => {
      const { id } = request.params;
      await commands.send("notice.read", { id }, request.caller);
      const { items } = await listNotices(db, { id, agentId: onlyAgent(request.caller), limit: 1 });
      if (!items[0]) throw notFound("notice");
      return noticeView(items[0]);
    },
  );
}

function noticeView(row: NoticeRow) {
  const from = row.from === null ? null : phoneView(row.from);
  return { ...row, from, callBack: from?.e164 ?? null, at: iso(row.at), readAt: isoOrNull(row.readAt) };
}
