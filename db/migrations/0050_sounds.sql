-- Uploaded sounds, and which of them a line plays (PROMPT-01, PROMPT-02).

create table sound (
  id             uuid primary key default gen_random_uuid(),
  name           text not null,
  -- What is spoken in it, for people; a line plays it whatever its own language is.
  language       text check (language in ('ru', 'en')),
  -- The file as it was sent is kept: <dataDir>/sounds/originals/<id>. What is made of it can be made again.
  original_name  text not null,
  format         text not null check (format in ('mp3', 'wav', 'wma')),
  bytes          integer not null,
  sha256         text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  duration_ms    integer not null,
  created_at     timestamptz not null default now()
);

-- A slot without a row plays the standard prompt (PROMPT-08).
create table line_prompt (
  line_id   uuid not null references line on delete cascade,
  slot      text not null check (slot in ('arrival', 'waiting', 'busy', 'no-answer', 'out-of-hours')),
  kind      text not null check (kind in ('none', 'sound')),
  sound_id  uuid references sound,
  primary key (line_id, slot),
  check ((kind = 'sound') = (sound_id is not null)),
  -- Only a greeting (PROMPT-07) and the loop of the waiting (then ringing tone or music) may be left out.
  check (kind = 'sound' or slot in ('arrival', 'waiting'))
);
create index line_prompt_sound on line_prompt (sound_id);
