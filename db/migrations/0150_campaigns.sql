-- The dialler: campaigns, who is to be called, what came of each attempt, and who must not be called.

create table campaign (
  id                    uuid primary key default gen_random_uuid(),
  key                   text not null unique check (key ~ '^c[a-z0-9]{1,20}$'),
  name                  text not null unique,
  mode                  text not null check (mode in ('preview', 'progressive', 'power', 'predictive', 'agentless')),
  state                 text not null default 'draft'
                        check (state in ('draft', 'running', 'paused', 'draining', 'stopped', 'finished')),
  -- What the calls are for: the law asks it first (38-FZ art. 18, 230-FZ).
  purpose               text not null check (purpose in ('service', 'advertising', 'survey', 'reminder', 'debt')),
  -- Whose number is shown, and whose prompts, recording, scenario and language are used.
  line_id               uuid not null references line,
  -- Whose agents serve it; null: those in campaign_agent.
  queue_id              uuid references queue,
  -- Power: calls in flight for each free agent.
  ratio                 numeric(4, 2) check (ratio between 1 and 10),
  -- How agents are reached: their phone rings, or they keep a line open.
  connect               text not null default 'ring' check (connect in ('ring', 'open-line')),
  -- Whether its agents may take queue calls as well.
  blending              boolean not null default false,
  -- Whether calls that have rung for the minimum time may be hung up when the risk of abandoning one jumps.
  shedding              boolean not null default false,
  -- Its share of agents who serve several campaigns.
  weight                integer not null default 1 check (weight between 1 and 100),
  ring_seconds          integer not null default 25 check (ring_seconds between 15 and 60),
  -- Parameters of app_amd; null: nobody listens for machines.
  amd                   jsonb,
  -- Identifies us to whoever answered when no agent was there; null: the built-in one, in the line's language.
  message_sound_id      uuid references sound,
  -- Agentless: what is played, and what the keys mean.
  announcement_sound_id uuid references sound,
  announcement          jsonb,
  -- What may be done, when, and how often (core/dialling/policy.ts).
  policy                jsonb not null,
  -- In the order of failover; none: as for every call outside.
  trunk_ids             uuid[] not null default '{}',
  calls_per_second      integer not null default 5 check (calls_per_second between 1 and 100),
  max_lines             integer not null default 100 check (max_lines between 1 and 1000),
  -- Numbers shown in turn; none: the line's.
  caller_numbers        text[] not null default '{}',
  -- Null: as the queue has it.
  wrap_up               text check (wrap_up in ('none', 'limit', 'until-completed')),
  wrap_up_seconds       integer check (wrap_up_seconds between 1 and 3600),
  created_at            timestamptz not null default now(),
  started_at            timestamptz,
  ended_at              timestamptz,
  check ((mode = 'power') = (ratio is not null)),
  check (wrap_up is distinct from 'limit' or wrap_up_seconds is not null)
);

create table campaign_agent (
  campaign_id  uuid not null references campaign on delete cascade,
  agent_id     uuid not null references agent on delete cascade,
  primary key (campaign_id, agent_id)
);
create index campaign_agent_agent on campaign_agent (agent_id);

-- Somebody to be called: a contact of ours, or numbers from a list.
create table campaign_contact (
  id           uuid primary key default gen_random_uuid(),
  campaign_id  uuid not null references campaign on delete cascade,
  contact_id   uuid references contact on delete set null,
  name         text not null default '',
  state        text not null default 'waiting' check (state in ('waiting', 'taken', 'done', 'refused', 'cancelled')),
  priority     integer not null default 0 check (priority between 0 and 9),
  next_at      timestamptz not null default now(),
  -- The order of loading.
  position     bigint generated always as identity,
  attempts     integer not null default 0,
  -- Asked for this agent.
  agent_id     uuid references agent on delete set null,
  last_ending  text,
  -- Why it is done or refused, or why it was put off.
  done_reason  text,
  taken_at     timestamptz,
  -- Preview: to whom it is shown.
  taken_by     uuid references agent on delete set null,
  ended_at     timestamptz,
  unique (campaign_id, contact_id),
  check ((state = 'taken') = (taken_at is not null))
);
create index campaign_contact_due on campaign_contact (campaign_id, priority desc, next_at, position) where state = 'waiting';
create index campaign_contact_taken on campaign_contact (campaign_id, taken_at) where state = 'taken';
create index campaign_contact_list on campaign_contact (campaign_id, position);
create index campaign_contact_contact on campaign_contact (contact_id);

