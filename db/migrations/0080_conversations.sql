-- Hold, transfer, conference, supervision.

alter table agent
  -- A call is handed to this agent only after they accepted it (XFER-14).
  add column acceptance_needed boolean not null default false,
  -- Talks to colleagues; no customer may be handed over (XFER-05).
  add column consultation_only boolean not null default false;

alter table line
  -- For colleagues: a target of calls and transfers (LINE-20). One space of numbers with agents' (see below).
  add column short_number text unique check (short_number ~ '^[0-9]{2,6}$'),
  add column consultation_only boolean not null default false,
  -- What becomes of a call that was handed over blindly and that nobody takes within 30 s (D-04).
  add column blind_no_answer text not null default 'end' check (blind_no_answer in ('end', 'return'));

-- A short number means one thing.
create function refuse_taken_short_number() returns trigger language plpgsql as $$
begin
  if new.short_number is null then return new; end if;
  if (tg_table_name = 'agent' and exists (select from line where short_number = new.short_number))
     or (tg_table_name = 'line' and exists (select from agent where short_number = new.short_number)) then
    raise exception 'the short number % is in use', new.short_number
      using errcode = 'unique_violation', constraint = tg_table_name || '_short_number_key';
  end if;
  return new;
end $$;
create trigger agent_short_number_is_free before insert or update of short_number on agent
  for each row execute function refuse_taken_short_number();
create trigger line_short_number_is_free before insert or update of short_number on line
  for each row execute function refuse_taken_short_number();

alter table call
  -- How long the customer heard music because an agent had put them on hold, or consulted.
  add column hold_ms integer;

-- A channel that was moved from one call into another (a phone's own transfer) is a leg of both.
alter table call_leg drop constraint call_leg_pkey;
alter table call_leg add primary key (call_id, channel);

-- Who was with whom, in order: the parts that a conversation consists of.
create table call_part (
  call_id   uuid not null references call on delete cascade,
  position  integer not null,
  -- talk: with the customer alone; conference: with the customer and others; consult: with a colleague, without the
  -- customer; hold: the customer alone.
  kind      text not null check (kind in ('talk', 'conference', 'consult', 'hold')),
  -- Null for the customer's own hold and for somebody outside.
  agent_id  uuid references agent on delete set null,
  channel   text not null,
  from_at   timestamptz not null,
  to_at     timestamptz,
  primary key (call_id, position)
);
create index call_part_agent on call_part (agent_id, from_at) where agent_id is not null;

-- A supervisor's key can be bound to the agent whose phone rings when they listen to a call.
alter table api_key drop constraint api_key_check;
alter table api_key add constraint api_key_names_its_agent
  check (role = 'supervisor' or (role = 'agent') = (agent_id is not null));
