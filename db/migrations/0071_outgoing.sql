-- Calls from the workplace, deferred calls, scripts.

alter table agent
  -- phone: the SIP phone is called first; external: the agent's own number outside is (LINE-11, LINE-13); webrtc: a browser.
  add column call_mode text not null default 'phone' check (call_mode in ('phone', 'external', 'webrtc')),
  add column mobile text check (mobile ~ '^\+[1-9][0-9]{4,14}$'),
  -- The phone is asked to answer by itself when the agent places a call.
  add column auto_answer boolean not null default false;

-- One dial of ours: committed before anything rings (law L4). The id is the channel's.
create table attempt (
  id          text primary key,
  call_id     uuid not null unique,
  agent_id    uuid references agent on delete set null,
  number      text not null,
  contact_id  uuid references contact on delete set null,
  -- placing: we do not know yet; after a crash it is found out by looking, never by dialling again.
  state       text not null default 'placing' check (state in ('placing', 'placed', 'refused', 'not-placed')),
  reason      text,
  created_at  timestamptz not null default now()
);
create index attempt_placing on attempt (created_at) where state = 'placing';
create index attempt_agent on attempt (agent_id, created_at);

-- A call for later (DEFER-01, DEFER-06).
create table deferred_call (
  id            uuid primary key default gen_random_uuid(),
  agent_id      uuid not null references agent on delete cascade,
  contact_id    uuid references contact on delete set null,
  number        text not null check (number ~ '^\+[1-9][0-9]{4,14}$'),
  due_at        timestamptz not null,
  comment       text not null default '',
  state         text not null default 'waiting' check (state in ('waiting', 'due', 'done', 'cancelled')),
  -- The call in which it was agreed, and the one that was placed for it.
  from_call_id  uuid,
  call_id       uuid,
  created_at    timestamptz not null default now(),
  created_by    uuid
);
create index deferred_call_agent on deferred_call (agent_id, due_at);
create index deferred_call_waiting on deferred_call (due_at) where state = 'waiting';

-- What is said in a call, and the results it can have (SCEN-03, SCEN-04, SCEN-12).
create table scenario (
  id          uuid primary key default gen_random_uuid(),
  name        text not null unique,
  direction   text not null check (direction in ('inbound', 'outbound')),
  script      text not null default '',
  -- The lines it belongs to; none: the default of its direction.
  line_ids    uuid[] not null default '{}',
  created_at  timestamptz not null default now()
);
create index scenario_lines on scenario using gin (line_ids);

create table scenario_result (
  id           uuid primary key default gen_random_uuid(),
  scenario_id  uuid not null references scenario on delete cascade,
  name         text not null,
  position     integer not null,
  unique (scenario_id, name)
);

alter table completion add column result_id uuid references scenario_result on delete set null;
