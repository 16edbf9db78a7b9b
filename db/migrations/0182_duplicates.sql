-- What a search for duplicates found, until it is done with (DUP-01..10).

create table duplicate_search (
  id          uuid primary key default gen_random_uuid(),
  by_key_id   uuid references api_key on delete cascade,
  base        text not null check (base in ('oldest', 'newest', 'most-filled', 'most-active')),
  created_at  timestamptz not null default now(),
  done        text check (done in ('deleted', 'merged'))
);
create index duplicate_search_key on duplicate_search (by_key_id);

create table duplicate (
  search_id   uuid not null references duplicate_search on delete cascade,
  contact_id  uuid not null references contact on delete cascade,
  kind        text not null check (kind in ('contact', 'organisation')),
  -- Records that are the same one.
  number      integer not null,
  -- In the order of the criterion; the first one is the base, unless somebody said otherwise.
  rank        integer not null,
  base        boolean not null,
  selected    boolean not null default true,
  -- What is repeated: {"field", "value"} each.
  matched     jsonb not null,
  primary key (search_id, contact_id)
);
create index duplicate_group on duplicate (search_id, number, rank);
create index duplicate_contact on duplicate (contact_id);
