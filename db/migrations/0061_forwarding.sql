-- Calls to numbers outside: forwarding (FWD-01..09), how carriers want numbers, and what is billed (FWD-08).

alter table trunk
  add column number_format text not null default 'e164' check (number_format in ('e164', 'digits'));

alter table line
  -- null: the first trunk that calls can be placed through.
  add column trunk_id uuid references trunk on delete set null,
  add column forward_mode text not null default 'off' check (forward_mode in ('off', 'number', 'agents')),
  add column forward_number text check (forward_number ~ '^\+[1-9][0-9]{4,14}$'),
  -- Nothing is forwarded to a number that nobody has proved to be theirs (FWD-02).
  add column forward_number_verified_at timestamptz,
  add column forward_seconds integer not null default 25 check (forward_seconds between 5 and 120),
  add column forward_attempts integer not null default 1 check (forward_attempts between 1 and 5),
  add column forward_caller_id text not null default 'line' check (forward_caller_id in ('caller', 'line'));

-- An agent's own number: entered (pending), proved to be theirs (verified), approved by the administrator (FWD-03).
alter table agent
  add column forward_number text check (forward_number ~ '^\+[1-9][0-9]{4,14}$'),
  add column forward_state text not null default 'none'
    check (forward_state in ('none', 'pending', 'verified', 'approved')),
  add check ((forward_state = 'none') = (forward_number is null));

-- The number outside that a leg called, and the one that took the call.
alter table call_leg add column to_number text;
alter table call add column forwarded_to text;
