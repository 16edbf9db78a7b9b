-- An agent's search reads their own contacts, the newest first, instead of everybody's.
create index contact_owned_newest on contact (owner_id, created_at desc, id desc);
drop index contact_owner;
