-- One agent's search (CONT-05) has to be as quick as everybody's, whether they own three contacts or half of the base, and
-- however many others have the same numbers: the index that finds the part narrows it down to the owner as well.

-- A base of a million is rewritten here.
set local statement_timeout = 0;

create extension if not exists btree_gin;

drop index contact_name_part;
drop index contact_organisation_part;
drop index contact_phone_part;
drop index contact_email_part;

-- Each letter of ours becomes one of ASCII's, and each of ASCII's, and each digit, two. Before, a letter shared its key with
-- one of the other alphabet, and who typed "petrov" waited for fifty thousand Петровых to be compared.
create or replace function search_key(text) returns text language sql immutable parallel safe strict as $$
  select translate(regexp_replace(lower($1), '[a-z0-9]', 'z\&', 'g'),
                   'абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ', 'abvgdeej7i6klmnoprstufhcqwx0y1345iieg')
$$;

-- The contact's owner, kept by the triggers below.
alter table contact_phone add column owner_id uuid;
alter table contact_email add column owner_id uuid;
update contact_phone part set owner_id = contact.owner_id from contact
 where contact.id = part.contact_id and contact.owner_id is not null;
update contact_email part set owner_id = contact.owner_id from contact
 where contact.id = part.contact_id and contact.owner_id is not null;

create index contact_name_part on contact using gin (search_key(name) gin_trgm_ops, owner_id);
create index contact_organisation_part on contact using gin (search_key(name) gin_trgm_ops, owner_id)
  where kind = 'organisation';
alter index contact_name_part alter column 1 set statistics 1000;
alter index contact_organisation_part alter column 1 set statistics 1000;
create index contact_phone_part on contact_phone using gin (phone gin_trgm_ops, owner_id);
create index contact_email_part on contact_email using gin (search_key(email) gin_trgm_ops, owner_id);

-- The lock keeps an owner who changes meanwhile from being missed.
create function take_contacts_owner() returns trigger language plpgsql as $$
begin
  select contact.owner_id into new.owner_id from contact where contact.id = new.contact_id for share;
  return new;
end $$;
create trigger contact_phone_owned before insert or update of contact_id on contact_phone
  for each row execute function take_contacts_owner();
create trigger contact_email_owned before insert or update of contact_id on contact_email
  for each row execute function take_contacts_owner();

create function give_owner_to_parts() returns trigger language plpgsql as $$
begin
  if not exists (select from after join before using (id) where after.owner_id is distinct from before.owner_id) then
    return null;
  end if;
  update contact_phone part set owner_id = after.owner_id from after join before using (id)
   where part.contact_id = after.id and after.owner_id is distinct from before.owner_id;
  update contact_email part set owner_id = after.owner_id from after join before using (id)
   where part.contact_id = after.id and after.owner_id is distinct from before.owner_id;
  return null;
end $$;
create trigger contact_parts_given after update on contact referencing old table as before new table as after
  for each statement execute function give_owner_to_parts();
