-- Dial tasks: whom an agent is to call, and what came of it (DIAL-10 … DIAL-15).

create table dial_task (
  id            uuid primary key default gen_random_uuid(),
  -- Who is to call; null: nobody yet.
  agent_id      uuid references agent on delete set null,
  contact_id    uuid references contact on delete set null,
  -- The subscriber's.
  name          text not null default '',
  number        text not null check (number ~ '^\+[1-9][0-9]{4,14}$'),
  -- The line that its calls count for; null: the agent's first.
  line_id       uuid references line on delete set null,
  -- What the call is about.
  topic         text not null check (topic ~ '\S'),
  comment       text not null default '',
  -- in_work: a call was placed, and nobody has closed it.
  state         text not null default 'open' check (state in ('open', 'in_work', 'successful', 'unsuccessful')),
  -- How often the subscriber was dialled, and the last call.
  calls         integer not null default 0,
  call_id       uuid,
  -- What the agent wrote when closing it.
  result        text not null default '',
  created_at    timestamptz not null default now(),
  created_by    uuid,
  closed_at     timestamptz,
  check ((state in ('successful', 'unsuccessful')) = (closed_at is not null))
);
create index dial_task_open on dial_task (agent_id, created_at, id) where closed_at is null;
create index dial_task_list on dial_task (created_at, id);
create index dial_task_contact on dial_task (contact_id) where contact_id is not null;
