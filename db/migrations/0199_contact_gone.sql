-- Whoever is deleted is called by nobody any more: their places on lists end with them, a call that goes on apart.
create function contact_unlisted() returns trigger language plpgsql as $$
begin
  update campaign_contact
     set state = 'cancelled', taken_at = null, taken_by = null, ended_at = now()
   where contact_id = old.id and state in ('waiting', 'taken');
  return old;
end
$$;
create trigger contact_unlisted before delete on contact for each row execute function contact_unlisted();
