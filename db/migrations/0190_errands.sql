-- What a call is placed for beside talking, and calls for later that are placed by themselves.

alter table attempt
  -- A call for later, a dial task, the next of a call list, an order: claimed in the attempt's own transaction (law L4).
  add column errand          text check (errand in ('deferred', 'task', 'list', 'order')),
  add column errand_id       uuid,
  -- Whether the errand has been told what came of it.
  add column errand_settled  boolean not null default false,
  add check ((errand is null) = (errand_id is null));
create index attempt_errand on attempt (errand_id, created_at) where errand is not null;
create index attempt_errand_open on attempt (created_at) where errand is not null and not errand_settled;

alter table deferred_call
  -- How often a call was placed for it and the customer was not even dialled, and when it may be placed by itself again.
  add column tries    integer not null default 0,
  add column auto_at  timestamptz;
create index deferred_call_due on deferred_call (due_at) where state = 'due';
create index deferred_call_contact on deferred_call (contact_id, due_at) where contact_id is not null;

-- Whether due calls are placed by themselves for this agent; null: as the company has it.
alter table agent add column deferred_auto_call boolean;
