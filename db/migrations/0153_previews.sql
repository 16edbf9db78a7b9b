-- Preview: an agent sees whom to call, and calls, skips, or lets the time pass.

alter table campaign
  -- So long somebody is shown.
  add column preview_seconds integer not null default 120 check (preview_seconds between 5 and 3600),
  -- What follows when nobody has decided by then: back to the list and a break for the agent, or a call by itself.
  add column preview_timeout text not null default 'pause' check (preview_timeout in ('pause', 'call'));

-- Who was shown to whom, and what became of it. Open while it has not ended.
create table campaign_preview (
  id                   uuid primary key default gen_random_uuid(),
  campaign_id          uuid not null references campaign on delete cascade,
  campaign_contact_id  uuid not null references campaign_contact on delete cascade,
  agent_id             uuid references agent on delete set null,
  shown_at             timestamptz not null,
  -- The end of the time limit.
  until                timestamptz not null,
  ended_at             timestamptz,
  outcome              text check (outcome in ('called', 'skipped', 'timed-out', 'returned')),
  -- Called without the agent's word, because the time was over.
  by_itself            boolean not null default false,
  -- Skipped: why.
  reason               text check (reason in ('already-talked', 'wrong-person', 'wrong-time', 'not-relevant',
                                              'do-not-call', 'other')),
  comment              text not null default '',
  attempt_id           text references attempt on delete set null,
  check ((ended_at is null) = (outcome is null)),
  check ((reason is not null) = (outcome is not distinct from 'skipped'))
);
-- An agent decides about one at a time, and nobody is shown to two.
create unique index campaign_preview_agent on campaign_preview (agent_id) where ended_at is null;
create unique index campaign_preview_contact on campaign_preview (campaign_contact_id) where ended_at is null;
create index campaign_preview_campaign on campaign_preview (campaign_id, shown_at);
create index campaign_preview_listed on campaign_preview (campaign_contact_id, shown_at);

-- Who leaves the list while being shown, because the contact was deleted, is shown to nobody any more.
create function preview_over() returns trigger language plpgsql as $$
begin
  update campaign_preview set ended_at = now(), outcome = 'returned'
   where campaign_contact_id = new.id and ended_at is null;
  return new;
end
$$;
create trigger preview_over after update of state on campaign_contact
  for each row when (old.state = 'taken' and new.state <> 'taken') execute function preview_over();
