/**
 * Statistics agree with a recount: days drawn from a seed go through the real intake into PostgreSQL, the API answers,
 * and an independent count of the raw lines (tests/support/recount.ts) must give the same figures everywhere.
 * `DOZVON_SEED=<n>` repeats a day.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sql } from "kysely";
import t, { type Test } from "tap";
import { decide } from "../../apps/core/decide.ts";
import { emptyFloor } from "../../apps/core/floor.ts";
import { namesOf } from "../../apps/engine/names.ts";
import { catchUp, spoolPath } from "../../apps/engine/spools.ts";
import { Intake } from "../../apps/store/intake.ts";
import { readSettings } from "../../apps/store/settings.ts";
import { addKey, apiOn } from "../support/api.ts";
import { backfillAgentCalls } from "../support/backfill.ts";
import { withPostgres } from "../support/postgres.ts";
import {
  type Counted,
  countDay,
  recountAgent,
  recountBorders,
  recountCalls,
  type Stay,
} from "../support/recount.ts";
import { type Cast, Dice, syntheticDay, type Written } from "../support/synthetic-day.ts";

t.setTimeout(300_000);
const postgres = await withPostgres();
const { db } = postgres;
const rig = await apiOn(postgres);
t.teardown(async () => {
  await rig.stop();
  await postgres.stop();
});
const supervisor = await addKey(db, "supervisor");
const cast = await hire();
const TARGETS = [10, 20, 45];

const seed = Number(process.env.DOZVON_SEED ?? Math.floor(Math.random() * 1e9));
const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

interface Day {
  readonly what: string;
  readonly zone: string;
  readonly since: number;
  readonly until: number;
}
const DAYS: readonly Day[] = [
  {
    what: "a day of 25 hours",
    zone: "Europe/Berlin",
    since: at("2026-10-24T20:00Z"),
    until: at("2026-10-26T02:30Z"),
  },
  {
    what: "a day of 23 hours",
    zone: "Europe/Berlin",
    since: at("2026-03-28T20:10Z"),
    until: at("2026-03-30T01:00Z"),
  },
  {
    what: "midnight in Moscow",
    zone: "Europe/Moscow",
    since: at("2026-11-17T18:00Z"),
    until: at("2026-11-18T03:00Z"),
  },
  {
    what: "half an hour's jump",
    zone: "Australia/Lord_Howe",
    since: at("2026-04-04T10:00Z"),
    until: at("2026-04-05T04:00Z"),
  },
];

for (const [index, day] of DAYS.entries())
  t.test(
    `AGENT-11, MISS-04, ROUTE-12 figures agree with a recount of the raw lines: ${day.what}`,
    async (t) => {
      const drawn = seed + index;
      t.comment(`DOZVON_SEED=${seed}`);
      // Calls also arrive before and after what is asked for; some reach into it.
      const written = syntheticDay(cast, drawn, 420, day.since - 3 * HOUR, day.until + HOUR);
      await takeIn(written);
      const stays = await liveThrough(new Dice(drawn + 7), day);
      const calls = countDay(written, cast);
      const some = (what: (call: Counted) => boolean) => calls.filter(what).length > 0;
      t.ok(some((call) => call.outcome === "waiting") && some((call) => call.outcome === "failed"));
      t.ok(some((call) => call.wrapUps.length > 0) && some((call) => call.transfers > 0), "of everything");
      const folded = await agentRows();
      t.ok(folded.calls.length > 0 && folded.busy.some((row) => row.to_at === null), "some go on");
      await backfillAgentCalls(db);
      t.same(await agentRows(), folded, "the migration's back-fill says what the fold says");
      for (const interval of ["hour", "day", "total"] as const) {
        const borders = recountBorders(day.since, day.until, interval, day.zone);
        const within = borders.slice(1).map((to, place) => ({ from: borders[place] as number, to }));
        for (const what of ["queues", "lines", "agents"] as const) {
          const answer = await ask(what, day, interval);
          const expected = within.flatMap(({ from, to }) => {
            const arrived = calls.filter((call) => call.arrivedAt >= from && call.arrivedAt < to);
            return cast[what].map(({ id }) => ({
              id,
              from,
              figures: expect(what, id, arrived, calls, stays, { from, to }),
            }));
          });
          compare(t, `${what} by ${interval}`, answer, expected, interval === "total");
        }
      }
    },
  );

t.test("a call that is open at the border, and an agent signed in over midnight", async (t) => {
  const midnight = at("2026-11-10T21:00Z"); // In Moscow.
  const [agent] = cast.agents as [Cast["agents"][number]];
  const [line] = cast.lines as [Cast["lines"][number]];
  await forget();
  const times = { arrived: midnight - 60_000, ended: midnight + 120_000 };
  const id = "00000000-0000-4000-8000-00000000000a";
  await db
    .insertInto("call")
    .values({
      ...{
        id,
        linkedid: "1.1",
        type: "inbound",
        from_number: null,
        to_number: null,
        contact_id: null,
        owner_id: null,
      },
      ...{
        line_id: line.id,
        queue_id: line.queueId,
        agent_id: agent.id,
        first_offered_id: agent.id,
        culprit: null,
      },
      ...{
        arrived_at: new Date(times.arrived),
        connected_at: new Date(midnight - 30_000),
        cause: 16,
        fallback: false,
      },
      ...{ ended_at: new Date(times.ended), wait_ms: 30_000, talk_ms: 150_000, ending: "answered" },
    })
    .execute();
  await db
    .insertInto("call_leg")
    .values({
      ...{
        channel: "1.2",
        call_id: id,
        name: "PJSIP/x-00000001",
        agent_id: agent.id,
        cause: 16,
        talk_ms: 150_000,
      },
      ...{ started_at: new Date(midnight - 50_000), answered_at: new Date(midnight - 30_000) },
      ended_at: new Date(times.ended),
    })
    .execute();
  await backfillAgentCalls(db);
  await db
    .insertInto("agent_state_change")
    .values([
      { agent_id: agent.id, state: "inbound", at: new Date(midnight - 2 * HOUR), by_key: null },
      { agent_id: agent.id, state: "break", at: new Date(midnight + HOUR), by_key: null },
      { agent_id: agent.id, state: "offline", at: new Date(midnight + 1.5 * HOUR), by_key: null },
    ])
    .execute();
  const day = { what: "", zone: "Europe/Moscow", since: midnight - 24 * HOUR, until: midnight + 24 * HOUR };
  const [before, after, ...more] = (await ask("agents", day, "day")).items.filter(
    (item) => item.id === agent.id,
  );
  t.same(more, []);
  t.match(before?.figures, { answered: 1, talkMs: 150_000, busyMs: 30_000, onLineMs: 2 * HOUR, breakMs: 0 });
  t.match(after?.figures, {
    ...{ answered: 0, talkMs: 0, busyMs: 120_000, onLineMs: HOUR, breakMs: HOUR / 2, workingMs: 1.5 * HOUR },
    occupancyPercent: 3.33,
  });
  const queues = (await ask("queues", day, "day")).items;
  t.match(queues, [{ from: new Date(day.since).toISOString(), figures: { offered: 1, talkMs: 150_000 } }]);
  t.equal(queues.length, 1, "the call is the first day's alone");
});

t.test("who may see what, and files for spreadsheets", async (t) => {
  const [anna, boris] = cast.agents as [Cast["agents"][number], Cast["agents"][number]];
  const own = await addKey(db, "agent", anna.id);
  const status = async (path: string, key: string) => (await rig.ask("GET", path, key)).statusCode;
  for (const path of ["queues", "lines", "live"])
    t.equal(await status(`/v1/statistics/${path}`, own), 403, path);
  const { items } = (await rig.ask("GET", "/v1/statistics/agents", own)).json() as Table;
  t.same(
    items.map((item) => item.id),
    [anna.id],
  );
  t.equal(await status(`/v1/statistics/agents?id=${boris.id}`, own), 404);
  t.equal(await status(`/v1/agents/${boris.id}/home`, own), 404);
  t.equal(await status(`/v1/agents/${anna.id}/home`, own), 200);
  t.equal(await status("/v1/statistics/queues?zone=Mars/Base", supervisor), 422);
  t.equal(await status(`/v1/statistics/queues?id=${anna.id}`, supervisor), 404, "no queue of that id");
  await db.updateTable("agent").set({ name: "=cmd()" }).where("id", "=", anna.id).execute();
  const file = await rig.api.inject({
    url: "/v1/statistics/agents",
    headers: { authorization: `Bearer ${supervisor}`, accept: "text/csv" },
  });
  t.match(file.headers["content-type"], /text\/csv/);
  t.match(file.headers["content-disposition"], /attachment; filename="agents-\d{4}-\d\d-\d\d\.csv"/);
  t.match(file.body, /,'=cmd\(\),/, "a name is no formula");
  t.equal(file.body.trimEnd().split("\r\n").length, 1 + cast.agents.length);
  const { items: defined } = (await rig.ask("GET", "/v1/statistics/definitions", own)).json() as {
    items: { key: string }[];
  };
  for (const column of file.body.slice(1).split("\r\n")[0]?.split(",").slice(5) ?? [])
    t.ok(
      defined.some((each) => each.key === column.split(".")[0]),
      `${column} is defined`,
    );
});

interface Table {
  readonly items: readonly { id: string; from: string; figures: Record<string, unknown> }[];
}

async function ask(what: string, day: Day, interval: string): Promise<Table> {
  const query = new URLSearchParams({
    ...{ since: new Date(day.since).toISOString(), until: new Date(day.until).toISOString() },
    ...{ zone: day.zone, interval },
  });
  const answer = await rig.ask("GET", `/v1/statistics/${what}?${query}`, supervisor);
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json() as Table;
}

function expect(
  what: "queues" | "lines" | "agents",
  id: string,
  arrived: readonly Counted[],
  all: readonly Counted[],
  stays: ReadonlyMap<string, readonly Stay[]>,
  within: { from: number; to: number },
): Record<string, unknown> {
  if (what === "agents") return recountAgent(id, arrived, all, stays.get(id) ?? [], within);
  const own = arrived.filter((call) => (what === "queues" ? call.queue : call.line) === id);
  return recountCalls(own, (call) => {
    const queue = call.queue ?? cast.lines.find((line) => line.id === call.line)?.queueId;
    return 1000 * (TARGETS[cast.queues.findIndex((each) => each.id === queue)] as number);
  });
}

/** Every expected row is answered; only rows of which there is nothing to say may be left out, and no others are there. */
function compare(
  t: Test,
  what: string,
  { items }: Table,
  expected: readonly { id: string; from: number; figures: Record<string, unknown> }[],
  everybody: boolean,
): void {
  const answered = new Map(items.map((item) => [`${item.id} ${Date.parse(item.from)}`, item.figures]));
  const quiet = (figures: Record<string, unknown>) =>
    JSON.stringify(figures)
      .replace(/"abandonedByWait":\{[^}]*\}/, "")
      .match(/:[1-9]/) === null;
  const wrong = expected.flatMap(({ id, from, figures }): object[] => {
    const key = `${id} ${from}`;
    const found = answered.get(key);
    answered.delete(key);
    if (!found) return !everybody && quiet(figures) ? [] : [{ id, from, missing: figures }];
    const keys = Object.keys(figures).filter(
      (each) => JSON.stringify(figures[each]) !== JSON.stringify(found[each]),
    );
    const shown = keys.map(
      (each) => `${each}: ${JSON.stringify(found[each])}, counted ${JSON.stringify(figures[each])}`,
    );
    return keys.length > 0 || Object.keys(found).length !== Object.keys(figures).length
      ? [{ id, from, shown }]
      : [];
  });
  t.same(wrong.slice(0, 3), [], `${what}: ${expected.length} rows agree`);
  t.same([...answered.keys()], [], `${what}: and there are no others`);
}

