-- What the pacer has learnt, so that a restart forgets nothing, and why it dialled as many as it did (law L6).

create table campaign_pacing (
  campaign_id  uuid primary key references campaign on delete cascade,
  snapshot     jsonb not null,
  at           timestamptz not null default now()
);

-- The newest of each campaign; older ones are deleted.
create table pacing_decision (
  id           bigint generated always as identity primary key,
  campaign_id  uuid not null references campaign on delete cascade,
  at           timestamptz not null,
  dialled      integer not null,
  shed         integer not null default 0,
  because      jsonb not null
);
create index pacing_decision_newest on pacing_decision (campaign_id, id desc);

-- What a carrier carries of campaigns' calls; null: no limit.
alter table trunk
  add column max_lines        integer check (max_lines between 1 and 10000),
  add column calls_per_second integer check (calls_per_second between 1 and 1000);
