-- What agents' statistics add up: one agent's part in one call, written by the fold of its record. Told from channels,
-- wrap-ups and owners for every call of a month, it takes an order of magnitude longer.

create table agent_call (
  call_id         uuid not null references call on delete cascade,
  agent_id        uuid not null references agent on delete cascade,
  type            text not null check (type in ('inbound', 'outbound', 'internal', 'missed')),
  arrived_at      timestamptz not null,
  -- The agent's phone was called.
  called          boolean not null,
  -- Called, calling, wrapping up, or the first whom a missed call was offered to; false: merely the customer's owner.
  involved        boolean not null,
  -- In one bridge with the call's first channel, on all channels together; null: never.
  talk_ms         integer,
  -- From calling the phone until it was picked up, and how often it was.
  ring_ms         integer not null,
  rings           integer not null,
  -- Of completed wrap-ups.
  wrap_up_ms      integer not null,
  -- A customer's call in working hours whose caller this agent owned, and whether it was this agent who took it.
  owned           boolean not null,
  owner_answered  boolean not null,
  primary key (call_id, agent_id)
);
create index agent_call_arrived on agent_call (arrived_at);
create index agent_call_agent on agent_call (agent_id, arrived_at);

-- When an agent was on an answered channel or wrapped up, within one call; those of one call do not overlap.
create table agent_busy (
  call_id   uuid not null references call on delete cascade,
  agent_id  uuid not null references agent on delete cascade,
  from_at   timestamptz not null,
  -- Null while it goes on.
  to_at     timestamptz,
  primary key (call_id, agent_id, from_at)
);
create index agent_busy_agent on agent_busy (agent_id, from_at) include (to_at);

-- Years of calls take longer than any question is given.
set local statement_timeout = 0;
-- Back-fill: the same from what the records hold already; tests/integration/statistics.test.ts compares it with the fold.
insert into agent_call
select p.call_id, p.agent_id, c.type, c.arrived_at, bool_or(p.called), bool_or(p.involved), sum(p.talk_ms),
       coalesce(sum(p.ring_ms), 0), count(p.ring_ms), coalesce(sum(p.wrap_up_ms), 0),
       bool_or(p.owned), bool_or(p.owned and c.connected_at is not null and c.agent_id is not distinct from p.agent_id)
  from (
    select l.call_id, l.agent_id, l.channel <> c.linkedid as called, true as involved, l.talk_ms,
           case when l.channel <> c.linkedid
                then round(extract(epoch from l.answered_at - l.started_at) * 1000)::integer end as ring_ms,
           null::integer as wrap_up_ms, false as owned
      from call_leg l join call c on c.id = l.call_id where l.agent_id is not null
    union all
    select id, first_offered_id, false, true, null, null, null, false
      from call where type = 'missed' and first_offered_id is not null
    union all
    select w.call_id, w.agent_id, false, true, null, null,
           round(extract(epoch from w.ended_at - w.started_at) * 1000)::integer, false
      from call_wrap_up w where w.ended_at is not null
    union all
    select id, owner_id, false, false, null, null, null, true
      from call where owner_id is not null and type in ('inbound', 'missed')
       and coalesce(ending, '') not in ('out_of_hours', 'not_in_service', 'self_service')
  ) p join call c on c.id = p.call_id
 group by p.call_id, p.agent_id, c.type, c.arrived_at;

insert into agent_busy
select call_id, agent_id, lower(stretch), upper(stretch)
  from (
    select call_id, agent_id, unnest(range_agg(tstzrange(begun, done, '[)'))) as stretch
      from (
        select l.call_id, l.agent_id, l.answered_at as begun, coalesce(l.ended_at, c.ended_at) as done
          from call_leg l join call c on c.id = l.call_id
         where l.agent_id is not null and l.answered_at is not null
        union all
        select w.call_id, w.agent_id, w.started_at, w.ended_at from call_wrap_up w join call c on c.id = w.call_id
      ) each
     where done is null or done > begun
     group by call_id, agent_id
  ) merged;
