-- Recordings for grown-ups: voicemail beside calls' recordings, encryption, pauses, retention with proof.

alter table line
  -- null: for ever (REC-03).
  add column retention_days integer check (retention_days between 1 and 36500),
  -- At which endings a caller may leave a message (D-39).
  add column voicemail text not null default 'off'
    check (voicemail in ('off', 'no-answer', 'out-of-hours', 'both')),
  add column voicemail_seconds integer not null default 120 check (voicemail_seconds between 10 and 600);

alter table recording
  add column kind text not null default 'call' check (kind in ('call', 'voicemail')),
  -- The master key that wraps the file's own key (apps/vault); null: in the clear, or there is no file.
  add column key_id uuid,
  -- A legal hold: neither retention nor anybody deletes it.
  add column held boolean not null default false,
  -- [{fromMs, toMs}] in the file.
  add column pauses jsonb not null default '[]',
  -- What the line's retention was when the line was deleted; while there is a line, the line's counts.
  add column retention_days integer,
  add column deleted_at timestamptz,
  -- `retention`, or the id of the key that asked for it.
  add column deleted_by text,
  drop constraint recording_call_id_key,
  drop constraint recording_state_check,
  add constraint recording_state_check check (state in ('kept', 'empty', 'lost', 'deleted')),
  add constraint recording_deleted check ((state = 'deleted') = (deleted_at is not null)),
  -- What was deleted has no file and no key any more; its checksum stays, as proof of what it was.
  add constraint recording_gone check (state <> 'deleted' or (path is null and key_id is null and not held));
create unique index recording_call on recording (call_id, kind);
create index recording_newest on recording (adopted_at desc, id desc);
create index recording_deleted_at on recording (deleted_at desc) where deleted_at is not null;
create index recording_key on recording (key_id) where key_id is not null;

-- While a row is open (to_at is null), what is said is not recorded. Written before Asterisk is told, closed after.
create table recording_pause (
  id        uuid primary key default gen_random_uuid(),
  call_id   uuid not null,
  from_at   timestamptz not null,
  -- When recording goes on by itself.
  until_at  timestamptz not null,
  to_at     timestamptz,
  by_key    uuid,
  reason    text,
  check (to_at >= from_at)
);
create unique index recording_pause_open on recording_pause (call_id) where to_at is null;
create index recording_pause_call on recording_pause (call_id, from_at);

-- A message is told as such, and so is a deletion.
create or replace function tell_recording() returns trigger language plpgsql as $$
begin
  perform emit_event(
    case when new.kind = 'voicemail' and new.state = 'kept' then 'voicemail.left' else 'recording.' || new.state end,
    'call:' || new.call_id, new.call_id, jsonb_build_object(
      'recordingId', new.id, 'kind', new.kind, 'durationMs', new.duration_ms, 'bytes', new.bytes, 'sha256', new.sha256));
  return null;
end $$;
drop trigger recording_changed on recording;
create trigger recording_changed after update of state on recording for each row
  when (new.state is distinct from old.state and new.state in ('kept', 'lost', 'deleted'))
  execute function tell_recording();
