-- The contact base: organisations with their people, addresses, tags and history (CONT-01, CONT-02, TAG-01, OWN-07).

alter table contact
  add column kind             text not null default 'contact' check (kind in ('contact', 'organisation')),
  -- A person of an organisation: has no owner of its own (OWN-04), goes with the organisation.
  add column organisation_id  uuid references contact on delete cascade,
  add column city             text,
  -- An IANA name; null: as the number's region says (D-37).
  add column zone             text,
  add column industry         text,
  add column site             text,
  add column inn              text,
  add column kpp              text,
  add column description      text,
  add constraint contact_nesting check (organisation_id is null or kind = 'contact');

-- Records of equal names, and an organisation's people.
create index contact_name on contact (lower(name));
create index contact_organisation on contact (organisation_id) where organisation_id is not null;

create table contact_email (
  contact_id  uuid not null references contact on delete cascade,
  -- As it was written; two spellings that differ in case are one address.
  email       text not null check (email like '%_@_%'),
  position    integer not null,
  primary key (contact_id, position)
);
create unique index contact_email_once on contact_email (contact_id, lower(email));
create index contact_email_address on contact_email (lower(email));

create table tag (
  id          uuid primary key default gen_random_uuid(),
  name        text not null check (name ~ '\S'),
  -- Whose tag it is (TAG-05, TAG-07); null: the administrator's, or of an agent who is gone.
  owner_id    uuid references agent on delete set null,
  creator     text not null check (creator in ('admin', 'agent')),
  created_at  timestamptz not null default now()
);
create unique index tag_of_company on tag (lower(name)) where creator = 'admin';
create unique index tag_of_agent on tag (owner_id, lower(name)) where owner_id is not null;

create table contact_tag (
  contact_id  uuid not null references contact on delete cascade,
  tag_id      uuid not null references tag on delete cascade,
  -- Who put it there; null: the administrator, or an agent who is gone.
  by_agent_id uuid references agent on delete set null,
  at          timestamptz not null default now(),
  primary key (contact_id, tag_id)
);
create index contact_tag_tag on contact_tag (tag_id);

-- What happened with a contact, beside its calls, which have rows of their own (OWN-06, OWN-07).
create table activity (
  id           uuid primary key default gen_random_uuid(),
  contact_id   uuid not null references contact on delete cascade,
  kind         text not null check (kind in ('comment', 'letter', 'survey', 'owner-changed', 'merged')),
  at           timestamptz not null default now(),
  by_key_id    uuid references api_key on delete set null,
  by_agent_id  uuid references agent on delete set null,
  data         jsonb not null default '{}'
);
create index activity_contact on activity (contact_id, at desc, id desc);
create index activity_agent on activity (by_agent_id) where by_agent_id is not null;

-- OWN-04: people have the owner of their organisation. The lock keeps an owner who changes meanwhile from being missed.
create function take_organisations_owner() returns trigger language plpgsql as $$
begin
  select o.owner_id into new.owner_id from contact o where o.id = new.organisation_id for share;
  return new;
end $$;
create trigger contact_nested before insert or update of organisation_id, owner_id on contact
  for each row when (new.organisation_id is not null) execute function take_organisations_owner();

create function give_owner_to_people() returns trigger language plpgsql as $$
begin
  update contact set owner_id = new.owner_id, updated_at = now() where organisation_id = new.id;
  return null;
end $$;
create trigger contact_owner_given after update of owner_id on contact for each row
  when (new.kind = 'organisation' and new.owner_id is distinct from old.owner_id)
  execute function give_owner_to_people();

-- The owner directory is told once per statement: a change of many contacts is one notice, `*`, and not one for each.
drop trigger contact_phone_changed on contact_phone;
drop trigger contact_changed on contact;
drop function notify_directory();
drop function notify_directory_contact();

create function tell_directory(ids uuid[]) returns void language plpgsql as $$
begin
  if cardinality(ids) > 200 then
    perform pg_notify('directory', '*');
  else
    perform pg_notify('directory', id::text) from unnest(ids) id;
  end if;
end $$;

create function phones_changed() returns trigger language plpgsql as $$
begin
  perform tell_directory(array(select distinct contact_id from changed limit 201));
  return null;
end $$;
create trigger contact_phone_added after insert on contact_phone referencing new table as changed
  for each statement execute function phones_changed();
create trigger contact_phone_removed after delete on contact_phone referencing old table as changed
  for each statement execute function phones_changed();

create function phones_moved() returns trigger language plpgsql as $$
begin
  perform tell_directory(array(select contact_id from before union select contact_id from after limit 201));
  return null;
end $$;
create trigger contact_phone_moved after update on contact_phone referencing old table as before new table as after
  for each statement execute function phones_moved();

create function owners_changed() returns trigger language plpgsql as $$
begin
  perform tell_directory(array(select after.id from after join before using (id)
                                where after.owner_id is distinct from before.owner_id or after.name <> before.name
                                limit 201));
  return null;
end $$;
create trigger contact_changed after update on contact referencing old table as before new table as after
  for each statement execute function owners_changed();
