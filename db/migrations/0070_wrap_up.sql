-- What follows a conversation: the agent's wrap-up, the completion of the service, and a state for afterwards.

alter table queue
  -- none: the agent is free at once; limit: for so many seconds, or until completed; until-completed: no limit (AGENT-08).
  add column wrap_up text not null default 'none' check (wrap_up in ('none', 'limit', 'until-completed')),
  add column wrap_up_seconds integer not null default 30 check (wrap_up_seconds between 1 and 3600);

-- Chosen during a call; becomes the state when the call and its wrap-up are over (AGENT-09).
alter table agent add column pending_state text check (pending_state in ('offline', 'break', 'inbound', 'outbound'));

-- Taken in from the engine's decisions (WRAP-07); open while ended_at is null.
create table call_wrap_up (
  call_id     uuid not null,
  agent_id    uuid not null references agent on delete cascade,
  started_at  timestamptz not null,
  until_at    timestamptz,
  ended_at    timestamptz,
  ended_by    text check (ended_by in ('completed', 'limit')),
  primary key (call_id, agent_id, started_at)
);
create index call_wrap_up_open on call_wrap_up (agent_id) where ended_at is null;
create index call_wrap_up_agent on call_wrap_up (agent_id, started_at);

-- What a call was about (WRAP-02).
create table topic (
  id          uuid primary key default gen_random_uuid(),
  name_ru     text not null unique,
  name_en     text not null unique,
  position    integer not null default 0,
  -- Kept for the calls that have it, no longer to be chosen.
  archived    boolean not null default false,
  created_at  timestamptz not null default now()
);

-- One per agent who served the call; the primary key is what makes a second completion impossible.
create table completion (
  call_id       uuid not null,
  agent_id      uuid not null references agent on delete cascade,
  topic_ids     uuid[] not null,
  comment       text not null default '',
  after         text not null check (after in ('continue', 'break')),
  completed_at  timestamptz not null default now(),
  completed_by  uuid,
  primary key (call_id, agent_id)
);
create index completion_topics on completion using gin (topic_ids);

-- What is the same for the whole company, by name.
create table company_setting (
  name        text primary key,
  value       jsonb not null,
  updated_at  timestamptz not null default now()
);
