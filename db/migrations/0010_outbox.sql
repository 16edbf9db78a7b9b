-- What is told to others: an outbox of committed facts, webhooks and their deliveries, notices, e-mail and SMS.
--
-- A fact and its event are one commit, whoever writes the fact: so the facts that are rows (a call's end, an agent's
-- state, a recording, a setting) are told by triggers, and everything else by emit_event (apps/store/writes/outbox.ts).

alter table agent add column email text check (email ~ '^[^@[:space:]]+@[^@[:space:]]+$');
-- Who is told of calls that nobody was offered (MISS-01, D-43).
alter table line add column responsible_id uuid references agent on delete set null;

create table event_out (
  id             uuid primary key default gen_random_uuid(),
  seq            bigint generated always as identity unique,
  type           text not null,
  -- What the event is about, `call:<id>` or `agent:<id>`; numbered 1, 2, 3 … without gaps.
  subject        text not null,
  sequence       integer not null,
  call_id        uuid,
  at             timestamptz not null default clock_timestamp(),
  data           jsonb not null,
  -- When its deliveries were made; from then on they carry it.
  dispatched_at  timestamptz,
  unique (subject, sequence)
);
create index event_out_waiting on event_out (seq) where dispatched_at is null;
create index event_out_at on event_out (at);

create table event_subject (
  subject  text primary key,
  last     integer not null,
  at       timestamptz not null default now()
);

create table webhook (
  id                uuid primary key default gen_random_uuid(),
  url               text not null check (url ~ '^https?://'),
  -- Event types, or `*`.
  events            text[] not null check (cardinality(events) > 0),
  secret            text not null,
  -- Signs as well until previous_until, so that a receiver can change over.
  previous_secret   text,
  previous_until    timestamptz,
  enabled           boolean not null default true,
  disabled_because  text,
  -- Failures in a row; from the third on one delivery at a time tries whether the receiver is back.
  failures          integer not null default 0,
  failing_since     timestamptz,
  retry_at          timestamptz,
  created_at        timestamptz not null default now()
);

create table webhook_delivery (
  id               uuid primary key default gen_random_uuid(),
  seq              bigint generated always as identity,
  webhook_id       uuid not null references webhook on delete cascade,
  event_id         uuid not null references event_out on delete cascade,
  state            text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  attempts         integer not null default 0,
  next_at          timestamptz not null default now(),
  first_failed_at  timestamptz,
  last_at          timestamptz,
  last_status      integer,
  last_error       text,
  created_at       timestamptz not null default now(),
  unique (webhook_id, event_id)
);
create index webhook_delivery_due on webhook_delivery (webhook_id, attempts, seq) where state = 'pending';
create index webhook_delivery_newest on webhook_delivery (webhook_id, created_at desc, id desc);
create index webhook_delivery_dead on webhook_delivery (created_at desc, id desc) where state = 'dead';
create index webhook_delivery_event on webhook_delivery (event_id);

-- What an agent should look at (MISS-03); `because` says why this agent.
create table notice (
  id        uuid primary key default gen_random_uuid(),
  agent_id  uuid not null references agent on delete cascade,
  kind      text not null,
  call_id   uuid,
  because   text not null,
  at        timestamptz not null default now(),
  read_at   timestamptz,
  unique (call_id, agent_id, kind)
);
create index notice_agent on notice (agent_id, at desc, id desc);
create index notice_newest on notice (at desc, id desc);

create table mail_out (
  id          uuid primary key default gen_random_uuid(),
  -- The same message is queued once.
  key         text unique,
  to_address  text not null,
  subject     text not null,
  text        text not null,
  purpose     text not null,
  -- queued, taken (a job has it), then sent, logged (no SMTP server is set) or failed.
  state       text not null default 'queued' check (state in ('queued', 'taken', 'sent', 'logged', 'failed')),
  attempts    integer not null default 0,
  last_error  text,
  created_at  timestamptz not null default now(),
  done_at     timestamptz
);
create index mail_out_queued on mail_out (created_at) where state = 'queued';

create table sms_out (
  id          uuid primary key default gen_random_uuid(),
  to_number   text not null check (to_number ~ '^\+[1-9][0-9]{4,14}$'),
  text        text not null check (char_length(text) between 1 and 140),
  purpose     text not null,
  state       text not null default 'queued' check (state in ('queued', 'taken', 'sent', 'logged', 'failed')),
  attempts    integer not null default 0,
  last_error  text,
  created_at  timestamptz not null default now(),
  done_at     timestamptz
);
create index sms_out_queued on sms_out (created_at) where state = 'queued';

