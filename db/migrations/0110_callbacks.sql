-- A caller who waits may keep the place and be called back.

alter table queue
  add column callback_offer boolean not null default false,
  -- The offer is said after so long, and again after as long.
  add column callback_after_seconds integer not null default 45 check (callback_after_seconds between 5 and 600),
  add column callback_digit text not null default '1' check (callback_digit ~ '^[0-9]$'),
  add column callback_attempts integer not null default 2 check (callback_attempts between 1 and 10),
  add column callback_retry_minutes integer not null default 15 check (callback_retry_minutes between 1 and 1440),
  add column callback_within_hours_only boolean not null default true;

-- A kept place. The row is committed before the caller is told so, and before each dial (law L4).
create table callback (
  id          uuid primary key,
  -- The call in which it was asked for; a call has one.
  call_id     uuid not null unique,
  queue_id    uuid not null references queue on delete cascade,
  line_id     uuid not null references line on delete cascade,
  number      text not null check (number ~ '^\+[1-9][0-9]{4,14}$'),
  contact_id  uuid references contact on delete set null,
  owner_id    uuid references agent on delete set null,
  -- When the wait began: the place among those who wait.
  kept_at     timestamptz not null,
  state       text not null default 'waiting'
              check (state in ('waiting', 'calling', 'connected', 'failed', 'cancelled', 'expired')),
  attempts    integer not null default 0,
  next_at     timestamptz not null,
  -- The last dial: the channel, which is ours to name, and its call.
  channel     text,
  dialled_id  uuid,
  dialled_at  timestamptz,
  reason      text,
  created_at  timestamptz not null default now(),
  ended_at    timestamptz
);
create index callback_open on callback (queue_id, kept_at) where state in ('waiting', 'calling');
create index callback_list on callback (created_at);
