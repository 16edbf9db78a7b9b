-- Voice menus (IVR-01..09): what is played, how long is waited for a key, and where each key leads.

create table menu (
  id                  uuid primary key default gen_random_uuid(),
  key                 text not null unique check (key ~ '^m[a-z0-9]{1,20}$'),
  name                text not null unique,
  -- null: the standard greeting.
  greeting_id         uuid references sound,
  input_wait_seconds  integer not null default 5 check (input_wait_seconds between 1 and 60),
  repeat_mode         text not null default 'times' check (repeat_mode in ('none', 'times', 'cyclic')),
  repeat_count        integer not null default 2 check (repeat_count between 1 and 20),
  created_at          timestamptz not null default now()
);

-- One row for each button, and one, 'none', for the caller who presses nothing (IVR-08). What an action leads to is
-- a reference, so that nothing a menu needs can be deleted.
create table menu_choice (
  menu_id    uuid not null references menu on delete cascade,
  digit      text not null check (digit ~ '^[0-9*#]$' or digit = 'none'),
  action     text not null check (action in ('agent', 'queue', 'external', 'menu', 'sound', 'replay', 'end')),
  agent_id   uuid references agent,
  queue_id   uuid references queue,
  number     text check (number ~ '^\+[1-9][0-9]{4,14}$'),
  next_id    uuid references menu,
  sound_id   uuid references sound,
  primary key (menu_id, digit),
  check ((action = 'agent') = (agent_id is not null)),
  check ((action = 'queue') = (queue_id is not null)),
  check ((action = 'external') = (number is not null)),
  check ((action = 'menu') = (next_id is not null)),
  check ((action = 'sound') = (sound_id is not null))
);
create index menu_choice_agent on menu_choice (agent_id);
create index menu_choice_queue on menu_choice (queue_id);
create index menu_choice_next on menu_choice (next_id);
create index menu_choice_sound on menu_choice (sound_id);

-- Which menu a line plays (null: the first one that was made, IVR-01), and when (IVR-02).
alter table line
  add column menu_id uuid references menu,
  add column menu_when text not null default 'never' check (menu_when in ('always', 'open', 'closed', 'never'));
