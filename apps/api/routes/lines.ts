/** Lines: inbound numbers, each with its own settings. */
import type { Applied } from "../../commands/port.ts";
import type { PresetName } from "../../core/dialling/presets.ts";
import { type Hours, isOpen } from "../../core/routing/hours.ts";
import { hoursProblems } from "../../core/routing/hours-problems.ts";
import { nextTimes, openTimes } from "../../core/routing/opening-times.ts";
import { localText, zoneExists } from "../../core/routing/wall-clock.ts";
import { listLines } from "../../store/reads/lines.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { instantFrom } from "../periods.ts";
import { forwardNumberFrom, phoneFrom, phoneView, phoneViewOrNull } from "../phones.ts";
import { notFound, Problem } from "../problem.ts";
import { IdParams, Nothing } from "../schemas/common.ts";
import * as S from "../schemas/lines.ts";
import { iso, isoOrNull } from "../times.ts";

const tags = ["lines"];
const WEEK_MS = 7 * 86_400_000;

/** Adds the routes. */
export function lineRoutes(api: Api, context: ApiContext): void {
  const { db, commands, country } = context;

  api.get(
    "/v1/lines",
    {
      config: { permission: "lines:read" },
      schema: {
        tags,
        summary: "List lines",
        description: "An agent's key sees the lines it serves.",
        "x-ledger": ["LINE-14", "LINE-15", "LINE-18"],
        response: { 200: S.LineList },
      },
    },
    async (request) => {
      const rows = await listLines(db, { agentId: onlyAgent(request.caller) });
      return { items: rows.map(lineView) };
    },
  );

  api.post(
    "/v1/lines",
    {
      config: { permission: "lines:write" },
      schema: {
        tags,
        summary: "Create a line",
        description: "The number may be spelt in any usual way.",
        "x-ledger": ["LINE-14", "LINE-15", "ROUTE-05", "ROUTE-07", "PROMPT-08"],
        body: S.NewLine,
        response: { 201: S.LineApplied },
      },
    },
    async (request, reply) => {
      const fields = { ...S.NEW_LINE, ...request.body };
      checkHours(fields.hours);
      const number = phoneFrom(fields.number, country, "number");
      const { id, applied } = await commands.send(
        "line.create",
        { ...fields, number, ...forwardNumberFrom(fields, country) },
        request.caller,
      );
      return reply.code(201).send(withWarnings(await show(context, id), applied));
    },
  );

  api.get(
    "/v1/lines/:id",
    {
      config: { permission: "lines:read" },
      schema: {
        tags,
        summary: "Show one line",
        description: "All of its settings.",
        "x-ledger": ["LINE-14", "LINE-15"],
        params: IdParams,
        response: { 200: S.LineView },
      },
    },
    (request) => show(context, request.params.id, onlyAgent(request.caller)),
  );

  api.patch(
    "/v1/lines/:id",
    {
      config: { permission: "lines:write" },
      schema: {
        tags,
        summary: "Change a line, or all lines",
        description:
          "With scope=all the same settings are saved for every line; number and name stay their own.",
        "x-ledger": ["LINE-14", "PROMPT-01", "PROMPT-03", "PROMPT-04", "PROMPT-05", "PROMPT-06", "PROMPT-07"],
        params: IdParams,
        querystring: S.LineScope,
        body: S.LineChange,
        response: { 200: S.LineApplied },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { number: text, ...given } = request.body;
      const rest = { ...given, ...forwardNumberFrom(given, country) };
      checkHours(rest.hours);
      const change = text === undefined ? rest : { ...rest, number: phoneFrom(text, country, "number") };
      const args = { id, change, scope: request.query.scope };
      const { applied } = await commands.send("line.change", args, request.caller);
      return withWarnings(await show(context, id), applied);
    },
  );

  api.delete(
    "/v1/lines/:id",
    {
      config: { permission: "lines:write" },
      schema: {
        tags,
        summary: "Delete a line",
        description: "Its calls stay in the journal.",
        "x-ledger": ["LINE-18"],
        params: IdParams,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await commands.send("line.delete", request.params, request.caller);
      return reply.code(204).send(undefined);
    },
  );

  api.get(
    "/v1/lines/:id/open",
    {
      config: { permission: "lines:read" },
      schema: {
        tags,
        summary: "Is the line open at this instant, and when does that change?",
        description: "Evaluated in the line's own zone (D-07); shown on the reader's clock with `zone`.",
        "x-ledger": ["ROUTE-07", "ROUTE-08"],
        params: IdParams,
        querystring: S.OpenQuery,
        response: { 200: S.OpenView },
      },
    },
    async (request) => {
      const line = await show(context, request.params.id, onlyAgent(request.caller));
      const at = request.query.at === undefined ? Date.now() : instantFrom(request.query.at, "at");
      return openView(line.hours ?? undefined, at, request.query.zone);
    },
  );
}

/** @throws Problem 422 for a zone that does not exist. */
function openView(hours: Hours | undefined, at: number, asked: string | undefined) {
  const zone = asked ?? hours?.zone ?? "Etc/UTC";
  if (!zoneExists(zone)) {
    const problem = { field: "zone", message: `unknown time zone «${zone}»` };
    throw new Problem(422, "invalid", `${problem.field}: ${problem.message}`, [problem]);
  }
  const { open, nextChangeAt, nextOpenAt } = nextTimes(hours, at);
  const shown = (time: number) => localText(zone, time);
  return {
    open,
    zone: hours?.zone ?? null,
    localTime: hours ? localText(hours.zone, at) : null,
    nextChangeAt: isoOrNull(nextChangeAt),
    nextOpenAt: isoOrNull(nextOpenAt),
    shown: {
      zone,
      localTime: shown(at),
      nextChange: nextChangeAt === undefined ? null : shown(nextChangeAt),
      openTimes: openTimes(hours, at, at + WEEK_MS).map(({ from, to }) => ({
        from: shown(from),
        to: shown(to),
      })),
    },
  };
}

async function show({ db }: ApiContext, id: string, agentId?: string) {
  const [row] = await listLines(db, { id, agentId });
  if (!row) throw notFound("line");
  return lineView(row);
}

/** What was changed and does less than it seems: FWD-02. */
function withWarnings<View extends ReturnType<typeof lineView>>(view: View, applied: Applied["applied"]) {
  if (view.forwardMode !== "number" || view.forwardVerifiedAt !== null) return { ...view, applied };
  const number = view.forwardNumber?.display ?? "the number";
  const warning = `nothing is forwarded to ${number} until it is verified: POST /v1/verifications`;
  return { ...view, applied: { ...applied, warnings: [...applied.warnings, warning] } };
}

function lineView(row: Awaited<ReturnType<typeof listLines>>[number]) {
  const openNow = isOpen(row.hours ?? undefined, Date.now());
  return {
    ...row,
    dialPreset: row.dialPreset as PresetName,
    dialWeek: row.dialWeek && [...row.dialWeek],
    number: phoneView(row.number),
    forwardNumber: phoneViewOrNull(row.forwardNumber),
    forwardVerifiedAt: isoOrNull(row.forwardVerifiedAt),
    openNow,
    createdAt: iso(row.createdAt),
  };
}

/** @throws Problem 422 naming each field that makes no sense. */
function checkHours(hours: Hours | null | undefined): void {
  const problems = hours ? hoursProblems(hours) : [];
  const [first] = problems;
  if (first) throw new Problem(422, "invalid", `${first.field}: ${first.message}`, problems);
}
