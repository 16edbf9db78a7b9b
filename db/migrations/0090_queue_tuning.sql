-- What managers tune while calls flow: who goes first, how long and how many may wait, what they hear, where they go
-- when it is too much; and who changed what, so that it can be undone.

alter table queue
  -- app_queue's weight: an agent of several queues serves the heavier one first.
  add column weight integer not null default 0 check (weight between 0 and 100),
  -- How many may wait; null: as many as come.
  add column max_length integer check (max_length between 1 and 1000),
  -- Whether callers wait although nobody is signed in who could become free.
  add column join_when_empty boolean not null default false,
  -- Where callers go when the queue is full, empty, or they have waited their time.
  add column overflow_queue_id uuid references queue on delete restrict,
  add column overflow_number text check (overflow_number ~ '^\+[1-9][0-9]{4,14}$'),
  add column announce_position boolean not null default false,
  add column announce_wait boolean not null default false,
  add column announce_every_seconds integer not null default 45 check (announce_every_seconds between 15 and 600),
  add constraint queue_one_overflow check (overflow_queue_id is null or overflow_number is null),
  add constraint queue_no_self_overflow check (overflow_queue_id is distinct from id);

-- Skills as penalties: agents of a lower one are asked first. 0 when there is no row, also with all_agents.
create table queue_penalty (
  queue_id  uuid not null references queue on delete cascade,
  agent_id  uuid not null references agent on delete cascade,
  penalty   integer not null check (penalty between 1 and 10),
  primary key (queue_id, agent_id)
);
create index queue_penalty_agent on queue_penalty (agent_id);

alter table line
  -- A caller with a higher priority goes before those with a lower one who wait already.
  add column priority integer not null default 0 check (priority between 0 and 20),
  -- How long a caller may wait for the owner who is in a talk (ROUTE-05).
  add column owner_wait_seconds integer not null default 0 check (owner_wait_seconds between 0 and 600);

-- Every change of settings through a PATCH: who, what, when, before and after.
create table setting_change (
  id            uuid primary key default gen_random_uuid(),
  at            timestamptz not null default now(),
  key_id        uuid,
  role          text not null,
  command       text not null,
  subject_id    uuid not null,
  subject_name  text not null,
  before        jsonb not null,
  after         jsonb not null,
  -- The change that took this one back.
  undone_by     uuid references setting_change
);
create index setting_change_at on setting_change (at desc, id desc);
create index setting_change_subject on setting_change (subject_id, at desc);
