/** Statistics of the present: who waits now, who is there, and how the last minutes and the day have gone. */
import type { FloorView } from "../../commands/port.ts";
import { callFigures, NO_CALLS } from "../../core/statistics/call-figures.ts";
import { countStatuses } from "../../core/statistics/floor-now.ts";
import { startOfDay } from "../../core/statistics/intervals.ts";
import { listLines } from "../../store/reads/lines.ts";
import { listQueues } from "../../store/reads/queues.ts";
import { type Window, windowSums } from "../../store/reads/statistics/calls.ts";
import { type Api, type ApiContext, floorOrNull } from "../context.ts";
import { zoneFrom } from "../periods.ts";
import * as S from "../schemas/statistics.ts";
import { iso } from "../times.ts";

const MINUTE = 60_000;
const WINDOWS = ["last15Minutes", "last30Minutes", "today"] as const;

/** Adds the route. */
export function liveStatisticsRoutes(api: Api, { db, commands }: ApiContext): void {
  api.get(
    "/v1/statistics/live",
    {
      config: { permission: "statistics:read" },
      schema: {
        tags: ["statistics"],
        summary: "Queues now, in the last minutes and today",
        description: "Callers waiting, agents by status, and the service level of three windows.",
        "x-ledger": ["ROUTE-12", "AGENT-12", "MISS-04"],
        querystring: S.LiveQuery,
        response: { 200: S.LiveStatistics },
      },
    },
    async (request) => {
      const zone = zoneFrom(request.query.zone);
      const [queues, lines, floor] = await Promise.all([
        listQueues(db),
        listLines(db),
        floorOrNull(commands),
      ]);
      const now = Date.now();
      const boards = [
        board(null, zone ?? "UTC", now),
        ...queues.map(({ id }) => {
          const first = lines.find((line) => line.queueId === id && line.hours);
          return board(id, zone ?? first?.hours?.zone ?? "UTC", now);
        }),
      ];
      const sums = await windowSums(db, boards.flatMap(windowsOf));
      const shown = boards.map(({ queueId, since, zone }) => ({
        zone,
        todaySince: iso(since.today),
        ...figuresOf(sums, queueId),
      }));
      return {
        at: iso(now),
        total: { now: floor && totalNow(floor), ...(shown[0] as (typeof shown)[number]) },
        queues: queues.map((queue, index) => ({
          id: queue.id,
          name: queue.name,
          target: { seconds: queue.serviceLevelSeconds, percent: queue.serviceLevelPercent },
          now: floor && queueNow(floor, queue),
          ...(shown[index + 1] as (typeof shown)[number]),
        })),
      };
    },
  );
}

type Since = Readonly<Record<(typeof WINDOWS)[number], number>>;

function board(queueId: string | null, zone: string, now: number) {
  const since: Since = {
    last15Minutes: now - 15 * MINUTE,
    last30Minutes: now - 30 * MINUTE,
    today: startOfDay(now, zone),
  };
  return { queueId, zone, since };
}

function windowsOf({ queueId, since }: { queueId: string | null; since: Since }): Window[] {
  return WINDOWS.map((key) => ({ key, queueId, since: since[key] }));
}

function figuresOf(sums: Awaited<ReturnType<typeof windowSums>>, queueId: string | null) {
  const figures = (key: string) =>
    callFigures(sums.find((each) => each.key === key && each.queueId === queueId) ?? NO_CALLS);
  return {
    last15Minutes: figures("last15Minutes"),
    last30Minutes: figures("last30Minutes"),
    today: figures("today"),
  };
}

function queueNow(floor: FloorView, { id, agents }: { id: string; agents: "all" | string[] }) {
  const live = floor.queues.find((queue) => queue.id === id);
  const serving = agents === "all" ? floor.agents : floor.agents.filter((agent) => agents.includes(agent.id));
  return present(floor, serving, live ? [live] : []);
}

function totalNow(floor: FloorView) {
  return present(floor, floor.agents, floor.queues);
}

function present(floor: FloorView, agents: FloorView["agents"], queues: FloorView["queues"]) {
  const since = queues.flatMap((queue) => queue.longestWaitSince ?? []);
  return {
    waiting: queues.reduce((all, queue) => all + queue.waiting, 0),
    longestWaitMs: since.length > 0 ? Math.max(0, Math.round(floor.at - Math.min(...since))) : null,
    agents: countStatuses(agents.map((agent) => agent.status)),
  };
}
