/** Sums over an agent's calls, and the agent's states; core/statistics turns them into figures. */
import { sql } from "kysely";
import type { AgentState } from "../../../core/floor.ts";
import type { AgentSums } from "../../../core/statistics/agent-figures.ts";
import { NO_WORK } from "../../../core/statistics/agent-figures.ts";
import type { StateChange } from "../../../core/statistics/state-times.ts";
import type { Db } from "../../database.ts";
import type { Asked, SumsOf } from "./calls.ts";
import { instant, instants, isCustomers, outcomeOf } from "./outcome.ts";
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
  const parts = [await callsOf(db, asked), await ownedBy(db, asked), await busy(db, asked, now)];
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

/** First by call and agent, so that a phone called twice for one call is one call. */
async function callsOf(db: Db, { borders, ids }: Asked): Promise<Part[]> {
  const [since, until] = [instant(borders[0] as number), instant(borders.at(-1) as number)];
  const theirs = (column: string) =>
    ids ? sql`${sql.ref(column)} = any(${ids}::uuid[])` : sql`${sql.ref(column)} is not null`;
  const arrived = sql`c.arrived_at >= ${since} and c.arrived_at < ${until}`;
  const { rows } = await sql<Part>`
    with legs as (
      select l.agent_id, c.id as call_id, c.type, c.arrived_at, l.channel <> c.linkedid as called, l.talk_ms,
             case when l.channel <> c.linkedid then l.answered_at - l.started_at end as ring,
             null::numeric as wrap_up_ms
      from call c join call_leg l on l.call_id = c.id
      where ${arrived} and ${theirs("l.agent_id")}
      union all
      select c.first_offered_id, c.id, c.type, c.arrived_at, false, null, null, null
      from call c where ${arrived} and c.type = 'missed' and ${theirs("c.first_offered_id")}
      union all
      select w.agent_id, c.id, c.type, c.arrived_at, false, null, null,
             extract(epoch from w.ended_at - w.started_at) * 1000
      from call c join call_wrap_up w on w.call_id = c.id
      where ${arrived} and w.started_at >= ${since} and w.ended_at is not null and ${theirs("w.agent_id")}
    ), each_call as (
      select agent_id, type, width_bucket(arrived_at, ${instants(borders)}) - 1 as interval,
             type in ('inbound', 'missed') as customers, bool_or(called) as called,
             sum(talk_ms) as talk_ms, sum(ring) as ring, count(ring) as rings,
             sum(wrap_up_ms) as wrap_up_ms
      from legs group by agent_id, call_id, type, arrived_at
    )
    select agent_id as id, interval,
      count(*) filter (where customers and called)::int as offered,
      count(*) filter (where customers and talk_ms is not null)::int as answered,
      count(*) filter (where type = 'missed')::int as missed,
      count(*) filter (where type = 'outbound')::int as outbound,
      count(*) filter (where type = 'outbound' and talk_ms is not null)::int as "spokenOutbound",
      count(*) filter (where type = 'internal' and talk_ms is not null)::int as internal,
      coalesce(sum(talk_ms) filter (where type <> 'internal'), 0)::float8 as "talkMs",
      coalesce(sum(wrap_up_ms), 0)::float8 as "wrapUpMs",
      coalesce(round(extract(epoch from sum(ring) filter (where customers)) * 1000), 0)::float8 as "ringMs",
      coalesce(sum(rings) filter (where customers), 0)::int as rings
    from each_call group by agent_id, interval`.execute(db);
  return rows;
}

async function ownedBy(db: Db, { borders, ids }: Asked): Promise<Part[]> {
  const [since, until] = [instant(borders[0] as number), instant(borders.at(-1) as number)];
  const { rows } = await sql<Part>`
    with owned as (
      select c.owner_id, c.agent_id, width_bucket(c.arrived_at, ${instants(borders)}) - 1 as interval,
             ${outcomeOf} as outcome
      from call c
      where c.arrived_at >= ${since} and c.arrived_at < ${until} and ${isCustomers}
        and ${ids ? sql`c.owner_id = any(${ids}::uuid[])` : sql`c.owner_id is not null`}
    )
    select owner_id as id, interval, count(*)::int as "ownerCalls",
           count(*) filter (where outcome = 'answered' and agent_id = owner_id)::int as "ownerAnswered"
    from owned where outcome <> 'out-of-hours' group by owner_id, interval`.execute(db);
  return rows;
}

/**
 * Answered channels and wrap-ups, cut at the borders. Those of one agent that overlap (a consultation) count once: each begins
 * where those that began before it have ended. A channel whose end Asterisk could not write ended with its call.
 */
async function busy(db: Db, { borders, ids }: Asked, now: number): Promise<Part[]> {
  const since = instant(borders[0] as number);
  const until = instant(Math.min(borders.at(-1) as number, now));
  const { rows } = await sql<Part>`
    with edges as (select ${instants(borders)} as at),
    legs as (
      select l.agent_id, greatest(l.answered_at, ${since}) as begun,
             least(coalesce(l.ended_at, (select c.ended_at from call c where c.id = l.call_id)), ${until}) as done
      from call_leg l
      where (l.ended_at > ${since} or l.ended_at is null) and l.answered_at < ${until}
        and ${ids ? sql`l.agent_id = any(${ids}::uuid[])` : sql`l.agent_id is not null`}
      union all
      select w.agent_id, greatest(w.started_at, ${since}), least(coalesce(w.ended_at, ${until}), ${until})
      from call_wrap_up w
      where (w.ended_at > ${since} or w.ended_at is null) and w.started_at < ${until}
        and ${ids ? sql`w.agent_id = any(${ids}::uuid[])` : sql`true`}
    ), alone as (
      select agent_id, done, greatest(begun, max(done) over (partition by agent_id order by begun, done
               rows between unbounded preceding and 1 preceding)) as begun
      from legs where done > begun
    )
    select a.agent_id as id, place - 1 as interval,
           round(sum(extract(epoch from least(a.done, e.at[place + 1]) - greatest(a.begun, e.at[place]))) * 1000)::float8
             as "busyMs"
    from alone a cross join edges e
    cross join lateral generate_series(width_bucket(a.begun, e.at), width_bucket(a.done, e.at)) place
    where a.done > a.begun and place < ${borders.length}
    group by a.agent_id, place`.execute(db);
  return rows;
}
