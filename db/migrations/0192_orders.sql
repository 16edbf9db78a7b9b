-- Orders that are to be confirmed by a call (ORDQ): small here, their delivery and payment come with their own life.

create table product (
  id          uuid primary key default gen_random_uuid(),
  name        text not null unique check (name ~ '\S'),
  created_at  timestamptz not null default now()
);

-- Which products an agent knows: orders of others are not theirs to take (ROLE-17).
create table agent_product (
  agent_id    uuid not null references agent on delete cascade,
  product_id  uuid not null references product on delete cascade,
  primary key (agent_id, product_id)
);
create index agent_product_product on agent_product (product_id);

create table customer_order (
  id              uuid primary key default gen_random_uuid(),
  -- The shop's.
  number          text not null unique check (number ~ '\S'),
  client_name     text not null default '',
  phone           text not null check (phone ~ '^\+[1-9][0-9]{4,14}$'),
  contact_id      uuid references contact on delete set null,
  webmaster_id    integer,
  product_id      uuid not null references product,
  arrived_at      timestamptz not null default now(),
  -- D-19.
  status          text not null default 'new'
                  check (status in ('new', 'unreached', 'in_work', 'buffer', 'cancelled', 'invalid')),
  -- OWN-09; set by whoever opens a new one first (D-36).
  responsible_id  uuid references agent on delete set null,
  -- Unsuccessful calls, when the last one was, and why (ORDQ-12, ORDQ-14).
  failures        integer not null default 0,
  failed_at       timestamptz,
  reason          text check (reason in ('no_answer', 'unavailable', 'rejected')),
  reason_count    integer,
  -- What was agreed, or what the ladder wants; due_at also without one (quick redial).
  call_back_at    timestamptz,
  due_at          timestamptz,
  due_told        boolean not null default false,
  comment         text not null default '',
  -- Who has its card open; a card that was forgotten keeps nobody away for ever.
  taken_by        uuid references agent on delete set null,
  taken_at        timestamptz,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  check (failures = 0 or failed_at is not null),
  check ((reason is null) = (reason_count is null))
);
create index customer_order_open on customer_order (status, arrived_at, id)
  where status in ('new', 'unreached', 'in_work');
create index customer_order_due on customer_order (due_at) where due_at is not null and not due_told;
create index customer_order_phone on customer_order (phone);
create index customer_order_contact on customer_order (contact_id) where contact_id is not null;

-- What was saved about it, by whom.
create table order_save (
  id            uuid primary key default gen_random_uuid(),
  order_id      uuid not null references customer_order on delete cascade,
  agent_id      uuid references agent on delete set null,
  call_id       uuid,
  at            timestamptz not null default now(),
  status        text not null,
  failures      integer not null,
  reason        text,
  reason_count  integer,
  call_back_at  timestamptz,
  comment       text not null default ''
);
create index order_save_order on order_save (order_id, at);

-- A call for later that belongs to an order keeps its number in the comment (DEFER-05).
alter table deferred_call add column order_id uuid references customer_order on delete set null;
