-- The base: who answers (agents, queues, lines, trunks), who calls (contacts and their owners), and what
-- happened (calls, their legs and events, recordings), taken in from the files that Asterisk writes (law L5).

create table agent (
  id            uuid primary key default gen_random_uuid(),
  name          text not null,
  short_number  text not null unique check (short_number ~ '^[0-9]{2,6}$'),
  -- The SIP account, also the PJSIP endpoint's name: not the short number, so that a scanner cannot guess it.
  phone         text not null unique check (phone ~ '^[a-z0-9-]{3,40}$'),
  -- MD5(user:realm:password), which is all that Asterisk needs; the password itself is shown once and kept nowhere.
  sip_ha1       text not null check (sip_ha1 ~ '^[0-9a-f]{32}$'),
  state         text not null default 'offline' check (state in ('offline', 'break', 'inbound', 'outbound')),
  state_since   timestamptz not null default now(),
  created_at    timestamptz not null default now()
);

-- Time in each state, for the agent's day (AGENT-11 builds on it).
create table agent_state_change (
  id        bigint generated always as identity primary key,
  agent_id  uuid not null references agent on delete cascade,
  state     text not null,
  at        timestamptz not null default now(),
  by_key    uuid
);
create index agent_state_change_agent on agent_state_change (agent_id, at);

create table queue (
  id                uuid primary key default gen_random_uuid(),
  key               text not null unique check (key ~ '^q[a-z0-9]{1,20}$'),
  name              text not null unique,
  strategy          text not null default 'most-idle' check (strategy in ('random', 'most-idle', 'sequential')),
  answer_seconds    integer not null default 20 check (answer_seconds between 3 and 300),
  max_wait_seconds  integer not null default 300 check (max_wait_seconds between 5 and 7200),
  -- Every agent, also those who come later; otherwise the agents are ticked in queue_agent (ROUTE-01).
  all_agents        boolean not null default false,
  version           integer not null default 1,
  created_at        timestamptz not null default now()
);

create table queue_agent (
  queue_id  uuid not null references queue on delete cascade,
  agent_id  uuid not null references agent on delete cascade,
  position  integer not null,
  primary key (queue_id, agent_id)
);
create index queue_agent_agent on queue_agent (agent_id);

create table line (
  id                  uuid primary key default gen_random_uuid(),
  key                 text not null unique check (key ~ '^l[a-z0-9]{1,20}$'),
  number              text not null unique check (number ~ '^\+[1-9][0-9]{4,14}$'),
  name                text not null,
  queue_id            uuid not null references queue,
  owner_first         boolean not null default true,
  -- null = always open; otherwise {zone, week: [{days, from, to}]} in the line's own zone (D-07).
  hours               jsonb,
  language            text not null default 'ru' check (language in ('ru', 'en')),
  recording           text not null default 'stereo' check (recording in ('off', 'stereo', 'mixed')),
  announce_recording  boolean not null default false,
  created_at          timestamptz not null default now()
);

create table trunk (
  id          uuid primary key default gen_random_uuid(),
  key         text not null unique check (key ~ '^t[a-z0-9]{1,20}$'),
  name        text not null unique,
  -- Addresses the carrier calls from (identify by IP), host or CIDR.
  addresses   text[] not null check (cardinality(addresses) > 0),
  -- Where we register, if the carrier wants that.
  host        text,
  port        integer not null default 5060 check (port between 1 and 65535),
  username    text,
  password    text,
  created_at  timestamptz not null default now()
);

