/** What-if: a recorded day through the same decisions, with something changed. */
import type { Static } from "typebox";
import { hoursProblems } from "../../core/routing/hours-problems.ts";
import { zoneExists } from "../../core/routing/wall-clock.ts";
import { assumptionsOf, boundsOf, isWithinBounds } from "../../core/sim/assumptions.ts";
import { ASTERISK_TIMING } from "../../core/sim/virtual-switch.ts";
import type { Question } from "../../core/sim/what-if.ts";
import { boundsOfDay, countCalls, readDay, readRows } from "../../store/reads/day.ts";
import { listQueues } from "../../store/reads/queues.ts";
import type { Api, ApiContext } from "../context.ts";
import { notFound, Problem, wrongField } from "../problem.ts";
import { IdParams } from "../schemas/common.ts";
import * as S from "../schemas/simulations.ts";
import { createSimulator } from "../simulator.ts";
import { iso } from "../times.ts";

/** More calls than these in one day are not read into memory. */
const MOST_CALLS = 50_000;

type Request = Static<typeof S.SimulationRequest>;

/** Adds the route. */
export function simulationRoutes(api: Api, { db }: ApiContext): void {
  const simulator = createSimulator();
  api.addHook("onClose", () => simulator.close());

  api.post(
    "/v1/queues/:id/simulate",
    {
      config: { permission: "queues:simulate" },
      schema: {
        tags: ["queues"],
        summary: "What if: simulate a recorded day",
        description:
          "Replays the callers of a day through the same decisions in virtual time, with changed agents, strategy, hours or limits, and answers beside the real day's figures. Nothing is changed. One day at a time: 503 while another one is simulated.",
        "x-ledger": ["ROUTE-12"],
        params: IdParams,
        body: S.SimulationRequest,
        response: { 200: S.SimulationView },
      },
    },
    async (request) => {
      const since = performance.now();
      const { id } = request.params;
      const { day, changes = {}, seed = 1 } = request.body;
      const [queue] = await listQueues(db, { id });
      if (!queue) throw notFound("queue");
      const { targetSeconds = queue.serviceLevelSeconds } = request.body;
      const zone = await zoneOf(id, request.body);
      const { question, answer } = await simulator.ask(async () => {
        const { from, to } = await checkedDay(day, zone);
        const rows = await readRows(db);
        checkChanges(changes, rows, id);
        const recorded = await readDay(db, from, to);
        return {
          ...{ day: recorded, rows, queueId: id, change: changes, targetSeconds, seed },
          timing: ASTERISK_TIMING,
        };
      });
      const { from, to, calls } = question.day;
      return {
        ...{ queueId: id, day, zone, from: iso(from), to: iso(to), calls: calls.length, targetSeconds, seed },
        ...{ ...answer, changed: [...answer.changed] },
        assumptions: assumptionsOf(question.day, question.rows, changes),
        ...{ bounds: boundsOf(answer.real), withinBounds: isWithinBounds(answer) },
        tookMs: Math.round(performance.now() - since),
      };
    },
  );

  /** The zone asked for, else that of the queue's lines. */
  async function zoneOf(queueId: string, { zone }: Request): Promise<string> {
    if (zone !== undefined) {
      if (!zoneExists(zone)) throw wrongField("zone", `unknown time zone «${zone}»`);
      return zone;
    }
    const { lines } = await readRows(db);
    return lines.find((line) => line.queueId === queueId && line.hours)?.hours?.zone ?? "UTC";
  }

  async function checkedDay(day: string, zone: string): Promise<{ from: Date; to: Date }> {
    const bounds = await boundsOfDay(db, day, zone);
    const calls = await countCalls(db, bounds.from, bounds.to);
    if (calls === 0) throw wrongField("day", `no customer's call of ${day} (${zone}) is on record`);
    if (calls > MOST_CALLS)
      throw wrongField("day", `${calls} calls are more than can be simulated at once (${MOST_CALLS})`);
    return bounds;
  }
}

function checkChanges(
  changes: NonNullable<Request["changes"]>,
  rows: Question["rows"],
  queueId: string,
): void {
  const { agents, hours } = changes;
  const [wrongHours] = hours ? hoursProblems(hours) : [];
  if (wrongHours) throw wrongField(`changes.${wrongHours.field}`, wrongHours.message);
  const lines = rows.lines.filter((line) => line.queueId === queueId);
  if (lines.length === 0)
    throw new Problem(422, "invalid", "No line leads to this queue, so there is nothing to simulate.");
  if (agents === undefined || agents === "all") return;
  if (Array.isArray(agents)) {
    const known = rows.agents.map(({ id }) => id);
    named("changes.agents", agents, known, "there is no such agent");
  } else {
    const members = rows.queues.find((queue) => queue.id === queueId)?.agents ?? [];
    named("changes.agents.remove", agents.remove ?? [], members, "is not an agent of this queue");
  }
}

function named(field: string, ids: readonly string[], known: readonly string[], message: string): void {
  const wrong = ids.findIndex((id) => !known.includes(id));
  if (wrong >= 0) throw wrongField(`${field}.${wrong}`, message);
}
