/**
 * A month of calls as the intake would have left them, written by PostgreSQL itself: every call has the customer's
 * channel, most ring one agent, some two; every answered one but a third has a wrap-up.
 */
import { sql } from "kysely";
import type { Db } from "../apps/store/database.ts";

export interface Month {
  readonly calls: number;
  readonly agents: number;
  /** Midnight, UTC. */
  readonly from: Date;
  readonly days: number;
}

/** Writes agents, one line with its queue, calls, channels, wrap-ups and states. Needs an empty database. */
export async function writeMonth(db: Db, { calls, agents, from, days }: Month): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = 0`.execute(trx);
    await sql`select setseed(0.25)`.execute(trx);
    await sql`
      insert into agent (id, name, short_number, phone, sip_ha1)
      select md5('agent' || n)::uuid, 'Agent ' || n, (1000 + n)::text, 'agent-' || (1000 + n), repeat('0', 32)
        from generate_series(0, ${agents}::integer - 1) n`.execute(trx);
    await sql`insert into queue (key, name, all_agents) values ('qmonth', 'Month', true)`.execute(trx);
    await sql`insert into line (key, number, name, queue_id)
              select 'lmonth', '+74957770001', 'Month', id from queue`.execute(trx);
    await sql`
      create temporary table drawn on commit drop as
      select n, md5('call' || n)::uuid as id, begun as arrived_at, kind,
             begun + wait as answered_at, begun + wait + talk as ended_at, wait, talk, done,
             md5('agent' || first)::uuid as first, md5('agent' || second)::uuid as second, random() as owned
        from (select n, random() as kind,
                     ${from}::timestamptz + (n::float8 / ${calls}::float8) * ${`${days} days`}::interval as begun,
                     interval '1 ms' * floor(1000 + 20000 * random()) as wait,
                     interval '1 ms' * floor(5000 + 300000 * random()) as talk,
                     interval '1 ms' * floor(1000 + 30000 * random()) as done,
                     n % ${agents}::integer as first, (n + 7) % ${agents}::integer as second
                from generate_series(1, ${calls}::integer) n) drawn`.execute(trx);
    await sql`
      insert into call (id, linkedid, type, line_id, queue_id, owner_id, agent_id, first_offered_id, arrived_at,
                        connected_at, ended_at, wait_ms, talk_ms, ending, culprit, cause, fallback, wrap_up_ms)
      select d.id, 'month-' || n, case when kind < 0.85 then 'inbound' else 'missed' end, line.id, line.queue_id,
             case when owned < 0.3 then first end, case when kind < 0.85 then first end, first, arrived_at,
             case when kind < 0.85 then answered_at end, case when kind < 0.85 then ended_at else answered_at end,
             extract(epoch from wait) * 1000, case when kind < 0.85 then extract(epoch from talk) * 1000 end,
             case when kind < 0.85 then 'answered' else 'abandoned' end, 'theirs', 16, false,
             case when kind < 0.57 then extract(epoch from done) * 1000 end
        from drawn d, line`.execute(trx);
    await sql`
      insert into call_leg (channel, call_id, name, agent_id, started_at, answered_at, ended_at, cause, talk_ms)
      select 'month-' || n, id, 'PJSIP/trunk', null::uuid, arrived_at, answered_at, ended_at, 16, null::integer
        from drawn
      union all
      select 'month-' || n || '-1', id, 'PJSIP/agent', first, arrived_at,
             case when kind < 0.85 then answered_at end, case when kind < 0.85 then ended_at else answered_at end, 16,
             case when kind < 0.85 then extract(epoch from talk) * 1000 end
        from drawn
      union all
      select 'month-' || n || '-2', id, 'PJSIP/agent', second, arrived_at, null, answered_at, 16, null
        from drawn where n % 3 = 0`.execute(trx);
    await sql`
      insert into call_wrap_up (call_id, agent_id, started_at, ended_at, ended_by)
      select id, first, ended_at, ended_at + done, 'completed' from drawn where kind < 0.57`.execute(trx);
    await sql`
      insert into agent_state_change (agent_id, state, at)
      select agent.id, t.state, ${from}::timestamptz + day * interval '1 day' + hour * interval '1 hour'
        from agent, generate_series(0, ${days}::integer - 1) day,
             (values ('inbound', 9), ('break', 13), ('inbound', 14), ('offline', 18)) as t (state, hour)`.execute(
      trx,
    );
  });
}
