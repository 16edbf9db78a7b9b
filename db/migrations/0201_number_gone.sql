-- A number that is taken off a contact is dialled by no list any more. At the end of the transaction, because a change
-- writes all of a contact's numbers anew.
create function number_unlisted() returns trigger language plpgsql as $$
begin
  if not exists (select from contact_phone where contact_id = old.contact_id and phone = old.phone) then
    delete from campaign_number number using campaign_contact listed
     where listed.id = number.campaign_contact_id
       and listed.contact_id = old.contact_id
       and listed.state in ('waiting', 'taken')
       and number.phone = old.phone;
  end if;
  return null;
end
$$;
create constraint trigger number_unlisted after delete or update of contact_id, phone on contact_phone
  deferrable initially deferred for each row execute function number_unlisted();
