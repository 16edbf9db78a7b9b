-- Who did what that must not be done unseen: listening, deleting, supervising, keys. Written beside the deed, in its
-- transaction where it has one. Nothing refers to other tables, so that a row outlives what it speaks of.

create table audit (
  id            uuid primary key default gen_random_uuid(),
  at            timestamptz not null default clock_timestamp(),
  -- All null for what the house does by itself, such as deleting what is past its retention.
  key_id        uuid,
  role          text check (role in ('admin', 'supervisor', 'agent')),
  agent_id      uuid,
  -- The subject's word and the verb's: recording.listened, key.created.
  action        text not null check (action ~ '^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+$'),
  subject_type  text not null,
  subject_id    text,
  detail        jsonb not null default '{}',
  address       text
);
create index audit_newest on audit (at desc, id desc);
create index audit_subject on audit (subject_type, subject_id, at desc);
create index audit_key on audit (key_id, at desc);

-- A log that can be tidied up proves nothing.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger audit_is_only_added_to before update or delete on audit
  for each statement execute function refuse_change();
