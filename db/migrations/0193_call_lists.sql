-- Working through a list, contact by contact (DIAL-01, DIAL-06 … DIAL-09, SCEN-08, SCEN-09).

alter table scenario
  -- The next of a list is dialled as soon as the agent is free.
  add column auto_dial               boolean not null default false,
  -- Whether an agent may go on to the next card without having chosen a result.
  add column move_on_without_result  boolean not null default true;

create table call_list (
  id           uuid primary key default gen_random_uuid(),
  name         text not null unique check (name ~ '\S'),
  scenario_id  uuid not null references scenario,
  -- The line that its calls count for; null: the agent's first.
  line_id      uuid references line on delete set null,
  -- The compliance gate asks what the calls are for, and by which policy (core/dialling).
  purpose      text not null check (purpose in ('service', 'advertising', 'survey', 'reminder', 'debt')),
  preset       text not null,
  -- When people may be called, by their own clock; null: as the preset says.
  week         jsonb,
  state        text not null default 'open' check (state in ('open', 'closed')),
  created_at   timestamptz not null default now(),
  created_by   uuid
);

create table call_list_agent (
  list_id   uuid not null references call_list on delete cascade,
  agent_id  uuid not null references agent on delete cascade,
  primary key (list_id, agent_id)
);
create index call_list_agent_agent on call_list_agent (agent_id);

create table call_list_item (
  id            uuid primary key default gen_random_uuid(),
  list_id       uuid not null references call_list on delete cascade,
  position      integer not null,
  contact_id    uuid not null references contact on delete cascade,
  -- open: an agent has the card; skipped: left without a result; refused: the gate lets nobody call.
  state         text not null default 'waiting' check (state in ('waiting', 'open', 'done', 'skipped', 'refused')),
  agent_id      uuid references agent on delete set null,
  -- The number that is called.
  number        text,
  opened_at     timestamptz,
  closed_at     timestamptz,
  -- The gate said: not before; and why.
  next_at       timestamptz,
  reason        text,
  -- To be dialled by itself as soon as the agent is free, not before auto_at.
  dial_pending  boolean not null default false,
  auto_at       timestamptz,
  tries         integer not null default 0,
  calls         integer not null default 0,
  call_id       uuid,
  result_id     uuid references scenario_result on delete set null,
  comment       text not null default '',
  unique (list_id, contact_id)
);
create index call_list_item_next on call_list_item (list_id, position) where state = 'waiting';
create index call_list_item_list on call_list_item (list_id, position);
create index call_list_item_contact on call_list_item (contact_id);
-- Nobody is worked by two agents at once, whatever lists they are on; and an agent has one card of lists.
create unique index call_list_item_one on call_list_item (contact_id) where state = 'open';
create unique index call_list_item_card on call_list_item (agent_id) where state = 'open';
create index call_list_item_pending on call_list_item (agent_id) where dial_pending;

-- What was saved, each time.
create table call_list_save (
  id         uuid primary key default gen_random_uuid(),
  item_id    uuid not null references call_list_item on delete cascade,
  agent_id   uuid references agent on delete set null,
  call_id    uuid,
  at         timestamptz not null default now(),
  result_id  uuid references scenario_result on delete set null,
  comment    text not null default ''
);
create index call_list_save_item on call_list_save (item_id, at);
