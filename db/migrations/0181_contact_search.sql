-- A part of a name, of an address or of a number finds its contacts among a million (CONT-05).

create extension if not exists pg_trgm;

-- In a database whose character type is C, pg_trgm takes only ASCII for letters, and a Russian name has no trigram. Each
-- letter therefore becomes one of ASCII's. Two letters may share one: whoever asks compares the text itself as well.
create function search_key(text) returns text language sql immutable parallel safe strict as $$
  select translate(lower($1), 'абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ', 'abvgdeejzi6klmnoprstufhcqwx0y1345i789')
$$;

create index contact_name_part on contact using gin (search_key(name) gin_trgm_ops);
create index contact_email_part on contact_email using gin (search_key(email) gin_trgm_ops);
create index contact_phone_part on contact_phone using gin (phone gin_trgm_ops);
-- Rare and frequent parts want different plans.
alter index contact_name_part alter column 1 set statistics 1000;
