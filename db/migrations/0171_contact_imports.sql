-- Imports of contacts (IMP-01…IMP-21): a file is recognised, mapped by a person, and loaded in pieces, each of which is
-- one transaction with what is written here of it. A process that dies goes on behind the last piece.

create table contact_import (
  id                    uuid primary key,
  -- `file`: uploaded by hand, with its limits; `stream`: by a program.
  way                   text not null check (way in ('file', 'stream')),
  file_name             text not null,
  bytes                 bigint not null,
  state                 text not null check (state in
                          ('reading', 'ready', 'refused', 'queued', 'running', 'done', 'failed', 'cancelled')),
  -- Why it is refused or has failed: {code, message}.
  problem               jsonb,
  format                text check (format in ('csv', 'xlsx', 'ndjson')),
  -- Of a CSV file: as recognised, or as somebody said.
  encoding              text,
  delimiter             text,
  -- Headings, and what each column fills; the first rows as they stand in the file.
  headings              jsonb,
  mapping               jsonb,
  preview               jsonb,
  rows_total            integer,
  policy                text check (policy in ('skip', 'merge', 'all')),
  owner_id              uuid references agent on delete set null,
  tag                   text,
  -- Who uploaded it; without an agent it is the administrator's.
  key_id                uuid references api_key on delete set null,
  agent_id              uuid references agent on delete set null,
  created_at            timestamptz not null default now(),
  started_at            timestamptz,
  ended_at              timestamptz,
  -- Beginnings since the last piece that was loaded.
  attempts              integer not null default 0,
  -- The last row that was dealt with; 1 is the headings'.
  row_done              integer not null default 0,
  loaded                integer not null default 0,
  merged                integer not null default 0,
  skipped               integer not null default 0,
  refused               integer not null default 0,
  contacts_loaded       integer not null default 0,
  organisations_loaded  integer not null default 0,
  contacts_merged       integer not null default 0,
  organisations_merged  integer not null default 0
);
create index contact_import_newest on contact_import (created_at desc, id desc);
create index contact_import_open on contact_import (created_at) where state in ('reading', 'queued', 'running');

-- What became of each row.
create table contact_import_row (
  import_id        uuid not null references contact_import on delete cascade,
  number           integer not null,
  result           text not null check (result in ('loaded', 'merged', 'skipped', 'refused')),
  reason           text,
  field            text,
  value            text,
  contact_id       uuid,
  organisation_id  uuid,
  matched_id       uuid,
  matched_by       text check (matched_by in ('name', 'email', 'phone')),
  matched_row      integer,
  primary key (import_id, number)
);

-- Which import made a contact; the import may be gone.
alter table contact add column import_id uuid;

create function imports_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('imports', '');
  return null;
end $$;
create trigger contact_import_waits after insert or update of state on contact_import
  for each row when (new.state in ('reading', 'queued')) execute function imports_changed();