create table campaign_number (
  campaign_contact_id  uuid not null references campaign_contact on delete cascade,
  phone                text not null check (phone ~ '^\+[1-9][0-9]{4,14}$'),
  -- A number is in a campaign once, or two of its contacts would have it rung twice.
  campaign_id          uuid not null references campaign on delete cascade,
  position             integer not null,
  -- IANA zone that the contact's address gives; null: what the number says.
  zone                 text,
  -- How likely a person answers, between 0 and 1.
  score                real check (score between 0 and 1),
  attempts             integer not null default 0,
  last_at              timestamptz,
  last_ending          text,
  primary key (campaign_contact_id, phone),
  unique (campaign_id, phone)
);
create index campaign_number_phone on campaign_number (phone);

-- An attempt of a campaign is open while it has no ending. Its row is the evidence: when it was answered, when the
-- greeting ended, when an agent was there, when the message was played.
alter table attempt
  add column campaign_id         uuid references campaign,
  add column campaign_contact_id uuid references campaign_contact on delete set null,
  add column trunk_key           text,
  add column caller_number       text,
  add column ring_seconds        integer,
  add column ending              text check (ending in (
    'answered', 'abandoned', 'hung_up', 'self_service', 'machine', 'no_answer', 'busy', 'rejected',
    'unreachable', 'not_in_service', 'failed', 'shed', 'cancelled', 'not_placed', 'lost')),
  -- Q.850.
  add column cause               integer,
  add column answered_at         timestamptz,
  add column greeting_ended_at   timestamptz,
  add column connected_at        timestamptz,
  -- Verdict, its time and cause, and whether somebody corrected it.
  add column amd                 jsonb,
  add column abandoned_at        timestamptz,
  add column message_played_at   timestamptz,
  -- Agentless: the keys that were pressed.
  add column pressed             text,
  add column ended_at            timestamptz,
  add column because             jsonb;
-- Nobody is rung twice at once, whoever asks (law L4).
create unique index attempt_open_contact on attempt (campaign_contact_id)
  where campaign_id is not null and ending is null;
create unique index attempt_open_number on attempt (number) where campaign_id is not null and ending is null;
create index attempt_open on attempt (campaign_id, created_at) where campaign_id is not null and ending is null;
create index attempt_number on attempt (number, created_at);
create index attempt_contact on attempt (contact_id, created_at) where contact_id is not null;
create index attempt_campaign on attempt (campaign_id, created_at desc, id) where campaign_id is not null;
create index attempt_live on attempt (campaign_id, answered_at) where answered_at is not null;

-- Who asked not to be called.
create table refused_number (
  phone       text primary key check (phone ~ '^\+[1-9][0-9]{4,14}$'),
  reason      text not null default '',
  source      text not null check (source in ('api', 'import', 'key', 'agent')),
  at          timestamptz not null default now(),
  -- Null: for ever.
  until       timestamptz,
  attempt_id  text references attempt on delete set null
);
create index refused_number_newest on refused_number (at desc, phone);

-- Who agreed to be called, and how we know.
create table contact_consent (
  id            uuid primary key default gen_random_uuid(),
  phone         text not null check (phone ~ '^\+[1-9][0-9]{4,14}$'),
  contact_id    uuid references contact on delete set null,
  purpose       text not null check (purpose in ('service', 'advertising', 'survey', 'reminder', 'debt')),
  -- The form, the recorded call, the paper.
  how           text not null,
  given_at      timestamptz not null,
  -- Who took it.
  taken_by      text not null,
  reference     text not null default '',
  until         timestamptz,
  withdrawn_at  timestamptz,
  created_at    timestamptz not null default now()
);
create index contact_consent_phone on contact_consent (phone, purpose);
create index contact_consent_contact on contact_consent (contact_id);
create index contact_consent_newest on contact_consent (created_at desc, id);