-- ISO 8601 in UTC with milliseconds, as the API writes times.
create function iso_time(at timestamptz) returns text language sql stable as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- One event, in the caller's transaction. The subject's row is locked until the commit, so numbers have no gaps.
create function emit_event(type text, subject text, call uuid, data jsonb) returns uuid language plpgsql as $$
declare
  number integer;
  made uuid;
begin
  insert into event_subject as s (subject, last) values (emit_event.subject, 1)
      on conflict on constraint event_subject_pkey do update set last = s.last + 1, at = now()
      returning last into number;
  insert into event_out (type, subject, sequence, call_id, data)
      values (emit_event.type, emit_event.subject, number, emit_event.call, emit_event.data)
      returning id into made;
  perform pg_notify('outbox', '');
  return made;
end $$;

create function tell_call() returns trigger language plpgsql as $$
declare
  view jsonb := jsonb_build_object(
    'type', new.type, 'from', new.from_number, 'to', new.to_number, 'lineId', new.line_id, 'queueId', new.queue_id,
    'contactId', new.contact_id, 'ownerId', new.owner_id, 'agentId', new.agent_id,
    'firstOfferedId', new.first_offered_id, 'arrivedAt', iso_time(new.arrived_at),
    'connectedAt', iso_time(new.connected_at), 'endedAt', iso_time(new.ended_at), 'waitMs', new.wait_ms,
    'talkMs', new.talk_ms, 'ending', new.ending, 'culprit', new.culprit, 'fallback', new.fallback);
begin
  perform emit_event('call.closed', 'call:' || new.id, new.id, view);
  if new.type = 'missed' then
    perform emit_event('call.missed', 'call:' || new.id, new.id, view || jsonb_build_object('told', coalesce(
      (select jsonb_agg(jsonb_build_object('agentId', n.agent_id, 'because', n.because))
         from notice n where n.call_id = new.id and n.kind = 'call.missed'), '[]')));
  end if;
  return null;
end $$;
create trigger call_closed_new after insert on call for each row
  when (new.ended_at is not null) execute function tell_call();
create trigger call_closed after update of ended_at on call for each row
  when (old.ended_at is null and new.ended_at is not null) execute function tell_call();

create function tell_agent_state() returns trigger language plpgsql as $$
begin
  perform emit_event('agent.state-changed', 'agent:' || new.agent_id, null,
    jsonb_build_object('agentId', new.agent_id, 'state', new.state, 'since', iso_time(new.at)));
  return null;
end $$;
create trigger agent_state_changed after insert on agent_state_change
  for each row execute function tell_agent_state();

create function tell_recording() returns trigger language plpgsql as $$
begin
  perform emit_event('recording.' || new.state, 'call:' || new.call_id, new.call_id, jsonb_build_object(
    'recordingId', new.id, 'durationMs', new.duration_ms, 'bytes', new.bytes, 'sha256', new.sha256));
  return null;
end $$;
create trigger recording_new after insert on recording for each row
  when (new.state in ('kept', 'lost')) execute function tell_recording();
create trigger recording_changed after update of state on recording for each row
  when (new.state is distinct from old.state and new.state in ('kept', 'lost')) execute function tell_recording();

-- `queue.changed` and `line.changed`: what was done, and the names of the fields that differ now.
create function tell_setting() returns trigger language plpgsql as $$
declare
  present jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  changed text[] := '{}';
begin
  if tg_op = 'UPDATE' then
    select coalesce(array_agg(c.name order by c.name), '{}') into changed
      from (select lower(left(n.key, 1)) || substr(replace(initcap(replace(n.key, '_', ' ')), ' ', ''), 2) as name
              from jsonb_each(to_jsonb(new)) n
             where n.key <> 'version' and n.value is distinct from to_jsonb(old) -> n.key) c;
    if cardinality(changed) = 0 then
      return null;
    end if;
  end if;
  perform emit_event(tg_table_name || '.changed', tg_table_name || ':' || (present ->> 'id'), null, jsonb_build_object(
    tg_table_name || 'Id', present -> 'id', 'name', present -> 'name', 'changed', changed,
    'action', case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'changed' else 'deleted' end));
  return null;
end $$;
create trigger queue_told after insert or update or delete on queue for each row execute function tell_setting();
create trigger line_told after insert or update or delete on line for each row execute function tell_setting();

-- Who serves a queue: its rows are always written anew as a whole.
create function tell_queue_agents() returns trigger language plpgsql as $$
begin
  perform emit_event('queue.changed', 'queue:' || q.id, null, jsonb_build_object(
      'queueId', q.id, 'name', q.name, 'changed', array['agents'], 'action', 'changed'))
    from queue q where q.id in (select queue_id from added);
  return null;
end $$;
create trigger queue_agents_told after insert on queue_agent referencing new table as added
  for each statement execute function tell_queue_agents();
