/** Statistics of the past: queues, lines and agents by hour, day or in total, with what every figure means. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { agentFigures, NO_WORK } from "../../core/statistics/agent-figures.ts";
import { callFigures, NO_CALLS } from "../../core/statistics/call-figures.ts";
import { FIGURES } from "../../core/statistics/definitions.ts";
import type { Figure } from "../../core/statistics/figure.ts";
import { NO_TIME, stateTimes } from "../../core/statistics/state-times.ts";
import { listAgents } from "../../store/reads/agents.ts";
import { listLines } from "../../store/reads/lines.ts";
import { listQueues } from "../../store/reads/queues.ts";
import { readAgents } from "../../store/reads/statistics/agents.ts";
import { callSums } from "../../store/reads/statistics/calls.ts";
import { type Api, type ApiContext, onlyAgent } from "../context.ts";
import { csvOf, tableOf } from "../csv.ts";
import { type Period, periodFrom } from "../periods.ts";
import { notFound } from "../problem.ts";
import * as S from "../schemas/statistics.ts";
import { iso } from "../times.ts";

const tags = ["statistics"];
const CSV = "With `format=csv` or `Accept: text/csv` the same rows as a file for a spreadsheet.";

/** Adds the routes. */
export function statisticsRoutes(api: Api, context: ApiContext): void {
  const { db } = context;

  api.get(
    "/v1/statistics/definitions",
    {
      config: { permission: "me:read" },
      schema: {
        tags,
        summary: "What every figure means",
        description: "One exact sentence each, with the formula of those that are computed from others.",
        "x-ledger": ["ROUTE-12", "AGENT-11", "MISS-04"],
        response: { 200: S.Definitions },
      },
    },
    async () => ({ items: definitions() }),
  );

  api.get(
    "/v1/statistics/queues",
    {
      config: { permission: "statistics:read" },
      schema: {
        tags,
        summary: "Queues by hour, by day or in total",
        description: `Offered, answered, abandoned by wait, service level, speed of answer, talk, owner hits. ${CSV}`,
        "x-ledger": ["ROUTE-12", "MISS-04"],
        querystring: S.StatisticsQuery,
        response: { 200: S.QueueStatistics },
      },
    },
    async (request, reply) => {
      const period = periodFrom(request.query, Date.now());
      const rows = found(await listQueues(db, { id: request.query.id }), request.query.id, "queue");
      const who = rows.map(({ id, name }) => ({ id, name }));
      return answer(
        request,
        reply,
        "queues",
        await callTable(context, "queue", period, who, request.query.id),
      );
    },
  );

  api.get(
    "/v1/statistics/lines",
    {
      config: { permission: "statistics:read" },
      schema: {
        tags,
        summary: "Lines by hour, by day or in total",
        description: `The figures of queues, for the calls that came in on each number. ${CSV}`,
        "x-ledger": ["ROUTE-12", "MISS-04"],
        querystring: S.StatisticsQuery,
        response: { 200: S.LineStatistics },
      },
    },
    async (request, reply) => {
      const period = periodFrom(request.query, Date.now());
      const rows = found(await listLines(db, { id: request.query.id }), request.query.id, "line");
      const who = rows.map(({ id, name, number }) => ({ id, name, number }));
      return answer(request, reply, "lines", await callTable(context, "line", period, who, request.query.id));
    },
  );

  api.get(
    "/v1/statistics/agents",
    {
      config: { permission: "agents:read" },
      schema: {
        tags,
        summary: "Agents by hour, by day or in total",
        description: `Calls, talk, time in each state and occupancy. An agent's key sees only its own. ${CSV}`,
        "x-ledger": ["AGENT-11", "MISS-04"],
        querystring: S.StatisticsQuery,
        response: { 200: S.AgentStatistics },
      },
    },
    async (request, reply) => {
      const period = periodFrom(request.query, Date.now());
      const only = onlyAgent(request.caller);
      if (only !== undefined && only !== (request.query.id ?? only)) throw notFound("agent");
      const id = only ?? request.query.id;
      const rows = found(await listAgents(db, id), id, "agent");
      const who = rows.map(({ name, shortNumber, ...row }) => ({ id: row.id, name, shortNumber }));
      return answer(request, reply, "agents", await agentTable(context, period, who, id));
    },
  );
}

function definitions() {
  return (Object.keys(FIGURES) as (keyof typeof FIGURES)[]).flatMap((group) =>
    Object.entries<Figure>(FIGURES[group]).map(([key, { formula, ...figure }]) => ({
      group,
      key,
      ...figure,
      formula: formula ?? null,
    })),
  );
}

function found<Row>(rows: readonly Row[], id: string | undefined, what: string): readonly Row[] {
  if (id !== undefined && rows.length === 0) throw notFound(what);
  return rows;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

async function callTable<Who extends Named>(
  { db }: ApiContext,
  by: "queue" | "line",
  period: Period,
  who: readonly Who[],
  id: string | undefined,
) {
  const sums = await callSums(db, by, { borders: period.borders, ids: id === undefined ? undefined : [id] });
  const known = new Map(sums.map((each) => [`${each.id} ${each.interval}`, each]));
  return rowsOf(period, who, (each, interval) => {
    const own = known.get(`${each.id} ${interval}`);
    return own || period.interval === "total" ? callFigures(own ?? NO_CALLS) : undefined;
  });
}

async function agentTable<Who extends Named>(
  { db }: ApiContext,
  period: Period,
  who: readonly Who[],
  id: string | undefined,
) {
  const asked = { borders: period.borders, ids: id === undefined ? undefined : [id] };
  const now = Date.now();
  const { sums, changes } = await readAgents(db, asked, now);
  const known = new Map(sums.map((each) => [`${each.id} ${each.interval}`, each]));
  const states = new Map(who.map(({ id }) => [id, stateTimes(changes.get(id) ?? [], period.borders, now)]));
  return rowsOf(period, who, (each, interval) => {
    const own = known.get(`${each.id} ${interval}`);
    const figures = agentFigures(own ?? NO_WORK, states.get(each.id)?.[interval] ?? NO_TIME);
    return own || period.interval === "total" || figures.workingMs !== 0 ? figures : undefined;
  });
}

/** Everybody's intervals in order, without those of which there is nothing to say. */
function rowsOf<Who extends Named, Figures extends object>(
  period: Period,
  who: readonly Who[],
  figuresOf: (who: Who, interval: number) => Figures | undefined,
) {
  const { since, until, interval, zone, borders } = period;
  const stretches = borders
    .slice(1)
    .map((to, index) => ({ from: iso(borders[index] as number), to: iso(to) }));
  const items = who.flatMap((each) =>
    stretches.flatMap((stretch, place) => {
      const figures = figuresOf(each, place);
      return figures ? [{ ...each, ...stretch, figures }] : [];
    }),
  );
  return { since: iso(since), until: iso(until), interval, zone, items };
}

/** The table as JSON, or as a file. */
function answer<Table extends { items: { figures: object }[]; since: string }>(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  table: Table,
): Table {
  const { format } = request.query as { format?: "json" | "csv" };
  const csv =
    format === "csv" || (format === undefined && /\btext\/csv\b/.test(request.headers.accept ?? ""));
  if (!csv) return table;
  const { header, rows } = tableOf(table.items.map(({ figures, ...who }) => ({ ...who, ...figures })));
  // A text goes out as it is; the schema is that of the JSON answer.
  return reply
    .type("text/csv; charset=utf-8")
    .header("content-disposition", `attachment; filename="${name}-${table.since.slice(0, 10)}.csv"`)
    .send(csvOf(header, rows)) as never;
}