/** Rows for the cast, straight in the database. */
async function hire(): Promise<Cast> {
  const agents = await db
    .insertInto("agent")
    .values(
      [1, 2, 3, 4, 5].map((n) => ({
        ...{
          name: `Agent ${n}`,
          short_number: `10${n}`,
          phone: `agent-10${n}-abcd`,
          sip_ha1: "0".repeat(32),
        },
      })),
    )
    .returning(["id", "phone"])
    .execute();
  const queues = await db
    .insertInto("queue")
    .values(
      ["q1", "q2", "q3"].map((key, index) => ({
        ...{
          key,
          name: `Queue ${key}`,
          all_agents: true,
          service_level_seconds: [10, 20, 45][index] as number,
        },
      })),
    )
    .returning(["id", "key"])
    .execute();
  const lines = await db
    .insertInto("line")
    .values(
      [0, 1, 2, 0].map((queue, index) => ({
        ...{ key: `l${index + 1}`, number: `+7495000010${index}`, name: `Line ${index}`, hours: null },
        queue_id: queues[queue]?.id as string,
      })),
    )
    .returning(["id", "key", "number", "queue_id as queueId"])
    .execute();
  return { agents, queues, lines };
}

/** What agents' figures add up, in one order. */
async function agentRows() {
  const calls = await db
    .selectFrom("agent_call")
    .selectAll()
    .orderBy("call_id")
    .orderBy("agent_id")
    .execute();
  const busy = await db
    .selectFrom("agent_busy")
    .selectAll()
    .orderBy("call_id")
    .orderBy("agent_id")
    .orderBy("from_at")
    .execute();
  return { calls, busy };
}

