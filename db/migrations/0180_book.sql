-- Work on many contacts: who is told of a new owner, and a history that its owner edits (OWN-05..08).

alter table notice
  -- The one contact that it is about; null when there are several, or none any more.
  add column contact_id  uuid references contact on delete set null,
  -- How many contacts it is about; null: it is not about contacts.
  add column count       integer check (count > 0);
create index notice_contact on notice (contact_id) where contact_id is not null;

alter table activity
  add column edited_at         timestamptz,
  add column edited_by_key_id  uuid references api_key on delete set null;

alter table completion
  add column id                uuid not null unique default gen_random_uuid(),
  add column edited_at         timestamptz,
  add column edited_by_key_id  uuid references api_key on delete set null;

-- Who acts in this transaction: a command says it at its beginning (store/writes/acting.ts).
create function acting(what text) returns uuid language sql stable as
$$ select nullif(current_setting('dozvon.' || what, true), '')::uuid $$;

-- OWN-06: whoever changes an owner and whatever for, the history has it. OWN-05: the new owner is told, once per
-- change and not of the people in an organisation, who come with it.
create function note_new_owners() returns trigger language plpgsql as $$
begin
  with moved as (
    select after.id, after.organisation_id, before.owner_id as old_owner, after.owner_id as new_owner
      from after join before using (id) where after.owner_id is distinct from before.owner_id
  ), noted as (
    insert into activity (contact_id, kind, by_key_id, by_agent_id, data)
    select id, 'owner-changed', acting('key'), acting('agent'),
           jsonb_build_object('from', old_owner, 'to', new_owner) from moved
  )
  insert into notice (agent_id, kind, contact_id, count, because)
  select new_owner, 'contact.received', case count(*) when 1 then min(id::text)::uuid end, count(*),
         'you are responsible for them now'
    from moved
   where organisation_id is null and new_owner is not null and new_owner is distinct from acting('agent')
   group by new_owner;
  return null;
end $$;
create trigger contact_owner_noted after update on contact referencing old table as before new table as after
  for each statement execute function note_new_owners();
