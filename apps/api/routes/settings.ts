/** Who changed which settings, and taking a change back. */
import type { UndoableCommand } from "../../commands/port.ts";
import { findChange, listChanges } from "../../store/reads/setting-changes.ts";
import type { Api, ApiContext } from "../context.ts";
import { cursorFrom, shown } from "../pages.ts";
import { type Permission, scopeOf } from "../permissions.ts";
import { notFound, Problem } from "../problem.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/settings.ts";
import { iso } from "../times.ts";

const tags = ["settings"];

/** Who may make a change may take it back. */
const NEEDED: Readonly<Record<UndoableCommand, Permission>> = {
  "agent.change": "agents:write",
  "queue.change": "queues:write",
  "line.change": "lines:write",
  "tariff.change": "tariffs:write",
  "menu.change": "menus:write",
  "trunk.change": "trunks:write",
  "pbx.change": "trunks:write",
  "numbers.change": "numbers:write",
  "company.change": "company:write",
  "campaign.change": "campaigns:write",
};

/** Adds the routes. */
export function settingRoutes(api: Api, { db, commands }: ApiContext): void {
  api.get(
    "/v1/settings/changes",
    {
      config: { permission: "settings:read" },
      schema: {
        tags,
        summary: "List changes of settings",
        description:
          "Every change of queues, lines, agents, menus, trunks, the own PBX, numbers, tariffs and the company: who, what, when, before and after; newest first. What is made or deleted is not in it; of a password only that it changed.",
        "x-ledger": ["LINE-18"],
        querystring: S.SettingChangeQuery,
        response: { 200: S.SettingChangePage },
      },
    },
    async (request) => {
      const { cursor, ...filter } = request.query;
      const page = await listChanges(db, { ...filter, after: cursorFrom(cursor) });
      return shown(page, (row) => ({ ...row, at: iso(row.at) }));
    },
  );

  api.post(
    "/v1/settings/changes/:id/undo",
    {
      config: { permission: "queues:write" },
      schema: {
        tags,
        summary: "Take a change back",
        description:
          "The settings become what they were before, with the same checks as any change, and this is logged too. Refused (409) when the settings are not as this change left them (`changed-since`), or it concerns a password (`no-undo`).",
        "x-ledger": ["LINE-18"],
        params: IdParams,
        body: S.Undo,
        response: { 200: S.Undone },
      },
    },
    async (request) => {
      const change = await findChange(db, request.params.id);
      if (!change) throw notFound("change");
      const needed = NEEDED[change.command as UndoableCommand];
      if (scopeOf(request.caller.role, needed) !== "all")
        throw new Problem(403, "forbidden", `a key with the role ${request.caller.role} may not ${needed}`);
      const { applied } = await commands.send(
        "setting.undo",
        { ...request.params, force: request.body.force ?? false },
        request.caller,
      );
      return { applied };
    },
  );
}
