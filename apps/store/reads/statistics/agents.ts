/** Sums over an agent's calls, and the agent's states; core/statistics turns them into figures. */
import { sql } from "kysely";
import type { AgentState } from "../../../core/floor.ts";
import type { AgentSums } from "../../../core/statistics/agent-figures.ts";
import { NO_WORK } from "../../../core/statistics/agent-figures.ts";
import type { StateChange } from "../../../core/statistics/state-times.ts";
import type { Db } from "../../database.ts";
import type { Asked, SumsOf } from "./calls.ts";
import { instant, instants } from "./outcome.ts";
import { inOneReading } from "./reading.ts";

export interface AgentReading {
  /** Intervals in which nothing happened have no row. */
  readonly sums: readonly SumsOf<AgentSums>[];
  /** By agent, since the last change before the first border, oldest first. Who never had a state is not in it. */
  readonly changes: ReadonlyMap<string, StateChange[]>;
}

/**
 * What agents did, by interval, and the states they were in.
 * @param now channels that are still up have lasted until here
 */
export function readAgents(db: Db, asked: Asked, now: number): Promise<AgentReading> {
  return inOneReading(db, async (trx) => ({
    sums: await agentSums(trx, asked, now),
    changes: await stateChanges(trx, asked),
  }));
}

async function agentSums(db: Db, asked: Asked, now: number): Promise<SumsOf<AgentSums>[]> {
  const parts = [await callsOf(db, asked), await busy(db, asked, now)];
  const found = new Map<string, SumsOf<AgentSums>>();
  for (const row of parts.flat()) {
    const key = `${row.id} ${row.interval}`;
    found.set(key, { ...NO_WORK, ...found.get(key), ...row });
  }
  return [...found.values()];
}

async function stateChanges(db: Db, { borders, ids }: Asked): Promise<Map<string, StateChange[]>> {
  const [since, until] = [instant(borders[0] as number), instant(borders.at(-1) as number)];
  const { rows } = await sql<{ id: string; state: AgentState; at: Date }>`
    select a.id, s.state, s.at
    from agent a cross join lateral (
      (select state, at, id from agent_state_change where agent_id = a.id and at < ${since}
        order by at desc, id desc limit 1)
      union all
      select state, at, id from agent_state_change where agent_id = a.id and at >= ${since} and at < ${until}
    ) s
    where ${ids ? sql`a.id = any(${ids}::uuid[])` : sql`true`}
    order by a.id, s.at, s.id`.execute(db);
  const changes = new Map<string, StateChange[]>();
  for (const { id, state, at } of rows) {
    const own = changes.get(id) ?? [];
    own.push({ state, at: at.getTime() });
    changes.set(id, own);
  }
  return changes;
}

type Part = Partial<AgentSums> & { readonly id: string; readonly interval: number };

/** One row is one agent's part in one call (agent_call), so counting rows is counting calls. */
async function callsOf(db: Db, { borders, ids }: Asked): Promise<Part[]> {
  const [since, until] = [instant(borders[0] as number), instant(borders.at(-1) as number)];
  const { rows } = await sql<Part>`
    select agent_id as id, width_bucket(arrived_at, ${instants(borders)}) - 1 as interval,
      count(*) filter (where called and type in ('inbound', 'missed'))::int as offered,
      count(*) filter (where talk_ms is not null and type in ('inbound', 'missed'))::int as answered,
      count(*) filter (where involved and type = 'missed')::int as missed,
      count(*) filter (where involved and type = 'outbound')::int as outbound,
      count(*) filter (where talk_ms is not null and type = 'outbound')::int as "spokenOutbound",
      count(*) filter (where talk_ms is not null and type = 'internal')::int as internal,
      coalesce(sum(talk_ms) filter (where type <> 'internal'), 0)::float8 as "talkMs",
      sum(wrap_up_ms)::float8 as "wrapUpMs",
      coalesce(sum(ring_ms) filter (where type in ('inbound', 'missed')), 0)::float8 as "ringMs",
      coalesce(sum(rings) filter (where type in ('inbound', 'missed')), 0)::int as rings,
      count(*) filter (where owned)::int as "ownerCalls",
      count(*) filter (where owner_answered)::int as "ownerAnswered"
    from agent_call
    where arrived_at >= ${since} and arrived_at < ${until}
      and ${ids ? sql`agent_id = any(${ids}::uuid[])` : sql`true`}
    group by agent_id, interval`.execute(db);
  return rows;
}

/**
 * Answered channels and wrap-ups, cut at the borders. Those of one agent that overlap (two calls at once) count once:
 * each begins where those that began before it have ended. Read in the index's order, so nothing is sorted; most lie in
 * one interval, and only the others are cut.
 */
async function busy(db: Db, { borders, ids }: Asked, now: number): Promise<Part[]> {
  const since = instant(borders[0] as number);
  const until = instant(Math.min(borders.at(-1) as number, now));
  const { rows } = await sql<Part>`
    with edges as (select ${instants(borders)} as at),
    alone as (
      select agent_id, least(coalesce(to_at, ${until}), ${until}) as done,
             greatest(from_at, ${since}, max(coalesce(to_at, ${until})) over (partition by agent_id order by from_at
               rows between unbounded preceding and 1 preceding)) as begun
      from agent_busy
      where (to_at > ${since} or to_at is null) and from_at < ${until}
        and ${ids ? sql`agent_id = any(${ids}::uuid[])` : sql`true`}
    ), placed as (
      select agent_id, begun, done, width_bucket(begun, ${instants(borders)}) as first,
             width_bucket(done, ${instants(borders)}) as last
      from alone where done > begun
    ), cut as (
      select agent_id, first as place, done - begun as length from placed where first = last
      union all
      select agent_id, place, least(done, at[place + 1]) - greatest(begun, at[place])
        from placed cross join edges cross join lateral generate_series(first, last) place
       where first < last and place < ${borders.length}
    )
    select agent_id as id, place - 1 as interval, round(extract(epoch from sum(length)) * 1000)::float8 as "busyMs"
      from cut group by agent_id, place having sum(length) > interval '0'`.execute(db);
  return rows;
}
