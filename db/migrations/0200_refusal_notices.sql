-- The engine knows the refusal list by heart, for what agents dial with their phones' own keys: it is told once per
-- statement, on the directory's channel: a number, or «+» when many have changed.
create function tell_refusals(phones text[]) returns void language plpgsql as $$
begin
  if cardinality(phones) > 200 then
    perform pg_notify('directory', '+');
  else
    perform pg_notify('directory', phone) from unnest(phones) phone;
  end if;
end $$;

create function refusals_changed() returns trigger language plpgsql as $$
begin
  perform tell_refusals(array(select phone from changed limit 201));
  return null;
end $$;

create trigger refused_number_added after insert on refused_number
  referencing new table as changed for each statement execute function refusals_changed();
create trigger refused_number_changed after update on refused_number
  referencing new table as changed for each statement execute function refusals_changed();
create trigger refused_number_removed after delete on refused_number
  referencing old table as changed for each statement execute function refusals_changed();
