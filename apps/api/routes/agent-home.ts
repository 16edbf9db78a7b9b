/** The operator's home page: how long in which state, and how many calls, today (AGENT-11, MISS-04, D-33). */
import { agentFigures, NO_WORK } from "../../core/statistics/agent-figures.ts";
import { startOfDay } from "../../core/statistics/intervals.ts";
import { NO_TIME, stateTimes } from "../../core/statistics/state-times.ts";
import { listAgents } from "../../store/reads/agents.ts";
import { listLines } from "../../store/reads/lines.ts";
import { readAgents } from "../../store/reads/statistics/agents.ts";
import type { Api, ApiContext } from "../context.ts";
import { zoneFrom } from "../periods.ts";
import { notFound } from "../problem.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/statistics.ts";
import { iso } from "../times.ts";
import { ownId } from "./agents.ts";

const MINUTE = 60_000;

/** Adds the route. */
export function agentHomeRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    "/v1/agents/:id/home",
    {
      config: { permission: "agents:read" },
      schema: {
        tags: ["agents"],
        summary: "The agent's day",
        description:
          "Time on line and on breaks, and inbound, outbound and missed calls since midnight. An agent's key sees only its own.",
        "x-ledger": ["AGENT-11", "MISS-04"],
        params: IdParams,
        querystring: S.HomeQuery,
        response: { 200: S.HomeView },
      },
    },
    async (request) => {
      const agentId = ownId(request.caller, request.params.id);
      const [[agent], lines] = await Promise.all([listAgents(db, agentId), listLines(db, { agentId })]);
      if (!agent) throw notFound("agent");
      const now = Date.now();
      const zone = zoneFrom(request.query.zone) ?? lines.find((line) => line.hours)?.hours?.zone ?? "UTC";
      const since = startOfDay(now, zone);
      const asked = { borders: [since, now], ids: [agentId] };
      const { sums, changes } = await readAgents(db, asked, now);
      const states = stateTimes(changes.get(agentId) ?? [], asked.borders, now)[0] ?? NO_TIME;
      const figures = agentFigures(sums[0] ?? NO_WORK, states);
      const minutes = (ms: number | null) => Math.round((ms ?? 0) / MINUTE);
      return {
        agentId,
        zone,
        since: iso(since),
        at: iso(now),
        onLineMinutes: minutes(figures.onLineMs),
        outboundMinutes: minutes(figures.outboundMs),
        breakMinutes: minutes(figures.breakMs),
        workingMinutes: minutes(figures.workingMs),
        figures,
      };
    },
  );
}
