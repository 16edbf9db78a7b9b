-- Whose number customers see, and the proof that it is theirs (LINE-01..05, FWD-02, FWD-03); the company's own PBX
-- (LINE-06..08).

-- One attempt to prove a number: a code is dictated by a call or sent by SMS, and typed in.
create table number_verification (
  id             uuid primary key default gen_random_uuid(),
  number         text not null check (number ~ '^\+[1-9][0-9]{4,14}$'),
  -- What the number is to be: an agent's shown number, the company's common one, or where calls are forwarded to.
  subject        text not null check (subject in ('agent', 'company', 'line-forwarding', 'agent-forwarding')),
  agent_id       uuid references agent on delete cascade,
  line_id        uuid references line on delete cascade,
  method         text not null check (method in ('call', 'sms')),
  -- scrypt of the code, with the row's id as salt: six digits are few, and ten minutes are short.
  code_hash      bytea not null,
  attempts_left  integer not null default 5 check (attempts_left between 0 and 5),
  expires_at     timestamptz not null,
  verified_at    timestamptz,
  -- LINE-04: the proof lapses.
  valid_until    timestamptz,
  created_at     timestamptz not null default now(),
  check ((subject in ('agent', 'agent-forwarding')) = (agent_id is not null)),
  check ((subject = 'line-forwarding') = (line_id is not null)),
  check ((verified_at is null) = (valid_until is null))
);
-- How often a number is asked to be proved, and which proofs there are.
create index number_verification_number on number_verification (number, created_at desc);
create index number_verification_agent on number_verification (agent_id);
create index number_verification_line on number_verification (line_id);

alter table agent
  -- Their own existing number, which customers see (LINE-01); set by proving it.
  add column shown_number text check (shown_number ~ '^\+[1-9][0-9]{4,14}$');

-- A carrier, or the company's own PBX, of which there is one (LINE-06).
alter table trunk
  add column kind text not null default 'carrier' check (kind in ('carrier', 'pbx')),
  -- The PBX's number that our calls are placed with, and its SIP domain (LINE-07).
  add column number text check (number ~ '^\+[1-9][0-9]{4,14}$'),
  add column domain text,
  drop constraint trunk_addresses_check,
  add check (kind = 'pbx' or cardinality(addresses) > 0),
  add check ((kind = 'pbx') = (number is not null)),
  add check (kind = 'pbx' or domain is null);
create unique index trunk_one_pbx on trunk (kind) where kind = 'pbx';