create table contact (
  id          uuid primary key default gen_random_uuid(),
  name        text not null,
  position    text,
  owner_id    uuid references agent on delete set null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
create index contact_owner on contact (owner_id);
create index contact_newest on contact (created_at desc, id desc);

create table contact_phone (
  contact_id  uuid not null references contact on delete cascade,
  phone       text not null check (phone ~ '^\+[1-9][0-9]{4,14}$'),
  position    integer not null,
  primary key (contact_id, phone)
);
create index contact_phone_phone on contact_phone (phone);

create table call (
  -- Derived from linkedid (UUID v5), so whoever reads Asterisk's record finds the same id.
  id               uuid primary key,
  linkedid         text not null unique,
  type             text not null check (type in ('inbound', 'outbound', 'internal', 'missed')),
  from_number      text,
  to_number        text,
  line_id          uuid references line on delete set null,
  queue_id         uuid references queue on delete set null,
  contact_id       uuid references contact on delete set null,
  owner_id         uuid references agent on delete set null,
  agent_id         uuid references agent on delete set null,
  first_offered_id uuid references agent on delete set null,
  arrived_at       timestamptz not null,
  connected_at     timestamptz,
  ended_at         timestamptz,
  wait_ms          integer,
  talk_ms          integer,
  ending           text,
  culprit          text check (culprit in ('ours', 'theirs', 'carrier')),
  cause            integer,
  -- True when the dialplan had to route without the engine (law L2).
  fallback         boolean not null default false,
  updated_at       timestamptz not null default now()
);
create index call_newest on call (arrived_at desc, id desc);
create index call_agent on call (agent_id, arrived_at desc);
create index call_contact on call (contact_id, arrived_at desc);
create index call_line on call (line_id, arrived_at desc);
create index call_from on call (from_number, arrived_at desc);
create index call_open on call (arrived_at) where ended_at is null;

create table call_leg (
  channel      text primary key,
  call_id      uuid not null references call on delete cascade,
  name         text not null,
  agent_id     uuid references agent on delete set null,
  started_at   timestamptz not null,
  answered_at  timestamptz,
  ended_at     timestamptz,
  cause        integer
);
create index call_leg_call on call_leg (call_id);

-- The whole story of a call: every line of Asterisk's record and every decision of ours.
create table call_event (
  -- <source>:<file generation>:<offset>: the same line taken in twice is the same row.
  origin   text primary key,
  call_id  uuid not null,
  at       timestamptz not null,
  source   text not null check (source in ('cel', 'queue', 'engine')),
  kind     text not null,
  data     jsonb not null
);
create index call_event_call on call_event (call_id, at);

create table recording (
  id           uuid primary key,
  call_id      uuid not null unique,
  state        text not null check (state in ('kept', 'empty', 'lost')),
  path         text,
  bytes        bigint,
  sha256       text,
  duration_ms  integer,
  channels     integer,
  repaired     boolean not null default false,
  adopted_at   timestamptz not null default now()
);

-- How far each spool file has been taken in; moved in the same transaction as the rows it led to.
create table intake (
  source    text primary key,
  file      text not null,
  "offset"  bigint not null,
  at        timestamptz not null default now()
);

-- What a subscriber of the live stream may have missed; trimmed by age.
create table live_event (
  seq    bigint primary key,
  at     timestamptz not null,
  topic  text not null check (topic in ('calls', 'agents', 'queues', 'system')),
  kind   text not null,
  data   jsonb not null
);
create index live_event_at on live_event (at);

create table api_key (
  id            uuid primary key default gen_random_uuid(),
  name          text not null,
  role          text not null check (role in ('admin', 'supervisor', 'agent')),
  agent_id      uuid references agent on delete cascade,
  hash          bytea not null unique,
  created_at    timestamptz not null default now(),
  last_used_at  timestamptz,
  revoked_at    timestamptz,
  check ((role = 'agent') = (agent_id is not null))
);

-- The engine's owner directory follows these notices (law L5: a convenience; it is re-read on reconnect).
create function notify_directory() returns trigger language plpgsql as $$
begin
  perform pg_notify('directory', coalesce(new.contact_id, old.contact_id)::text);
  return null;
end $$;
create function notify_directory_contact() returns trigger language plpgsql as $$
begin
  perform pg_notify('directory', coalesce(new.id, old.id)::text);
  return null;
end $$;
create trigger contact_phone_changed after insert or update or delete on contact_phone
  for each row execute function notify_directory();
create trigger contact_changed after update of owner_id, name on contact
  for each row execute function notify_directory_contact();