async function forget(): Promise<void> {
  await sql`truncate call, call_wrap_up, call_leg, call_event, agent_state_change, intake, recording cascade`.execute(
    db,
  );
}

/** Through the files and the real intake, as after a restart of the engine. */
async function takeIn({ cel, queueLog, decisions }: Written): Promise<void> {
  await forget();
  const folder = mkdtempSync(join(tmpdir(), "dozvon-day-"));
  const places = { log: folder, journal: join(folder, "decisions.ndjson"), maxBytes: 1e9 };
  for (const [source, text] of [
    ["cel", cel],
    ["queue", queueLog],
    ["engine", decisions],
  ] as const) {
    mkdirSync(dirname(spoolPath(places, source)), { recursive: true });
    writeFileSync(spoolPath(places, source), text);
  }
  const floor = emptyFloor();
  const { agents, queues, lines, carriers } = await readSettings(db);
  decide(floor, { kind: "settingsLoaded", at: 0, agents, queues, lines, trunks: carriers });
  const intake = new Intake(
    db,
    namesOf(() => floor),
    () => {},
  );
  await catchUp(places, intake, { ...console, debug: () => {}, info: () => {} });
  rmSync(folder, { recursive: true, force: true });
}

/** States of every agent from before the day until after it. */
async function liveThrough(dice: Dice, day: Day): Promise<Map<string, Stay[]>> {
  const stays = new Map<string, Stay[]>();
  for (const { id } of cast.agents) {
    const own: Stay[] = [];
    let from = day.since - dice.whole(0, 20) * HOUR;
    while (from < day.until + HOUR) {
      const to = from + dice.whole(1, 5 * HOUR);
      own.push({ state: dice.one(["offline", "break", "inbound", "outbound"] as const), from, to });
      from = to;
    }
    stays.set(id, own);
    const rows = own.map((stay) => ({
      agent_id: id,
      state: stay.state,
      at: new Date(stay.from),
      by_key: null,
    }));
    await db.insertInto("agent_state_change").values(rows).execute();
  }
  return stays;
}
