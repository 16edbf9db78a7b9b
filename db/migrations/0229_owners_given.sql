-- Telephones and addresses come with their contact's owner where the writer knows it: an import has made the contacts itself,
-- in the same transaction, and looking each of them up again was a quarter of its work (store/imports/piece.ts).
drop trigger contact_phone_owned on contact_phone;
create trigger contact_phone_owned before insert or update of contact_id on contact_phone
  for each row when (current_setting('dozvon.owners_given', true) is distinct from 'on')
  execute function take_contacts_owner();
drop trigger contact_email_owned on contact_email;
create trigger contact_email_owned before insert or update of contact_id on contact_email
  for each row when (current_setting('dozvon.owners_given', true) is distinct from 'on')
  execute function take_contacts_owner();
