-- Made by `npm run schema` from the migrated database; a test compares it. Change the migrations instead.

create table activity (
  id uuid default gen_random_uuid() not null,
  contact_id uuid not null,
  kind text not null,
  at timestamp with time zone default now() not null,
  by_key_id uuid,
  by_agent_id uuid,
  data jsonb default '{}'::jsonb not null,
  edited_at timestamp with time zone,
  edited_by_key_id uuid,
  constraint activity_pkey PRIMARY KEY (id),
  constraint activity_by_agent_id_fkey FOREIGN KEY (by_agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint activity_by_key_id_fkey FOREIGN KEY (by_key_id) REFERENCES api_key(id) ON DELETE SET NULL,
  constraint activity_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE CASCADE,
  constraint activity_edited_by_key_id_fkey FOREIGN KEY (edited_by_key_id) REFERENCES api_key(id) ON DELETE SET NULL,
  constraint activity_kind_check CHECK ((kind = ANY (ARRAY['comment'::text, 'letter'::text, 'survey'::text, 'owner-changed'::text, 'merged'::text])))
);
CREATE INDEX activity_agent ON activity USING btree (by_agent_id) WHERE (by_agent_id IS NOT NULL);
CREATE INDEX activity_contact ON activity USING btree (contact_id, at DESC, id DESC);

create table agent (
  id uuid default gen_random_uuid() not null,
  name text not null,
  short_number text not null,
  phone text not null,
  sip_ha1 text not null,
  state text default 'offline'::text not null,
  state_since timestamp with time zone default now() not null,
  created_at timestamp with time zone default now() not null,
  email text,
  forward_number text,
  forward_state text default 'none'::text not null,
  pending_state text,
  call_mode text default 'phone'::text not null,
  mobile text,
  auto_answer boolean default false not null,
  acceptance_needed boolean default false not null,
  consultation_only boolean default false not null,
  shown_number text,
  deferred_auto_call boolean,
  constraint agent_pkey PRIMARY KEY (id),
  constraint agent_phone_key UNIQUE (phone),
  constraint agent_short_number_key UNIQUE (short_number),
  constraint agent_call_mode_check CHECK ((call_mode = ANY (ARRAY['phone'::text, 'external'::text, 'webrtc'::text]))),
  constraint agent_check CHECK (((forward_state = 'none'::text) = (forward_number IS NULL))),
  constraint agent_email_check CHECK ((email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text)),
  constraint agent_external_mobile CHECK (((call_mode <> 'external'::text) OR (mobile IS NOT NULL))),
  constraint agent_forward_number_check CHECK ((forward_number ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint agent_forward_state_check CHECK ((forward_state = ANY (ARRAY['none'::text, 'pending'::text, 'verified'::text, 'approved'::text]))),
  constraint agent_mobile_check CHECK ((mobile ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint agent_pending_state_check CHECK ((pending_state = ANY (ARRAY['offline'::text, 'break'::text, 'inbound'::text, 'outbound'::text]))),
  constraint agent_phone_check CHECK ((phone ~ '^[a-z0-9-]{3,40}$'::text)),
  constraint agent_short_number_check CHECK ((short_number ~ '^[0-9]{2,6}$'::text)),
  constraint agent_shown_number_check CHECK ((shown_number ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint agent_sip_ha1_check CHECK ((sip_ha1 ~ '^[0-9a-f]{32}$'::text)),
  constraint agent_state_check CHECK ((state = ANY (ARRAY['offline'::text, 'break'::text, 'inbound'::text, 'outbound'::text])))
);

create table agent_busy (
  call_id uuid not null,
  agent_id uuid not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone,
  constraint agent_busy_pkey PRIMARY KEY (call_id, agent_id, from_at),
  constraint agent_busy_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint agent_busy_call_id_fkey FOREIGN KEY (call_id) REFERENCES call(id) ON DELETE CASCADE
);
CREATE INDEX agent_busy_agent ON agent_busy USING btree (agent_id, from_at) INCLUDE (to_at);

create table agent_call (
  call_id uuid not null,
  agent_id uuid not null,
  type text not null,
  arrived_at timestamp with time zone not null,
  called boolean not null,
  involved boolean not null,
  talk_ms integer,
  ring_ms integer not null,
  rings integer not null,
  wrap_up_ms integer not null,
  owned boolean not null,
  owner_answered boolean not null,
  constraint agent_call_pkey PRIMARY KEY (call_id, agent_id),
  constraint agent_call_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint agent_call_call_id_fkey FOREIGN KEY (call_id) REFERENCES call(id) ON DELETE CASCADE,
  constraint agent_call_type_check CHECK ((type = ANY (ARRAY['inbound'::text, 'outbound'::text, 'internal'::text, 'missed'::text])))
);
CREATE INDEX agent_call_agent ON agent_call USING btree (agent_id, arrived_at);
CREATE INDEX agent_call_arrived ON agent_call USING btree (arrived_at);

create table agent_product (
  agent_id uuid not null,
  product_id uuid not null,
  constraint agent_product_pkey PRIMARY KEY (agent_id, product_id),
  constraint agent_product_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint agent_product_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id) ON DELETE CASCADE
);
CREATE INDEX agent_product_product ON agent_product USING btree (product_id);

create table agent_state_change (
  id bigint generated always as identity not null,
  agent_id uuid not null,
  state text not null,
  at timestamp with time zone default now() not null,
  by_key uuid,
  constraint agent_state_change_pkey PRIMARY KEY (id),
  constraint agent_state_change_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE
);
CREATE INDEX agent_state_change_agent ON agent_state_change USING btree (agent_id, at);

create table api_key (
  id uuid default gen_random_uuid() not null,
  name text not null,
  role text not null,
  agent_id uuid,
  hash bytea not null,
  created_at timestamp with time zone default now() not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_hash_key UNIQUE (hash),
  constraint api_key_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint api_key_names_its_agent CHECK (((role = 'supervisor'::text) OR ((role = 'agent'::text) = (agent_id IS NOT NULL)))),
  constraint api_key_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'supervisor'::text, 'agent'::text])))
);

create table attempt (
  id text not null,
  call_id uuid not null,
  agent_id uuid,
  number text not null,
  contact_id uuid,
  state text default 'placing'::text not null,
  reason text,
  created_at timestamp with time zone default now() not null,
  campaign_id uuid,
  campaign_contact_id uuid,
  trunk_key text,
  caller_number text,
  ring_seconds integer,
  ending text,
  cause integer,
  answered_at timestamp with time zone,
  greeting_ended_at timestamp with time zone,
  connected_at timestamp with time zone,
  amd jsonb,
  abandoned_at timestamp with time zone,
  message_played_at timestamp with time zone,
  pressed text,
  ended_at timestamp with time zone,
  because jsonb,
  errand text,
  errand_id uuid,
  errand_settled boolean default false not null,
  constraint attempt_pkey PRIMARY KEY (id),
  constraint attempt_call_id_key UNIQUE (call_id),
  constraint attempt_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint attempt_campaign_contact_id_fkey FOREIGN KEY (campaign_contact_id) REFERENCES campaign_contact(id) ON DELETE SET NULL,
  constraint attempt_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint attempt_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE SET NULL,
  constraint attempt_check CHECK (((errand IS NULL) = (errand_id IS NULL))),
  constraint attempt_ending_check CHECK ((ending = ANY (ARRAY['answered'::text, 'abandoned'::text, 'hung_up'::text, 'self_service'::text, 'machine'::text, 'no_answer'::text, 'busy'::text, 'rejected'::text, 'unreachable'::text, 'not_in_service'::text, 'failed'::text, 'shed'::text, 'cancelled'::text, 'not_placed'::text, 'lost'::text]))),
  constraint attempt_errand_check CHECK ((errand = ANY (ARRAY['deferred'::text, 'task'::text, 'list'::text, 'order'::text]))),
  constraint attempt_state_check CHECK ((state = ANY (ARRAY['placing'::text, 'placed'::text, 'refused'::text, 'not-placed'::text])))
);
CREATE INDEX attempt_agent ON attempt USING btree (agent_id, created_at);
CREATE INDEX attempt_campaign ON attempt USING btree (campaign_id, created_at DESC, id) WHERE (campaign_id IS NOT NULL);
CREATE INDEX attempt_contact ON attempt USING btree (contact_id, created_at) WHERE (contact_id IS NOT NULL);
CREATE INDEX attempt_errand ON attempt USING btree (errand_id, created_at) WHERE (errand IS NOT NULL);
CREATE INDEX attempt_errand_open ON attempt USING btree (created_at) WHERE ((errand IS NOT NULL) AND (NOT errand_settled));
CREATE INDEX attempt_listed ON attempt USING btree (campaign_contact_id, ending) WHERE (campaign_contact_id IS NOT NULL);
CREATE INDEX attempt_live ON attempt USING btree (campaign_id, answered_at) WHERE (answered_at IS NOT NULL);
CREATE INDEX attempt_number ON attempt USING btree (number, created_at);
CREATE INDEX attempt_open ON attempt USING btree (campaign_id, created_at) WHERE ((campaign_id IS NOT NULL) AND (ending IS NULL));
CREATE UNIQUE INDEX attempt_open_contact ON attempt USING btree (campaign_contact_id) WHERE ((campaign_id IS NOT NULL) AND (ending IS NULL));
CREATE UNIQUE INDEX attempt_open_number ON attempt USING btree (number) WHERE ((campaign_id IS NOT NULL) AND (ending IS NULL));
CREATE INDEX attempt_placing ON attempt USING btree (created_at) WHERE (state = 'placing'::text);

create table audit (
  id uuid default gen_random_uuid() not null,
  at timestamp with time zone default clock_timestamp() not null,
  key_id uuid,
  role text,
  agent_id uuid,
  action text not null,
  subject_type text not null,
  subject_id text,
  detail jsonb default '{}'::jsonb not null,
  address text,
  constraint audit_pkey PRIMARY KEY (id),
  constraint audit_action_check CHECK ((action ~ '^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+$'::text)),
  constraint audit_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'supervisor'::text, 'agent'::text])))
);
CREATE INDEX audit_key ON audit USING btree (key_id, at DESC);
CREATE INDEX audit_newest ON audit USING btree (at DESC, id DESC);
CREATE INDEX audit_subject ON audit USING btree (subject_type, subject_id, at DESC);

create table call (
  id uuid not null,
  linkedid text not null,
  type text not null,
  from_number text,
  to_number text,
  line_id uuid,
  queue_id uuid,
  contact_id uuid,
  owner_id uuid,
  agent_id uuid,
  first_offered_id uuid,
  arrived_at timestamp with time zone not null,
  connected_at timestamp with time zone,
  ended_at timestamp with time zone,
  wait_ms integer,
  talk_ms integer,
  ending text,
  culprit text,
  cause integer,
  fallback boolean default false not null,
  updated_at timestamp with time zone default now() not null,
  forwarded_to text,
  wrap_up_ms integer,
  transfers integer default 0 not null,
  hold_ms integer,
  retention_days integer,
  constraint call_pkey PRIMARY KEY (id),
  constraint call_linkedid_key UNIQUE (linkedid),
  constraint call_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint call_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE SET NULL,
  constraint call_first_offered_id_fkey FOREIGN KEY (first_offered_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint call_line_id_fkey FOREIGN KEY (line_id) REFERENCES line(id) ON DELETE SET NULL,
  constraint call_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint call_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES queue(id) ON DELETE SET NULL,
  constraint call_culprit_check CHECK ((culprit = ANY (ARRAY['ours'::text, 'theirs'::text, 'carrier'::text]))),
  constraint call_type_check CHECK ((type = ANY (ARRAY['inbound'::text, 'outbound'::text, 'internal'::text, 'missed'::text])))
);
CREATE INDEX call_agent ON call USING btree (agent_id, arrived_at DESC);
CREATE INDEX call_contact ON call USING btree (contact_id, arrived_at DESC);
CREATE INDEX call_from ON call USING btree (from_number, arrived_at DESC);
CREATE INDEX call_line ON call USING btree (line_id, arrived_at DESC);
CREATE INDEX call_newest ON call USING btree (arrived_at DESC, id DESC);
CREATE INDEX call_open ON call USING btree (arrived_at) WHERE (ended_at IS NULL);
CREATE INDEX call_outbound ON call USING btree (to_number, arrived_at) WHERE (type = 'outbound'::text);
CREATE INDEX call_outbound_contact ON call USING btree (contact_id, arrived_at) WHERE ((type = 'outbound'::text) AND (contact_id IS NOT NULL));

create table call_event (
  origin text not null,
  call_id uuid not null,
  at timestamp with time zone not null,
  source text not null,
  kind text not null,
  data jsonb not null,
  constraint call_event_pkey PRIMARY KEY (origin),
  constraint call_event_source_check CHECK ((source = ANY (ARRAY['cel'::text, 'queue'::text, 'engine'::text])))
);
CREATE INDEX call_event_call ON call_event USING btree (call_id, at);

create table call_leg (
  channel text not null,
  call_id uuid not null,
  name text not null,
  agent_id uuid,
  started_at timestamp with time zone not null,
  answered_at timestamp with time zone,
  ended_at timestamp with time zone,
  cause integer,
  talk_ms integer,
  to_number text,
  constraint call_leg_pkey PRIMARY KEY (call_id, channel),
  constraint call_leg_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint call_leg_call_id_fkey FOREIGN KEY (call_id) REFERENCES call(id) ON DELETE CASCADE
);
CREATE INDEX call_leg_call ON call_leg USING btree (call_id);
CREATE INDEX call_leg_ended ON call_leg USING btree (ended_at) WHERE (agent_id IS NOT NULL);

create table call_list (
  id uuid default gen_random_uuid() not null,
  name text not null,
  scenario_id uuid not null,
  line_id uuid,
  purpose text not null,
  preset text not null,
  week jsonb,
  state text default 'open'::text not null,
  created_at timestamp with time zone default now() not null,
  created_by uuid,
  constraint call_list_pkey PRIMARY KEY (id),
  constraint call_list_name_key UNIQUE (name),
  constraint call_list_line_id_fkey FOREIGN KEY (line_id) REFERENCES line(id) ON DELETE SET NULL,
  constraint call_list_scenario_id_fkey FOREIGN KEY (scenario_id) REFERENCES scenario(id),
  constraint call_list_name_check CHECK ((name ~ '\S'::text)),
  constraint call_list_purpose_check CHECK ((purpose = ANY (ARRAY['service'::text, 'advertising'::text, 'survey'::text, 'reminder'::text, 'debt'::text]))),
  constraint call_list_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])))
);

create table call_list_agent (
  list_id uuid not null,
  agent_id uuid not null,
  constraint call_list_agent_pkey PRIMARY KEY (list_id, agent_id),
  constraint call_list_agent_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint call_list_agent_list_id_fkey FOREIGN KEY (list_id) REFERENCES call_list(id) ON DELETE CASCADE
);
CREATE INDEX call_list_agent_agent ON call_list_agent USING btree (agent_id);

create table call_list_item (
  id uuid default gen_random_uuid() not null,
  list_id uuid not null,
  "position" integer not null,
  contact_id uuid not null,
  state text default 'waiting'::text not null,
  agent_id uuid,
  number text,
  opened_at timestamp with time zone,
  closed_at timestamp with time zone,
  next_at timestamp with time zone,
  reason text,
  dial_pending boolean default false not null,
  auto_at timestamp with time zone,
  tries integer default 0 not null,
  calls integer default 0 not null,
  call_id uuid,
  result_id uuid,
  comment text default ''::text not null,
  constraint call_list_item_pkey PRIMARY KEY (id),
  constraint call_list_item_list_id_contact_id_key UNIQUE (list_id, contact_id),
  constraint call_list_item_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint call_list_item_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE CASCADE,
  constraint call_list_item_list_id_fkey FOREIGN KEY (list_id) REFERENCES call_list(id) ON DELETE CASCADE,
  constraint call_list_item_result_id_fkey FOREIGN KEY (result_id) REFERENCES scenario_result(id) ON DELETE SET NULL,
  constraint call_list_item_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'open'::text, 'done'::text, 'skipped'::text, 'refused'::text])))
);
CREATE UNIQUE INDEX call_list_item_card ON call_list_item USING btree (agent_id) WHERE (state = 'open'::text);
CREATE INDEX call_list_item_contact ON call_list_item USING btree (contact_id);
CREATE INDEX call_list_item_list ON call_list_item USING btree (list_id, "position");
CREATE INDEX call_list_item_next ON call_list_item USING btree (list_id, "position") WHERE (state = 'waiting'::text);
CREATE UNIQUE INDEX call_list_item_one ON call_list_item USING btree (contact_id) WHERE (state = 'open'::text);
CREATE INDEX call_list_item_pending ON call_list_item USING btree (agent_id) WHERE dial_pending;

create table call_list_save (
  id uuid default gen_random_uuid() not null,
  item_id uuid not null,
  agent_id uuid,
  call_id uuid,
  at timestamp with time zone default now() not null,
  result_id uuid,
  comment text default ''::text not null,
  constraint call_list_save_pkey PRIMARY KEY (id),
  constraint call_list_save_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint call_list_save_item_id_fkey FOREIGN KEY (item_id) REFERENCES call_list_item(id) ON DELETE CASCADE,
  constraint call_list_save_result_id_fkey FOREIGN KEY (result_id) REFERENCES scenario_result(id) ON DELETE SET NULL
);
CREATE INDEX call_list_save_item ON call_list_save USING btree (item_id, at);

create table call_part (
  call_id uuid not null,
  "position" integer not null,
  kind text not null,
  agent_id uuid,
  channel text not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone,
  constraint call_part_pkey PRIMARY KEY (call_id, "position"),
  constraint call_part_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint call_part_call_id_fkey FOREIGN KEY (call_id) REFERENCES call(id) ON DELETE CASCADE,
  constraint call_part_kind_check CHECK ((kind = ANY (ARRAY['talk'::text, 'conference'::text, 'consult'::text, 'hold'::text])))
);
CREATE INDEX call_part_agent ON call_part USING btree (agent_id, from_at) WHERE (agent_id IS NOT NULL);

create table call_wrap_up (
  call_id uuid not null,
  agent_id uuid not null,
  started_at timestamp with time zone not null,
  until_at timestamp with time zone,
  ended_at timestamp with time zone,
  ended_by text,
  constraint call_wrap_up_pkey PRIMARY KEY (call_id, agent_id, started_at),
  constraint call_wrap_up_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint call_wrap_up_ended_by_check CHECK ((ended_by = ANY (ARRAY['completed'::text, 'limit'::text])))
);
CREATE INDEX call_wrap_up_agent ON call_wrap_up USING btree (agent_id, started_at);
CREATE INDEX call_wrap_up_open ON call_wrap_up USING btree (agent_id) WHERE (ended_at IS NULL);
CREATE INDEX call_wrap_up_started ON call_wrap_up USING btree (started_at);

create table callback (
  id uuid not null,
  call_id uuid not null,
  queue_id uuid not null,
  line_id uuid not null,
  number text not null,
  contact_id uuid,
  owner_id uuid,
  kept_at timestamp with time zone not null,
  state text default 'waiting'::text not null,
  attempts integer default 0 not null,
  next_at timestamp with time zone not null,
  channel text,
  dialled_id uuid,
  dialled_at timestamp with time zone,
  reason text,
  created_at timestamp with time zone default now() not null,
  ended_at timestamp with time zone,
  constraint callback_pkey PRIMARY KEY (id),
  constraint callback_call_id_key UNIQUE (call_id),
  constraint callback_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE SET NULL,
  constraint callback_line_id_fkey FOREIGN KEY (line_id) REFERENCES line(id) ON DELETE CASCADE,
  constraint callback_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint callback_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES queue(id) ON DELETE CASCADE,
  constraint callback_number_check CHECK ((number ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint callback_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'calling'::text, 'connected'::text, 'failed'::text, 'cancelled'::text, 'expired'::text])))
);
CREATE INDEX callback_list ON callback USING btree (created_at);
CREATE INDEX callback_open ON callback USING btree (queue_id, kept_at) WHERE (state = ANY (ARRAY['waiting'::text, 'calling'::text]));

create table campaign (
  id uuid default gen_random_uuid() not null,
  key text not null,
  name text not null,
  mode text not null,
  state text default 'draft'::text not null,
  purpose text not null,
  line_id uuid not null,
  queue_id uuid,
  ratio numeric(4,2),
  connect text default 'ring'::text not null,
  blending boolean default false not null,
  shedding boolean default false not null,
  weight integer default 1 not null,
  ring_seconds integer default 25 not null,
  amd jsonb,
  message_sound_id uuid,
  announcement_sound_id uuid,
  announcement jsonb,
  policy jsonb not null,
  trunk_ids uuid[] default '{}'::uuid[] not null,
  calls_per_second integer default 5 not null,
  max_lines integer default 100 not null,
  caller_numbers text[] default '{}'::text[] not null,
  wrap_up text,
  wrap_up_seconds integer,
  created_at timestamp with time zone default now() not null,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  preview_seconds integer default 120 not null,
  preview_timeout text default 'pause'::text not null,
  constraint campaign_pkey PRIMARY KEY (id),
  constraint campaign_key_key UNIQUE (key),
  constraint campaign_name_key UNIQUE (name),
  constraint campaign_announcement_sound_id_fkey FOREIGN KEY (announcement_sound_id) REFERENCES sound(id),
  constraint campaign_line_id_fkey FOREIGN KEY (line_id) REFERENCES line(id),
  constraint campaign_message_sound_id_fkey FOREIGN KEY (message_sound_id) REFERENCES sound(id),
  constraint campaign_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES queue(id),
  constraint campaign_calls_per_second_check CHECK (((calls_per_second >= 1) AND (calls_per_second <= 100))),
  constraint campaign_check CHECK (((mode = 'power'::text) = (ratio IS NOT NULL))),
  constraint campaign_check1 CHECK (((wrap_up IS DISTINCT FROM 'limit'::text) OR (wrap_up_seconds IS NOT NULL))),
  constraint campaign_connect_check CHECK ((connect = ANY (ARRAY['ring'::text, 'open-line'::text]))),
  constraint campaign_key_check CHECK ((key ~ '^c[a-z0-9]{1,20}$'::text)),
  constraint campaign_max_lines_check CHECK (((max_lines >= 1) AND (max_lines <= 1000))),
  constraint campaign_mode_check CHECK ((mode = ANY (ARRAY['preview'::text, 'progressive'::text, 'power'::text, 'predictive'::text, 'agentless'::text]))),
  constraint campaign_preview_seconds_check CHECK (((preview_seconds >= 5) AND (preview_seconds <= 3600))),
  constraint campaign_preview_timeout_check CHECK ((preview_timeout = ANY (ARRAY['pause'::text, 'call'::text]))),
  constraint campaign_purpose_check CHECK ((purpose = ANY (ARRAY['service'::text, 'advertising'::text, 'survey'::text, 'reminder'::text, 'debt'::text]))),
  constraint campaign_ratio_check CHECK (((ratio >= (1)::numeric) AND (ratio <= (10)::numeric))),
  constraint campaign_ring_seconds_check CHECK (((ring_seconds >= 15) AND (ring_seconds <= 60))),
  constraint campaign_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'running'::text, 'paused'::text, 'draining'::text, 'stopped'::text, 'finished'::text]))),
  constraint campaign_weight_check CHECK (((weight >= 1) AND (weight <= 100))),
  constraint campaign_wrap_up_check CHECK ((wrap_up = ANY (ARRAY['none'::text, 'limit'::text, 'until-completed'::text]))),
  constraint campaign_wrap_up_seconds_check CHECK (((wrap_up_seconds >= 1) AND (wrap_up_seconds <= 3600)))
);

create table campaign_agent (
  campaign_id uuid not null,
  agent_id uuid not null,
  constraint campaign_agent_pkey PRIMARY KEY (campaign_id, agent_id),
  constraint campaign_agent_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint campaign_agent_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE
);
CREATE INDEX campaign_agent_agent ON campaign_agent USING btree (agent_id);

create table campaign_contact (
  id uuid default gen_random_uuid() not null,
  campaign_id uuid not null,
  contact_id uuid,
  name text default ''::text not null,
  state text default 'waiting'::text not null,
  priority integer default 0 not null,
  next_at timestamp with time zone default now() not null,
  "position" bigint generated always as identity not null,
  attempts integer default 0 not null,
  agent_id uuid,
  last_ending text,
  done_reason text,
  taken_at timestamp with time zone,
  taken_by uuid,
  ended_at timestamp with time zone,
  constraint campaign_contact_pkey PRIMARY KEY (id),
  constraint campaign_contact_campaign_id_contact_id_key UNIQUE (campaign_id, contact_id),
  constraint campaign_contact_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint campaign_contact_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE,
  constraint campaign_contact_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE SET NULL,
  constraint campaign_contact_taken_by_fkey FOREIGN KEY (taken_by) REFERENCES agent(id) ON DELETE SET NULL,
  constraint campaign_contact_check CHECK (((state = 'taken'::text) = (taken_at IS NOT NULL))),
  constraint campaign_contact_priority_check CHECK (((priority >= 0) AND (priority <= 9))),
  constraint campaign_contact_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'taken'::text, 'done'::text, 'refused'::text, 'cancelled'::text])))
);
CREATE INDEX campaign_contact_contact ON campaign_contact USING btree (contact_id);
CREATE INDEX campaign_contact_due ON campaign_contact USING btree (campaign_id, priority DESC, next_at, "position") WHERE (state = 'waiting'::text);
CREATE INDEX campaign_contact_list ON campaign_contact USING btree (campaign_id, next_at, id);
CREATE INDEX campaign_contact_taken ON campaign_contact USING btree (campaign_id, taken_at) WHERE (state = 'taken'::text);

create table campaign_number (
  campaign_contact_id uuid not null,
  phone text not null,
  campaign_id uuid not null,
  "position" integer not null,
  zone text,
  score real,
  attempts integer default 0 not null,
  last_at timestamp with time zone,
  last_ending text,
  constraint campaign_number_pkey PRIMARY KEY (campaign_contact_id, phone),
  constraint campaign_number_campaign_id_phone_key UNIQUE (campaign_id, phone),
  constraint campaign_number_campaign_contact_id_fkey FOREIGN KEY (campaign_contact_id) REFERENCES campaign_contact(id) ON DELETE CASCADE,
  constraint campaign_number_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE,
  constraint campaign_number_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint campaign_number_score_check CHECK (((score >= (0)::double precision) AND (score <= (1)::double precision)))
);
CREATE INDEX campaign_number_phone ON campaign_number USING btree (phone);

create table campaign_pacing (
  campaign_id uuid not null,
  snapshot jsonb not null,
  at timestamp with time zone default now() not null,
  constraint campaign_pacing_pkey PRIMARY KEY (campaign_id),
  constraint campaign_pacing_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE
);

create table campaign_preview (
  id uuid default gen_random_uuid() not null,
  campaign_id uuid not null,
  campaign_contact_id uuid not null,
  agent_id uuid,
  shown_at timestamp with time zone not null,
  until timestamp with time zone not null,
  ended_at timestamp with time zone,
  outcome text,
  by_itself boolean default false not null,
  reason text,
  comment text default ''::text not null,
  attempt_id text,
  constraint campaign_preview_pkey PRIMARY KEY (id),
  constraint campaign_preview_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint campaign_preview_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES attempt(id) ON DELETE SET NULL,
  constraint campaign_preview_campaign_contact_id_fkey FOREIGN KEY (campaign_contact_id) REFERENCES campaign_contact(id) ON DELETE CASCADE,
  constraint campaign_preview_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE,
  constraint campaign_preview_check CHECK (((ended_at IS NULL) = (outcome IS NULL))),
  constraint campaign_preview_check1 CHECK (((reason IS NOT NULL) = (NOT (outcome IS DISTINCT FROM 'skipped'::text)))),
  constraint campaign_preview_outcome_check CHECK ((outcome = ANY (ARRAY['called'::text, 'skipped'::text, 'timed-out'::text, 'returned'::text, 'refused'::text]))),
  constraint campaign_preview_reason_check CHECK ((reason = ANY (ARRAY['already-talked'::text, 'wrong-person'::text, 'wrong-time'::text, 'not-relevant'::text, 'do-not-call'::text, 'other'::text])))
);
CREATE UNIQUE INDEX campaign_preview_agent ON campaign_preview USING btree (agent_id) WHERE (ended_at IS NULL);
CREATE INDEX campaign_preview_campaign ON campaign_preview USING btree (campaign_id, shown_at);
CREATE UNIQUE INDEX campaign_preview_contact ON campaign_preview USING btree (campaign_contact_id) WHERE (ended_at IS NULL);
CREATE INDEX campaign_preview_listed ON campaign_preview USING btree (campaign_contact_id, shown_at);

create table campaign_tally (
  campaign_id uuid not null,
  state text not null,
  code text not null,
  kept boolean not null,
  due timestamp with time zone,
  change bigint not null
);
CREATE INDEX campaign_tally_campaign ON campaign_tally USING btree (campaign_id);

create table charge (
  call_id uuid not null,
  channel text not null,
  number text not null,
  answered_at timestamp with time zone not null,
  seconds integer not null,
  billed_seconds integer,
  direction text,
  rate_minor_per_minute integer,
  rounding text,
  currency text,
  amount_minor bigint,
  reason text,
  constraint charge_pkey PRIMARY KEY (call_id, channel),
  constraint charge_call_id_fkey FOREIGN KEY (call_id) REFERENCES call(id) ON DELETE CASCADE,
  constraint charge_check CHECK (((amount_minor IS NULL) = (reason IS NOT NULL))),
  constraint charge_reason_check CHECK ((reason = ANY (ARRAY['no_tariff'::text, 'own_pbx'::text])))
);

create table company_setting (
  name text not null,
  value jsonb not null,
  updated_at timestamp with time zone default now() not null,
  constraint company_setting_pkey PRIMARY KEY (name)
);

create table completion (
  call_id uuid not null,
  agent_id uuid not null,
  topic_ids uuid[] not null,
  comment text default ''::text not null,
  after text not null,
  completed_at timestamp with time zone default now() not null,
  completed_by uuid,
  result_id uuid,
  id uuid default gen_random_uuid() not null,
  edited_at timestamp with time zone,
  edited_by_key_id uuid,
  constraint completion_pkey PRIMARY KEY (call_id, agent_id),
  constraint completion_id_key UNIQUE (id),
  constraint completion_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint completion_edited_by_key_id_fkey FOREIGN KEY (edited_by_key_id) REFERENCES api_key(id) ON DELETE SET NULL,
  constraint completion_result_id_fkey FOREIGN KEY (result_id) REFERENCES scenario_result(id) ON DELETE SET NULL,
  constraint completion_after_check CHECK ((after = ANY (ARRAY['continue'::text, 'break'::text])))
);
CREATE INDEX completion_topics ON completion USING gin (topic_ids);

create table contact (
  id uuid default gen_random_uuid() not null,
  name text not null,
  "position" text,
  owner_id uuid,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  kind text default 'contact'::text not null,
  organisation_id uuid,
  city text,
  zone text,
  industry text,
  site text,
  inn text,
  kpp text,
  description text,
  import_id uuid,
  constraint contact_pkey PRIMARY KEY (id),
  constraint contact_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES contact(id) ON DELETE CASCADE,
  constraint contact_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint contact_kind_check CHECK ((kind = ANY (ARRAY['contact'::text, 'organisation'::text]))),
  constraint contact_nesting CHECK (((organisation_id IS NULL) OR (kind = 'contact'::text)))
);
CREATE INDEX contact_name ON contact USING btree (lower(name));
CREATE INDEX contact_name_part ON contact USING gin (search_key(name) gin_trgm_ops, owner_id);
CREATE INDEX contact_newest ON contact USING btree (created_at DESC, id DESC);
CREATE INDEX contact_organisation ON contact USING btree (organisation_id) WHERE (organisation_id IS NOT NULL);
CREATE INDEX contact_organisation_part ON contact USING gin (search_key(name) gin_trgm_ops, owner_id) WHERE (kind = 'organisation'::text);
CREATE INDEX contact_owned_newest ON contact USING btree (owner_id, created_at DESC, id DESC);

create table contact_consent (
  id uuid default gen_random_uuid() not null,
  phone text not null,
  contact_id uuid,
  purpose text not null,
  how text not null,
  given_at timestamp with time zone not null,
  taken_by text not null,
  reference text default ''::text not null,
  until timestamp with time zone,
  withdrawn_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  constraint contact_consent_pkey PRIMARY KEY (id),
  constraint contact_consent_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE SET NULL,
  constraint contact_consent_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint contact_consent_purpose_check CHECK ((purpose = ANY (ARRAY['service'::text, 'advertising'::text, 'survey'::text, 'reminder'::text, 'debt'::text])))
);
CREATE INDEX contact_consent_contact ON contact_consent USING btree (contact_id);
CREATE INDEX contact_consent_newest ON contact_consent USING btree (created_at DESC, id);
CREATE INDEX contact_consent_phone ON contact_consent USING btree (phone, purpose);

create table contact_email (
  contact_id uuid not null,
  email text not null,
  "position" integer not null,
  owner_id uuid,
  constraint contact_email_pkey PRIMARY KEY (contact_id, "position"),
  constraint contact_email_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE CASCADE,
  constraint contact_email_email_check CHECK ((email ~~ '%_@_%'::text))
);
CREATE INDEX contact_email_address ON contact_email USING btree (lower(email));
CREATE UNIQUE INDEX contact_email_once ON contact_email USING btree (contact_id, lower(email));
CREATE INDEX contact_email_part ON contact_email USING gin (search_key(email) gin_trgm_ops, owner_id);

create table contact_import (
  id uuid not null,
  way text not null,
  file_name text not null,
  bytes bigint not null,
  state text not null,
  problem jsonb,
  format text,
  encoding text,
  delimiter text,
  headings jsonb,
  mapping jsonb,
  preview jsonb,
  rows_total integer,
  policy text,
  owner_id uuid,
  tag text,
  key_id uuid,
  agent_id uuid,
  created_at timestamp with time zone default now() not null,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  attempts integer default 0 not null,
  row_done integer default 0 not null,
  loaded integer default 0 not null,
  merged integer default 0 not null,
  skipped integer default 0 not null,
  refused integer default 0 not null,
  contacts_loaded integer default 0 not null,
  organisations_loaded integer default 0 not null,
  contacts_merged integer default 0 not null,
  organisations_merged integer default 0 not null,
  constraint contact_import_pkey PRIMARY KEY (id),
  constraint contact_import_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint contact_import_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_key(id) ON DELETE SET NULL,
  constraint contact_import_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint contact_import_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text, 'ndjson'::text]))),
  constraint contact_import_policy_check CHECK ((policy = ANY (ARRAY['skip'::text, 'merge'::text, 'all'::text]))),
  constraint contact_import_state_check CHECK ((state = ANY (ARRAY['reading'::text, 'ready'::text, 'refused'::text, 'queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint contact_import_way_check CHECK ((way = ANY (ARRAY['file'::text, 'stream'::text])))
);
CREATE INDEX contact_import_newest ON contact_import USING btree (created_at DESC, id DESC);
CREATE INDEX contact_import_open ON contact_import USING btree (created_at) WHERE (state = ANY (ARRAY['reading'::text, 'queued'::text, 'running'::text]));

create table contact_import_row (
  import_id uuid not null,
  number integer not null,
  result text not null,
  reason text,
  field text,
  value text,
  contact_id uuid,
  organisation_id uuid,
  matched_id uuid,
  matched_by text,
  matched_row integer,
  constraint contact_import_row_pkey PRIMARY KEY (import_id, number),
  constraint contact_import_row_import_id_fkey FOREIGN KEY (import_id) REFERENCES contact_import(id) ON DELETE CASCADE,
  constraint contact_import_row_matched_by_check CHECK ((matched_by = ANY (ARRAY['name'::text, 'email'::text, 'phone'::text]))),
  constraint contact_import_row_result_check CHECK ((result = ANY (ARRAY['loaded'::text, 'merged'::text, 'skipped'::text, 'refused'::text])))
);

create table contact_phone (
  contact_id uuid not null,
  phone text not null,
  "position" integer not null,
  owner_id uuid,
  constraint number_unlisted TRIGGER DEFERRABLE INITIALLY DEFERRED,
  constraint contact_phone_pkey PRIMARY KEY (contact_id, phone),
  constraint contact_phone_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE CASCADE,
  constraint contact_phone_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{4,14}$'::text))
);
CREATE INDEX contact_phone_part ON contact_phone USING gin (phone gin_trgm_ops, owner_id);
CREATE INDEX contact_phone_phone ON contact_phone USING btree (phone);

create table contact_tag (
  contact_id uuid not null,
  tag_id uuid not null,
  by_agent_id uuid,
  at timestamp with time zone default now() not null,
  constraint contact_tag_pkey PRIMARY KEY (contact_id, tag_id),
  constraint contact_tag_by_agent_id_fkey FOREIGN KEY (by_agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint contact_tag_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE CASCADE,
  constraint contact_tag_tag_id_fkey FOREIGN KEY (tag_id) REFERENCES tag(id) ON DELETE CASCADE
);
CREATE INDEX contact_tag_tag ON contact_tag USING btree (tag_id);

create table customer_order (
  id uuid default gen_random_uuid() not null,
  number text not null,
  client_name text default ''::text not null,
  phone text not null,
  contact_id uuid,
  webmaster_id integer,
  product_id uuid not null,
  arrived_at timestamp with time zone default now() not null,
  status text default 'new'::text not null,
  responsible_id uuid,
  failures integer default 0 not null,
  failed_at timestamp with time zone,
  reason text,
  reason_count integer,
  call_back_at timestamp with time zone,
  due_at timestamp with time zone,
  due_told boolean default false not null,
  comment text default ''::text not null,
  taken_by uuid,
  taken_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint customer_order_pkey PRIMARY KEY (id),
  constraint customer_order_number_key UNIQUE (number),
  constraint customer_order_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE SET NULL,
  constraint customer_order_product_id_fkey FOREIGN KEY (product_id) REFERENCES product(id),
  constraint customer_order_responsible_id_fkey FOREIGN KEY (responsible_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint customer_order_taken_by_fkey FOREIGN KEY (taken_by) REFERENCES agent(id) ON DELETE SET NULL,
  constraint customer_order_check CHECK (((failures = 0) OR (failed_at IS NOT NULL))),
  constraint customer_order_check1 CHECK (((reason IS NULL) = (reason_count IS NULL))),
  constraint customer_order_number_check CHECK ((number ~ '\S'::text)),
  constraint customer_order_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint customer_order_reason_check CHECK ((reason = ANY (ARRAY['no_answer'::text, 'unavailable'::text, 'rejected'::text]))),
  constraint customer_order_status_check CHECK ((status = ANY (ARRAY['new'::text, 'unreached'::text, 'in_work'::text, 'buffer'::text, 'cancelled'::text, 'invalid'::text])))
);
CREATE INDEX customer_order_contact ON customer_order USING btree (contact_id) WHERE (contact_id IS NOT NULL);
CREATE INDEX customer_order_due ON customer_order USING btree (due_at) WHERE ((due_at IS NOT NULL) AND (NOT due_told));
CREATE INDEX customer_order_open ON customer_order USING btree (status, arrived_at, id) WHERE (status = ANY (ARRAY['new'::text, 'unreached'::text, 'in_work'::text]));
CREATE INDEX customer_order_phone ON customer_order USING btree (phone);

create table deferred_call (
  id uuid default gen_random_uuid() not null,
  agent_id uuid not null,
  contact_id uuid,
  number text not null,
  due_at timestamp with time zone not null,
  comment text default ''::text not null,
  state text default 'waiting'::text not null,
  from_call_id uuid,
  call_id uuid,
  created_at timestamp with time zone default now() not null,
  created_by uuid,
  tries integer default 0 not null,
  auto_at timestamp with time zone,
  order_id uuid,
  put_off_reason text,
  constraint deferred_call_pkey PRIMARY KEY (id),
  constraint deferred_call_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint deferred_call_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE SET NULL,
  constraint deferred_call_order_id_fkey FOREIGN KEY (order_id) REFERENCES customer_order(id) ON DELETE SET NULL,
  constraint deferred_call_number_check CHECK ((number ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint deferred_call_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'due'::text, 'done'::text, 'cancelled'::text])))
);
CREATE INDEX deferred_call_agent ON deferred_call USING btree (agent_id, due_at);
CREATE INDEX deferred_call_contact ON deferred_call USING btree (contact_id, due_at) WHERE (contact_id IS NOT NULL);
CREATE INDEX deferred_call_due ON deferred_call USING btree (due_at) WHERE (state = 'due'::text);
CREATE INDEX deferred_call_waiting ON deferred_call USING btree (due_at) WHERE (state = 'waiting'::text);

create table dial_task (
  id uuid default gen_random_uuid() not null,
  agent_id uuid,
  contact_id uuid,
  name text default ''::text not null,
  number text not null,
  line_id uuid,
  topic text not null,
  comment text default ''::text not null,
  state text default 'open'::text not null,
  calls integer default 0 not null,
  call_id uuid,
  result text default ''::text not null,
  created_at timestamp with time zone default now() not null,
  created_by uuid,
  closed_at timestamp with time zone,
  constraint dial_task_pkey PRIMARY KEY (id),
  constraint dial_task_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint dial_task_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE SET NULL,
  constraint dial_task_line_id_fkey FOREIGN KEY (line_id) REFERENCES line(id) ON DELETE SET NULL,
  constraint dial_task_check CHECK (((state = ANY (ARRAY['successful'::text, 'unsuccessful'::text])) = (closed_at IS NOT NULL))),
  constraint dial_task_number_check CHECK ((number ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint dial_task_state_check CHECK ((state = ANY (ARRAY['open'::text, 'in_work'::text, 'successful'::text, 'unsuccessful'::text]))),
  constraint dial_task_topic_check CHECK ((topic ~ '\S'::text))
);
CREATE INDEX dial_task_contact ON dial_task USING btree (contact_id) WHERE (contact_id IS NOT NULL);
CREATE INDEX dial_task_list ON dial_task USING btree (created_at, id);
CREATE INDEX dial_task_open ON dial_task USING btree (agent_id, created_at, id) WHERE (closed_at IS NULL);

create table duplicate (
  search_id uuid not null,
  contact_id uuid not null,
  kind text not null,
  number integer not null,
  rank integer not null,
  base boolean not null,
  selected boolean default true not null,
  matched jsonb not null,
  constraint duplicate_pkey PRIMARY KEY (search_id, contact_id),
  constraint duplicate_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE CASCADE,
  constraint duplicate_search_id_fkey FOREIGN KEY (search_id) REFERENCES duplicate_search(id) ON DELETE CASCADE,
  constraint duplicate_kind_check CHECK ((kind = ANY (ARRAY['contact'::text, 'organisation'::text])))
);
CREATE INDEX duplicate_contact ON duplicate USING btree (contact_id);
CREATE INDEX duplicate_group ON duplicate USING btree (search_id, number, rank);

create table duplicate_search (
  id uuid default gen_random_uuid() not null,
  by_key_id uuid,
  base text not null,
  created_at timestamp with time zone default now() not null,
  done text,
  constraint duplicate_search_pkey PRIMARY KEY (id),
  constraint duplicate_search_by_key_id_fkey FOREIGN KEY (by_key_id) REFERENCES api_key(id) ON DELETE CASCADE,
  constraint duplicate_search_base_check CHECK ((base = ANY (ARRAY['oldest'::text, 'newest'::text, 'most-filled'::text, 'most-active'::text]))),
  constraint duplicate_search_done_check CHECK ((done = ANY (ARRAY['deleted'::text, 'merged'::text])))
);
CREATE INDEX duplicate_search_key ON duplicate_search USING btree (by_key_id);

create table event_out (
  id uuid default gen_random_uuid() not null,
  seq bigint generated always as identity not null,
  type text not null,
  subject text not null,
  sequence integer not null,
  call_id uuid,
  at timestamp with time zone default clock_timestamp() not null,
  data jsonb not null,
  dispatched_at timestamp with time zone,
  constraint event_out_pkey PRIMARY KEY (id),
  constraint event_out_seq_key UNIQUE (seq),
  constraint event_out_subject_sequence_key UNIQUE (subject, sequence)
);
CREATE INDEX event_out_at ON event_out USING btree (at);
CREATE INDEX event_out_waiting ON event_out USING btree (seq) WHERE (dispatched_at IS NULL);

create table event_subject (
  subject text not null,
  last integer not null,
  at timestamp with time zone default now() not null,
  constraint event_subject_pkey PRIMARY KEY (subject)
);

create table intake (
  source text not null,
  file text not null,
  "offset" bigint not null,
  at timestamp with time zone default now() not null,
  constraint intake_pkey PRIMARY KEY (source)
);

create table line (
  id uuid default gen_random_uuid() not null,
  key text not null,
  number text not null,
  name text not null,
  queue_id uuid not null,
  owner_first boolean default true not null,
  hours jsonb,
  language text default 'ru'::text not null,
  recording text default 'stereo'::text not null,
  announce_recording boolean default false not null,
  created_at timestamp with time zone default now() not null,
  responsible_id uuid,
  retention_days integer,
  voicemail text default 'off'::text not null,
  voicemail_seconds integer default 120 not null,
  menu_id uuid,
  menu_when text default 'never'::text not null,
  trunk_id uuid,
  forward_mode text default 'off'::text not null,
  forward_number text,
  forward_number_verified_at timestamp with time zone,
  forward_seconds integer default 25 not null,
  forward_attempts integer default 1 not null,
  forward_caller_id text default 'line'::text not null,
  short_number text,
  consultation_only boolean default false not null,
  blind_no_answer text default 'end'::text not null,
  priority integer default 0 not null,
  owner_wait_seconds integer default 0 not null,
  project text,
  city text,
  dial_preset text default 'russia-service'::text not null,
  dial_week jsonb,
  dial_refused text default 'never'::text not null,
  constraint line_pkey PRIMARY KEY (id),
  constraint line_key_key UNIQUE (key),
  constraint line_number_key UNIQUE (number),
  constraint line_short_number_key UNIQUE (short_number),
  constraint line_menu_id_fkey FOREIGN KEY (menu_id) REFERENCES menu(id),
  constraint line_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES queue(id),
  constraint line_responsible_id_fkey FOREIGN KEY (responsible_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint line_trunk_id_fkey FOREIGN KEY (trunk_id) REFERENCES trunk(id) ON DELETE SET NULL,
  constraint line_blind_no_answer_check CHECK ((blind_no_answer = ANY (ARRAY['end'::text, 'return'::text]))),
  constraint line_city_check CHECK (((length(city) >= 1) AND (length(city) <= 100))),
  constraint line_dial_refused_check CHECK ((dial_refused = ANY (ARRAY['never'::text, 'asked-for'::text]))),
  constraint line_forward_attempts_check CHECK (((forward_attempts >= 1) AND (forward_attempts <= 5))),
  constraint line_forward_caller_id_check CHECK ((forward_caller_id = ANY (ARRAY['caller'::text, 'line'::text]))),
  constraint line_forward_mode_check CHECK ((forward_mode = ANY (ARRAY['off'::text, 'number'::text, 'agents'::text]))),
  constraint line_forward_number_check CHECK ((forward_number ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint line_forward_seconds_check CHECK (((forward_seconds >= 5) AND (forward_seconds <= 120))),
  constraint line_key_check CHECK ((key ~ '^l[a-z0-9]{1,20}$'::text)),
  constraint line_language_check CHECK ((language = ANY (ARRAY['ru'::text, 'en'::text]))),
  constraint line_menu_when_check CHECK ((menu_when = ANY (ARRAY['always'::text, 'open'::text, 'closed'::text, 'never'::text]))),
  constraint line_number_check CHECK ((number ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint line_owner_wait_seconds_check CHECK (((owner_wait_seconds >= 0) AND (owner_wait_seconds <= 600))),
  constraint line_priority_check CHECK (((priority >= 0) AND (priority <= 20))),
  constraint line_project_check CHECK (((length(project) >= 1) AND (length(project) <= 100))),
  constraint line_recording_check CHECK ((recording = ANY (ARRAY['off'::text, 'stereo'::text, 'mixed'::text]))),
  constraint line_retention_days_check CHECK (((retention_days >= 1) AND (retention_days <= 36500))),
  constraint line_short_number_check CHECK ((short_number ~ '^[0-9]{2,6}$'::text)),
  constraint line_voicemail_check CHECK ((voicemail = ANY (ARRAY['off'::text, 'no-answer'::text, 'out-of-hours'::text, 'both'::text]))),
  constraint line_voicemail_seconds_check CHECK (((voicemail_seconds >= 10) AND (voicemail_seconds <= 600)))
);

create table line_prompt (
  line_id uuid not null,
  slot text not null,
  kind text not null,
  sound_id uuid,
  constraint line_prompt_pkey PRIMARY KEY (line_id, slot),
  constraint line_prompt_line_id_fkey FOREIGN KEY (line_id) REFERENCES line(id) ON DELETE CASCADE,
  constraint line_prompt_sound_id_fkey FOREIGN KEY (sound_id) REFERENCES sound(id),
  constraint line_prompt_check CHECK (((kind = 'sound'::text) = (sound_id IS NOT NULL))),
  constraint line_prompt_check1 CHECK (((kind = 'sound'::text) OR (slot = ANY (ARRAY['arrival'::text, 'waiting'::text])))),
  constraint line_prompt_kind_check CHECK ((kind = ANY (ARRAY['none'::text, 'sound'::text]))),
  constraint line_prompt_slot_check CHECK ((slot = ANY (ARRAY['arrival'::text, 'waiting'::text, 'busy'::text, 'no-answer'::text, 'out-of-hours'::text])))
);
CREATE INDEX line_prompt_sound ON line_prompt USING btree (sound_id);

create table live_event (
  seq bigint not null,
  at timestamp with time zone not null,
  topic text not null,
  kind text not null,
  data jsonb not null,
  constraint live_event_pkey PRIMARY KEY (seq),
  constraint live_event_topic_check CHECK ((topic = ANY (ARRAY['calls'::text, 'agents'::text, 'queues'::text, 'system'::text])))
);
CREATE INDEX live_event_at ON live_event USING btree (at);

create table mail_out (
  id uuid default gen_random_uuid() not null,
  key text,
  to_address text not null,
  subject text not null,
  text text not null,
  purpose text not null,
  state text default 'queued'::text not null,
  attempts integer default 0 not null,
  last_error text,
  created_at timestamp with time zone default now() not null,
  done_at timestamp with time zone,
  constraint mail_out_pkey PRIMARY KEY (id),
  constraint mail_out_key_key UNIQUE (key),
  constraint mail_out_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'taken'::text, 'sent'::text, 'logged'::text, 'failed'::text])))
);
CREATE INDEX mail_out_queued ON mail_out USING btree (created_at) WHERE (state = 'queued'::text);

create table menu (
  id uuid default gen_random_uuid() not null,
  key text not null,
  name text not null,
  greeting_id uuid,
  input_wait_seconds integer default 5 not null,
  repeat_mode text default 'times'::text not null,
  repeat_count integer default 2 not null,
  created_at timestamp with time zone default now() not null,
  constraint menu_pkey PRIMARY KEY (id),
  constraint menu_key_key UNIQUE (key),
  constraint menu_name_key UNIQUE (name),
  constraint menu_greeting_id_fkey FOREIGN KEY (greeting_id) REFERENCES sound(id),
  constraint menu_input_wait_seconds_check CHECK (((input_wait_seconds >= 1) AND (input_wait_seconds <= 60))),
  constraint menu_key_check CHECK ((key ~ '^m[a-z0-9]{1,20}$'::text)),
  constraint menu_repeat_count_check CHECK (((repeat_count >= 1) AND (repeat_count <= 20))),
  constraint menu_repeat_mode_check CHECK ((repeat_mode = ANY (ARRAY['none'::text, 'times'::text, 'cyclic'::text])))
);

create table menu_choice (
  menu_id uuid not null,
  digit text not null,
  action text not null,
  agent_id uuid,
  queue_id uuid,
  number text,
  next_id uuid,
  sound_id uuid,
  constraint menu_choice_pkey PRIMARY KEY (menu_id, digit),
  constraint menu_choice_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id),
  constraint menu_choice_menu_id_fkey FOREIGN KEY (menu_id) REFERENCES menu(id) ON DELETE CASCADE,
  constraint menu_choice_next_id_fkey FOREIGN KEY (next_id) REFERENCES menu(id),
  constraint menu_choice_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES queue(id),
  constraint menu_choice_sound_id_fkey FOREIGN KEY (sound_id) REFERENCES sound(id),
  constraint menu_choice_action_check CHECK ((action = ANY (ARRAY['agent'::text, 'queue'::text, 'external'::text, 'menu'::text, 'sound'::text, 'replay'::text, 'end'::text]))),
  constraint menu_choice_check CHECK (((action = 'agent'::text) = (agent_id IS NOT NULL))),
  constraint menu_choice_check1 CHECK (((action = 'queue'::text) = (queue_id IS NOT NULL))),
  constraint menu_choice_check2 CHECK (((action = 'external'::text) = (number IS NOT NULL))),
  constraint menu_choice_check3 CHECK (((action = 'menu'::text) = (next_id IS NOT NULL))),
  constraint menu_choice_check4 CHECK (((action = 'sound'::text) = (sound_id IS NOT NULL))),
  constraint menu_choice_digit_check CHECK (((digit ~ '^[0-9*#]$'::text) OR (digit = 'none'::text))),
  constraint menu_choice_number_check CHECK ((number ~ '^\+[1-9][0-9]{4,14}$'::text))
);
CREATE INDEX menu_choice_agent ON menu_choice USING btree (agent_id);
CREATE INDEX menu_choice_next ON menu_choice USING btree (next_id);
CREATE INDEX menu_choice_queue ON menu_choice USING btree (queue_id);
CREATE INDEX menu_choice_sound ON menu_choice USING btree (sound_id);

create table notice (
  id uuid default gen_random_uuid() not null,
  agent_id uuid not null,
  kind text not null,
  call_id uuid,
  because text not null,
  at timestamp with time zone default now() not null,
  read_at timestamp with time zone,
  contact_id uuid,
  count integer,
  constraint notice_pkey PRIMARY KEY (id),
  constraint notice_call_id_agent_id_kind_key UNIQUE (call_id, agent_id, kind),
  constraint notice_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint notice_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE SET NULL,
  constraint notice_count_check CHECK ((count > 0))
);
CREATE INDEX notice_agent ON notice USING btree (agent_id, at DESC, id DESC);
CREATE INDEX notice_contact ON notice USING btree (contact_id) WHERE (contact_id IS NOT NULL);
CREATE INDEX notice_newest ON notice USING btree (at DESC, id DESC);

create table number_verification (
  id uuid default gen_random_uuid() not null,
  number text not null,
  subject text not null,
  agent_id uuid,
  line_id uuid,
  method text not null,
  code_hash bytea not null,
  attempts_left integer default 5 not null,
  expires_at timestamp with time zone not null,
  verified_at timestamp with time zone,
  valid_until timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  constraint number_verification_pkey PRIMARY KEY (id),
  constraint number_verification_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint number_verification_line_id_fkey FOREIGN KEY (line_id) REFERENCES line(id) ON DELETE CASCADE,
  constraint number_verification_attempts_left_check CHECK (((attempts_left >= 0) AND (attempts_left <= 5))),
  constraint number_verification_check CHECK (((subject = ANY (ARRAY['agent'::text, 'agent-forwarding'::text])) = (agent_id IS NOT NULL))),
  constraint number_verification_check1 CHECK (((subject = 'line-forwarding'::text) = (line_id IS NOT NULL))),
  constraint number_verification_check2 CHECK (((verified_at IS NULL) = (valid_until IS NULL))),
  constraint number_verification_method_check CHECK ((method = ANY (ARRAY['call'::text, 'sms'::text]))),
  constraint number_verification_number_check CHECK ((number ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint number_verification_subject_check CHECK ((subject = ANY (ARRAY['agent'::text, 'company'::text, 'line-forwarding'::text, 'agent-forwarding'::text])))
);
CREATE INDEX number_verification_agent ON number_verification USING btree (agent_id);
CREATE INDEX number_verification_line ON number_verification USING btree (line_id);
CREATE INDEX number_verification_number ON number_verification USING btree (number, created_at DESC);

create table order_save (
  id uuid default gen_random_uuid() not null,
  order_id uuid not null,
  agent_id uuid,
  call_id uuid,
  at timestamp with time zone default now() not null,
  status text not null,
  failures integer not null,
  reason text,
  reason_count integer,
  call_back_at timestamp with time zone,
  comment text default ''::text not null,
  constraint order_save_pkey PRIMARY KEY (id),
  constraint order_save_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint order_save_order_id_fkey FOREIGN KEY (order_id) REFERENCES customer_order(id) ON DELETE CASCADE
);
CREATE INDEX order_save_order ON order_save USING btree (order_id, at);

create table pacing_decision (
  id bigint generated always as identity not null,
  campaign_id uuid not null,
  at timestamp with time zone not null,
  dialled integer not null,
  shed integer default 0 not null,
  because jsonb not null,
  constraint pacing_decision_pkey PRIMARY KEY (id),
  constraint pacing_decision_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE
);
CREATE INDEX pacing_decision_newest ON pacing_decision USING btree (campaign_id, id DESC);

create table product (
  id uuid default gen_random_uuid() not null,
  name text not null,
  created_at timestamp with time zone default now() not null,
  constraint product_pkey PRIMARY KEY (id),
  constraint product_name_key UNIQUE (name),
  constraint product_name_check CHECK ((name ~ '\S'::text))
);

create table queue (
  id uuid default gen_random_uuid() not null,
  key text not null,
  name text not null,
  strategy text default 'most-idle'::text not null,
  answer_seconds integer default 20 not null,
  max_wait_seconds integer default 300 not null,
  all_agents boolean default false not null,
  version integer default 1 not null,
  created_at timestamp with time zone default now() not null,
  service_level_seconds integer default 20 not null,
  service_level_percent integer default 80 not null,
  wrap_up text default 'none'::text not null,
  wrap_up_seconds integer default 30 not null,
  weight integer default 0 not null,
  max_length integer,
  join_when_empty boolean default false not null,
  overflow_queue_id uuid,
  overflow_number text,
  announce_position boolean default false not null,
  announce_wait boolean default false not null,
  announce_every_seconds integer default 45 not null,
  callback_offer boolean default false not null,
  callback_after_seconds integer default 45 not null,
  callback_digit text default '1'::text not null,
  callback_attempts integer default 2 not null,
  callback_retry_minutes integer default 15 not null,
  callback_within_hours_only boolean default true not null,
  constraint queue_pkey PRIMARY KEY (id),
  constraint queue_key_key UNIQUE (key),
  constraint queue_name_key UNIQUE (name),
  constraint queue_overflow_queue_id_fkey FOREIGN KEY (overflow_queue_id) REFERENCES queue(id) ON DELETE RESTRICT,
  constraint queue_announce_every_seconds_check CHECK (((announce_every_seconds >= 15) AND (announce_every_seconds <= 600))),
  constraint queue_answer_seconds_check CHECK (((answer_seconds >= 3) AND (answer_seconds <= 300))),
  constraint queue_callback_after_seconds_check CHECK (((callback_after_seconds >= 5) AND (callback_after_seconds <= 600))),
  constraint queue_callback_attempts_check CHECK (((callback_attempts >= 1) AND (callback_attempts <= 10))),
  constraint queue_callback_digit_check CHECK ((callback_digit ~ '^[0-9]$'::text)),
  constraint queue_callback_retry_minutes_check CHECK (((callback_retry_minutes >= 1) AND (callback_retry_minutes <= 1440))),
  constraint queue_key_check CHECK ((key ~ '^q[a-z0-9]{1,20}$'::text)),
  constraint queue_max_length_check CHECK (((max_length >= 1) AND (max_length <= 1000))),
  constraint queue_max_wait_seconds_check CHECK (((max_wait_seconds >= 5) AND (max_wait_seconds <= 7200))),
  constraint queue_no_self_overflow CHECK ((overflow_queue_id IS DISTINCT FROM id)),
  constraint queue_one_overflow CHECK (((overflow_queue_id IS NULL) OR (overflow_number IS NULL))),
  constraint queue_overflow_number_check CHECK ((overflow_number ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint queue_service_level_percent_check CHECK (((service_level_percent >= 1) AND (service_level_percent <= 100))),
  constraint queue_service_level_seconds_check CHECK (((service_level_seconds >= 1) AND (service_level_seconds <= 3600))),
  constraint queue_strategy_check CHECK ((strategy = ANY (ARRAY['random'::text, 'most-idle'::text, 'sequential'::text]))),
  constraint queue_weight_check CHECK (((weight >= 0) AND (weight <= 100))),
  constraint queue_wrap_up_check CHECK ((wrap_up = ANY (ARRAY['none'::text, 'limit'::text, 'until-completed'::text]))),
  constraint queue_wrap_up_seconds_check CHECK (((wrap_up_seconds >= 1) AND (wrap_up_seconds <= 3600)))
);

create table queue_agent (
  queue_id uuid not null,
  agent_id uuid not null,
  "position" integer not null,
  constraint queue_agent_pkey PRIMARY KEY (queue_id, agent_id),
  constraint queue_agent_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint queue_agent_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES queue(id) ON DELETE CASCADE
);
CREATE INDEX queue_agent_agent ON queue_agent USING btree (agent_id);

create table queue_penalty (
  queue_id uuid not null,
  agent_id uuid not null,
  penalty integer not null,
  constraint queue_penalty_pkey PRIMARY KEY (queue_id, agent_id),
  constraint queue_penalty_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE CASCADE,
  constraint queue_penalty_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES queue(id) ON DELETE CASCADE,
  constraint queue_penalty_penalty_check CHECK (((penalty >= 1) AND (penalty <= 10)))
);
CREATE INDEX queue_penalty_agent ON queue_penalty USING btree (agent_id);

create table recording (
  id uuid not null,
  call_id uuid not null,
  state text not null,
  path text,
  bytes bigint,
  sha256 text,
  duration_ms integer,
  channels integer,
  repaired boolean default false not null,
  adopted_at timestamp with time zone default now() not null,
  kind text default 'call'::text not null,
  key_id uuid,
  held boolean default false not null,
  pauses jsonb default '[]'::jsonb not null,
  retention_days integer,
  deleted_at timestamp with time zone,
  deleted_by text,
  constraint recording_pkey PRIMARY KEY (id),
  constraint recording_deleted CHECK (((state = 'deleted'::text) = (deleted_at IS NOT NULL))),
  constraint recording_gone CHECK (((state <> 'deleted'::text) OR ((path IS NULL) AND (key_id IS NULL) AND (NOT held)))),
  constraint recording_kind_check CHECK ((kind = ANY (ARRAY['call'::text, 'voicemail'::text]))),
  constraint recording_state_check CHECK ((state = ANY (ARRAY['kept'::text, 'empty'::text, 'lost'::text, 'deleted'::text])))
);
CREATE UNIQUE INDEX recording_call ON recording USING btree (call_id, kind);
CREATE INDEX recording_deleted_at ON recording USING btree (deleted_at DESC) WHERE (deleted_at IS NOT NULL);
CREATE INDEX recording_key ON recording USING btree (key_id) WHERE (key_id IS NOT NULL);
CREATE INDEX recording_newest ON recording USING btree (adopted_at DESC, id DESC);

create table recording_pause (
  id uuid default gen_random_uuid() not null,
  call_id uuid not null,
  from_at timestamp with time zone not null,
  until_at timestamp with time zone not null,
  to_at timestamp with time zone,
  by_key uuid,
  reason text,
  constraint recording_pause_pkey PRIMARY KEY (id),
  constraint recording_pause_check CHECK ((to_at >= from_at))
);
CREATE INDEX recording_pause_call ON recording_pause USING btree (call_id, from_at);
CREATE UNIQUE INDEX recording_pause_open ON recording_pause USING btree (call_id) WHERE (to_at IS NULL);

create table refused_number (
  phone text not null,
  reason text default ''::text not null,
  source text not null,
  at timestamp with time zone default now() not null,
  until timestamp with time zone,
  attempt_id text,
  constraint refused_number_pkey PRIMARY KEY (phone),
  constraint refused_number_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES attempt(id) ON DELETE SET NULL,
  constraint refused_number_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint refused_number_source_check CHECK ((source = ANY (ARRAY['api'::text, 'import'::text, 'key'::text, 'agent'::text])))
);
CREATE INDEX refused_number_newest ON refused_number USING btree (at DESC, phone);

create table scenario (
  id uuid default gen_random_uuid() not null,
  name text not null,
  direction text not null,
  script text default ''::text not null,
  line_ids uuid[] default '{}'::uuid[] not null,
  created_at timestamp with time zone default now() not null,
  is_default boolean default false not null,
  auto_dial boolean default false not null,
  move_on_without_result boolean default true not null,
  constraint scenario_pkey PRIMARY KEY (id),
  constraint scenario_name_key UNIQUE (name),
  constraint scenario_direction_check CHECK ((direction = ANY (ARRAY['inbound'::text, 'outbound'::text])))
);
CREATE UNIQUE INDEX scenario_default ON scenario USING btree (direction) WHERE is_default;
CREATE INDEX scenario_lines ON scenario USING gin (line_ids);

create table scenario_result (
  id uuid default gen_random_uuid() not null,
  scenario_id uuid not null,
  name text not null,
  "position" integer not null,
  constraint scenario_result_pkey PRIMARY KEY (id),
  constraint scenario_result_scenario_id_name_key UNIQUE (scenario_id, name),
  constraint scenario_result_scenario_id_fkey FOREIGN KEY (scenario_id) REFERENCES scenario(id) ON DELETE CASCADE
);

create table setting_change (
  id uuid default gen_random_uuid() not null,
  at timestamp with time zone default now() not null,
  key_id uuid,
  role text not null,
  command text not null,
  subject_id uuid not null,
  subject_name text not null,
  before jsonb not null,
  after jsonb not null,
  undone_by uuid,
  constraint setting_change_pkey PRIMARY KEY (id),
  constraint setting_change_undone_by_fkey FOREIGN KEY (undone_by) REFERENCES setting_change(id)
);
CREATE INDEX setting_change_at ON setting_change USING btree (at DESC, id DESC);
CREATE INDEX setting_change_subject ON setting_change USING btree (subject_id, at DESC);

create table sms_out (
  id uuid default gen_random_uuid() not null,
  to_number text not null,
  text text not null,
  purpose text not null,
  state text default 'queued'::text not null,
  attempts integer default 0 not null,
  last_error text,
  created_at timestamp with time zone default now() not null,
  done_at timestamp with time zone,
  constraint sms_out_pkey PRIMARY KEY (id),
  constraint sms_out_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'taken'::text, 'sent'::text, 'logged'::text, 'failed'::text]))),
  constraint sms_out_text_check CHECK (((char_length(text) >= 1) AND (char_length(text) <= 140))),
  constraint sms_out_to_number_check CHECK ((to_number ~ '^\+[1-9][0-9]{4,14}$'::text))
);
CREATE INDEX sms_out_queued ON sms_out USING btree (created_at) WHERE (state = 'queued'::text);

create table sound (
  id uuid default gen_random_uuid() not null,
  name text not null,
  language text,
  original_name text not null,
  format text not null,
  bytes integer not null,
  sha256 text not null,
  duration_ms integer not null,
  created_at timestamp with time zone default now() not null,
  constraint sound_pkey PRIMARY KEY (id),
  constraint sound_format_check CHECK ((format = ANY (ARRAY['mp3'::text, 'wav'::text, 'wma'::text]))),
  constraint sound_language_check CHECK ((language = ANY (ARRAY['ru'::text, 'en'::text]))),
  constraint sound_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

create table tag (
  id uuid default gen_random_uuid() not null,
  name text not null,
  owner_id uuid,
  creator text not null,
  created_at timestamp with time zone default now() not null,
  constraint tag_pkey PRIMARY KEY (id),
  constraint tag_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint tag_creator_check CHECK ((creator = ANY (ARRAY['admin'::text, 'agent'::text]))),
  constraint tag_name_check CHECK ((name ~ '\S'::text))
);
CREATE UNIQUE INDEX tag_of_agent ON tag USING btree (owner_id, lower(name)) WHERE (owner_id IS NOT NULL);
CREATE UNIQUE INDEX tag_of_company ON tag USING btree (lower(name)) WHERE (creator = 'admin'::text);

create table tariff (
  id uuid default gen_random_uuid() not null,
  prefix text not null,
  direction text not null,
  rate_minor_per_minute integer not null,
  currency text not null,
  rounding text not null,
  created_at timestamp with time zone default now() not null,
  constraint tariff_pkey PRIMARY KEY (id),
  constraint tariff_prefix_key UNIQUE (prefix),
  constraint tariff_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint tariff_prefix_check CHECK ((prefix ~ '^\+[1-9][0-9]{0,14}$'::text)),
  constraint tariff_rate_minor_per_minute_check CHECK ((rate_minor_per_minute >= 0)),
  constraint tariff_rounding_check CHECK ((rounding = ANY (ARRAY['second'::text, 'minute'::text])))
);

create table topic (
  id uuid default gen_random_uuid() not null,
  name_ru text not null,
  name_en text not null,
  "position" integer default 0 not null,
  archived boolean default false not null,
  created_at timestamp with time zone default now() not null,
  constraint topic_pkey PRIMARY KEY (id),
  constraint topic_name_en_key UNIQUE (name_en),
  constraint topic_name_ru_key UNIQUE (name_ru)
);

create table trunk (
  id uuid default gen_random_uuid() not null,
  key text not null,
  name text not null,
  addresses text[] not null,
  host text,
  port integer default 5060 not null,
  username text,
  password text,
  created_at timestamp with time zone default now() not null,
  number_format text default 'e164'::text not null,
  kind text default 'carrier'::text not null,
  number text,
  domain text,
  max_lines integer,
  calls_per_second integer,
  constraint trunk_pkey PRIMARY KEY (id),
  constraint trunk_key_key UNIQUE (key),
  constraint trunk_name_key UNIQUE (name),
  constraint trunk_calls_per_second_check CHECK (((calls_per_second >= 1) AND (calls_per_second <= 1000))),
  constraint trunk_check CHECK (((kind = 'pbx'::text) OR (cardinality(addresses) > 0))),
  constraint trunk_check1 CHECK (((kind = 'pbx'::text) = (number IS NOT NULL))),
  constraint trunk_check2 CHECK (((kind = 'pbx'::text) OR (domain IS NULL))),
  constraint trunk_key_check CHECK ((key ~ '^t[a-z0-9]{1,20}$'::text)),
  constraint trunk_kind_check CHECK ((kind = ANY (ARRAY['carrier'::text, 'pbx'::text]))),
  constraint trunk_max_lines_check CHECK (((max_lines >= 1) AND (max_lines <= 10000))),
  constraint trunk_number_check CHECK ((number ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint trunk_number_format_check CHECK ((number_format = ANY (ARRAY['e164'::text, 'digits'::text]))),
  constraint trunk_port_check CHECK (((port >= 1) AND (port <= 65535)))
);
CREATE UNIQUE INDEX trunk_one_pbx ON trunk USING btree (kind) WHERE (kind = 'pbx'::text);

create table webhook (
  id uuid default gen_random_uuid() not null,
  url text not null,
  events text[] not null,
  secret text not null,
  previous_secret text,
  previous_until timestamp with time zone,
  enabled boolean default true not null,
  disabled_because text,
  failures integer default 0 not null,
  failing_since timestamp with time zone,
  retry_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  constraint webhook_pkey PRIMARY KEY (id),
  constraint webhook_events_check CHECK ((cardinality(events) > 0)),
  constraint webhook_url_check CHECK ((url ~ '^https?://'::text))
);

create table webhook_delivery (
  id uuid default gen_random_uuid() not null,
  seq bigint generated always as identity not null,
  webhook_id uuid not null,
  event_id uuid not null,
  state text default 'pending'::text not null,
  attempts integer default 0 not null,
  next_at timestamp with time zone default now() not null,
  first_failed_at timestamp with time zone,
  last_at timestamp with time zone,
  last_status integer,
  last_error text,
  created_at timestamp with time zone default now() not null,
  constraint webhook_delivery_pkey PRIMARY KEY (id),
  constraint webhook_delivery_webhook_id_event_id_key UNIQUE (webhook_id, event_id),
  constraint webhook_delivery_event_id_fkey FOREIGN KEY (event_id) REFERENCES event_out(id) ON DELETE CASCADE,
  constraint webhook_delivery_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhook(id) ON DELETE CASCADE,
  constraint webhook_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text])))
);
CREATE INDEX webhook_delivery_dead ON webhook_delivery USING btree (created_at DESC, id DESC) WHERE (state = 'dead'::text);
CREATE INDEX webhook_delivery_due ON webhook_delivery USING btree (webhook_id, attempts, seq) WHERE (state = 'pending'::text);
CREATE INDEX webhook_delivery_event ON webhook_delivery USING btree (event_id);
CREATE INDEX webhook_delivery_newest ON webhook_delivery USING btree (webhook_id, created_at DESC, id DESC);
CREATE INDEX webhook_delivery_next ON webhook_delivery USING btree (webhook_id, next_at) WHERE (state = 'pending'::text);

CREATE OR REPLACE FUNCTION acting(what text)
 RETURNS uuid
 LANGUAGE sql
 STABLE
AS $function$ select nullif(current_setting('dozvon.' || what, true), '')::uuid $function$;

CREATE OR REPLACE FUNCTION contact_unlisted()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update campaign_contact
     set state = 'cancelled', taken_at = null, taken_by = null, ended_at = now()
   where contact_id = old.id and state in ('waiting', 'taken');
  return old;
end
$function$;

CREATE OR REPLACE FUNCTION emit_event(type text, subject text, call uuid, data jsonb)
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
declare
  number integer;
  made uuid;
begin
  insert into event_subject as s (subject, last) values (emit_event.subject, 1)
      on conflict on constraint event_subject_pkey do update set last = s.last + 1, at = now()
      returning last into number;
  insert into event_out (type, subject, sequence, call_id, data)
      values (emit_event.type, emit_event.subject, number, emit_event.call, emit_event.data)
      returning id into made;
  perform pg_notify('outbox', '');
  return made;
end $function$;

CREATE OR REPLACE FUNCTION fold_tally(campaign uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
  with gone as (
    delete from campaign_tally
     where ctid = any(array(select ctid from campaign_tally where campaign_id = campaign for update skip locked))
    returning state, code, kept, due, change)
  insert into campaign_tally (campaign_id, state, code, kept, due, change)
  select campaign, state, code, kept, due, sum(change) from gone
   group by state, code, kept, due having sum(change) <> 0
$function$;

CREATE OR REPLACE FUNCTION forget_tally()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from campaign_tally where campaign_id = old.id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION give_owner_to_parts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select from after join before using (id) where after.owner_id is distinct from before.owner_id) then
    return null;
  end if;
  update contact_phone part set owner_id = after.owner_id from after join before using (id)
   where part.contact_id = after.id and after.owner_id is distinct from before.owner_id;
  update contact_email part set owner_id = after.owner_id from after join before using (id)
   where part.contact_id = after.id and after.owner_id is distinct from before.owner_id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION give_owner_to_people()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update contact set owner_id = new.owner_id, updated_at = now() where organisation_id = new.id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION imports_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('imports', '');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION iso_time(at timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$function$;

CREATE OR REPLACE FUNCTION list_code(state text, done_reason text, last_ending text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when state = 'taken' then 'in-hand'
              when done_reason is not null then done_reason
              when state <> 'waiting' then state
              when last_ending is null then 'not-before'
              else 'retry' end
$function$;

CREATE OR REPLACE FUNCTION note_new_owners()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  with moved as (
    select after.id, after.organisation_id, before.owner_id as old_owner, after.owner_id as new_owner
      from after join before using (id) where after.owner_id is distinct from before.owner_id
  ), noted as (
    insert into activity (contact_id, kind, by_key_id, by_agent_id, data)
    select id, 'owner-changed', acting('key'), acting('agent'),
           jsonb_build_object('from', old_owner, 'to', new_owner) from moved
  )
  insert into notice (agent_id, kind, contact_id, count, because)
  select new_owner, 'contact.received', case count(*) when 1 then min(id::text)::uuid end, count(*),
         'you are responsible for them now'
    from moved
   where organisation_id is null and new_owner is not null and new_owner is distinct from acting('agent')
   group by new_owner;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION number_unlisted()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select from contact_phone where contact_id = old.contact_id and phone = old.phone) then
    delete from campaign_number number using campaign_contact listed
     where listed.id = number.campaign_contact_id
       and listed.contact_id = old.contact_id
       and listed.state in ('waiting', 'taken')
       and number.phone = old.phone;
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION owners_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform tell_directory(array(select after.id from after join before using (id)
                                where after.owner_id is distinct from before.owner_id or after.name <> before.name
                                limit 201));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION phones_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform tell_directory(array(select distinct contact_id from changed limit 201));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION phones_moved()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform tell_directory(array(select contact_id from before union select contact_id from after limit 201));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION preview_over()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update campaign_preview set ended_at = now(), outcome = 'returned'
   where campaign_contact_id = new.id and ended_at is null;
  return new;
end
$function$;

CREATE OR REPLACE FUNCTION refusals_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform tell_refusals(array(select phone from changed limit 201));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION refuse_taken_short_number()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.short_number is null then return new; end if;
  if (tg_table_name = 'agent' and exists (select from line where short_number = new.short_number))
     or (tg_table_name = 'line' and exists (select from agent where short_number = new.short_number)) then
    raise exception 'the short number % is in use', new.short_number
      using errcode = 'unique_violation', constraint = tg_table_name || '_short_number_key';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION search_key(text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
  select translate(regexp_replace(lower($1), '[a-z0-9]', 'z\&', 'g'),
                   'абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ', 'abvgdeej7i6klmnoprstufhcqwx0y1345iieg')
$function$;

CREATE OR REPLACE FUNCTION take_contacts_owner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  select contact.owner_id into new.owner_id from contact where contact.id = new.contact_id for share;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION take_organisations_owner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  select o.owner_id into new.owner_id from contact o where o.id = new.organisation_id for share;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION tally_list()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'INSERT' then
    insert into campaign_tally
    select campaign_id, state, list_code(state, done_reason, last_ending), state = 'waiting' and agent_id is not null,
           case when state = 'waiting' then ten_minutes(next_at) end, count(*)
      from after group by 1, 2, 3, 4, 5;
  elsif tg_op = 'DELETE' then
    insert into campaign_tally
    select campaign_id, state, list_code(state, done_reason, last_ending), state = 'waiting' and agent_id is not null,
           case when state = 'waiting' then ten_minutes(next_at) end, -count(*)
      from before group by 1, 2, 3, 4, 5;
  else
    insert into campaign_tally
    select campaign_id, state, list_code(state, done_reason, last_ending), state = 'waiting' and agent_id is not null,
           case when state = 'waiting' then ten_minutes(next_at) end, sum(change)
      from (select *, 1 as change from after union all select *, -1 from before) moved
     group by 1, 2, 3, 4, 5 having sum(change) <> 0;
    -- Now and then, or there would be as many rows as calls.
    if random() < 0.005 then
      perform fold_tally(campaign_id) from (select distinct campaign_id from after) changed;
    end if;
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tell_agent_state()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform emit_event('agent.state-changed', 'agent:' || new.agent_id, null,
    jsonb_build_object('agentId', new.agent_id, 'state', new.state, 'since', iso_time(new.at)));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tell_call()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  view jsonb := jsonb_build_object(
    'type', new.type, 'from', new.from_number, 'to', new.to_number, 'lineId', new.line_id, 'queueId', new.queue_id,
    'contactId', new.contact_id, 'ownerId', new.owner_id, 'agentId', new.agent_id,
    'firstOfferedId', new.first_offered_id, 'arrivedAt', iso_time(new.arrived_at),
    'connectedAt', iso_time(new.connected_at), 'endedAt', iso_time(new.ended_at), 'waitMs', new.wait_ms,
    'talkMs', new.talk_ms, 'ending', new.ending, 'culprit', new.culprit, 'fallback', new.fallback);
begin
  perform emit_event('call.closed', 'call:' || new.id, new.id, view);
  if new.type = 'missed' then
    perform emit_event('call.missed', 'call:' || new.id, new.id, view || jsonb_build_object('told', coalesce(
      (select jsonb_agg(jsonb_build_object('agentId', n.agent_id, 'because', n.because))
         from notice n where n.call_id = new.id and n.kind = 'call.missed'), '[]')));
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tell_directory(ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if cardinality(ids) > 200 then
    perform pg_notify('directory', '*');
  else
    perform pg_notify('directory', id::text) from unnest(ids) id;
  end if;
end $function$;

CREATE OR REPLACE FUNCTION tell_queue_agents()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform emit_event('queue.changed', 'queue:' || q.id, null, jsonb_build_object(
      'queueId', q.id, 'name', q.name, 'changed', array['agents'], 'action', 'changed'))
    from queue q where q.id in (select queue_id from added);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tell_recording()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform emit_event(
    case when new.kind = 'voicemail' and new.state = 'kept' then 'voicemail.left' else 'recording.' || new.state end,
    'call:' || new.call_id, new.call_id, jsonb_build_object(
      'recordingId', new.id, 'kind', new.kind, 'durationMs', new.duration_ms, 'bytes', new.bytes, 'sha256', new.sha256));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION tell_refusals(phones text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if cardinality(phones) > 200 then
    perform pg_notify('directory', '+');
  else
    perform pg_notify('directory', phone) from unnest(phones) phone;
  end if;
end $function$;

CREATE OR REPLACE FUNCTION tell_setting()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  present jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  changed text[] := '{}';
begin
  if tg_op = 'UPDATE' then
    select coalesce(array_agg(c.name order by c.name), '{}') into changed
      from (select lower(left(n.key, 1)) || substr(replace(initcap(replace(n.key, '_', ' ')), ' ', ''), 2) as name
              from jsonb_each(to_jsonb(new)) n
             where n.key <> 'version' and n.value is distinct from to_jsonb(old) -> n.key) c;
    if cardinality(changed) = 0 then
      return null;
    end if;
  end if;
  perform emit_event(tg_table_name || '.changed', tg_table_name || ':' || (present ->> 'id'), null, jsonb_build_object(
    tg_table_name || 'Id', present -> 'id', 'name', present -> 'name', 'changed', changed,
    'action', case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'changed' else 'deleted' end));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION ten_minutes(timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
  select date_bin('10 minutes', $1, 'epoch')
$function$;

CREATE TRIGGER agent_short_number_is_free BEFORE INSERT OR UPDATE OF short_number ON agent FOR EACH ROW EXECUTE FUNCTION refuse_taken_short_number();
CREATE TRIGGER agent_state_changed AFTER INSERT ON agent_state_change FOR EACH ROW EXECUTE FUNCTION tell_agent_state();
CREATE TRIGGER audit_is_only_added_to BEFORE DELETE OR UPDATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER call_closed AFTER UPDATE OF ended_at ON call FOR EACH ROW WHEN (((old.ended_at IS NULL) AND (new.ended_at IS NOT NULL))) EXECUTE FUNCTION tell_call();
CREATE TRIGGER call_closed_new AFTER INSERT ON call FOR EACH ROW WHEN ((new.ended_at IS NOT NULL)) EXECUTE FUNCTION tell_call();
CREATE TRIGGER campaign_tally_forgotten AFTER DELETE ON campaign FOR EACH ROW EXECUTE FUNCTION forget_tally();
CREATE TRIGGER campaign_contact_added AFTER INSERT ON campaign_contact REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION tally_list();
CREATE TRIGGER campaign_contact_moved AFTER UPDATE ON campaign_contact REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION tally_list();
CREATE TRIGGER campaign_contact_removed AFTER DELETE ON campaign_contact REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION tally_list();
CREATE TRIGGER preview_over AFTER UPDATE OF state ON campaign_contact FOR EACH ROW WHEN (((old.state = 'taken'::text) AND (new.state <> 'taken'::text))) EXECUTE FUNCTION preview_over();
CREATE TRIGGER contact_changed AFTER UPDATE ON contact REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION owners_changed();
CREATE TRIGGER contact_nested BEFORE INSERT OR UPDATE OF organisation_id, owner_id ON contact FOR EACH ROW WHEN ((new.organisation_id IS NOT NULL)) EXECUTE FUNCTION take_organisations_owner();
CREATE TRIGGER contact_owner_given AFTER UPDATE OF owner_id ON contact FOR EACH ROW WHEN (((new.kind = 'organisation'::text) AND (new.owner_id IS DISTINCT FROM old.owner_id))) EXECUTE FUNCTION give_owner_to_people();
CREATE TRIGGER contact_owner_noted AFTER UPDATE ON contact REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION note_new_owners();
CREATE TRIGGER contact_parts_given AFTER UPDATE ON contact REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION give_owner_to_parts();
CREATE TRIGGER contact_unlisted BEFORE DELETE ON contact FOR EACH ROW EXECUTE FUNCTION contact_unlisted();
CREATE TRIGGER contact_email_owned BEFORE INSERT OR UPDATE OF contact_id ON contact_email FOR EACH ROW WHEN ((current_setting('dozvon.owners_given'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION take_contacts_owner();
CREATE TRIGGER contact_import_waits AFTER INSERT OR UPDATE OF state ON contact_import FOR EACH ROW WHEN ((new.state = ANY (ARRAY['reading'::text, 'queued'::text]))) EXECUTE FUNCTION imports_changed();
CREATE TRIGGER contact_phone_added AFTER INSERT ON contact_phone REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION phones_changed();
CREATE TRIGGER contact_phone_moved AFTER UPDATE ON contact_phone REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION phones_moved();
CREATE TRIGGER contact_phone_owned BEFORE INSERT OR UPDATE OF contact_id ON contact_phone FOR EACH ROW WHEN ((current_setting('dozvon.owners_given'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION take_contacts_owner();
CREATE TRIGGER contact_phone_removed AFTER DELETE ON contact_phone REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION phones_changed();
CREATE CONSTRAINT TRIGGER number_unlisted AFTER DELETE OR UPDATE OF contact_id, phone ON contact_phone DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION number_unlisted();
CREATE TRIGGER line_short_number_is_free BEFORE INSERT OR UPDATE OF short_number ON line FOR EACH ROW EXECUTE FUNCTION refuse_taken_short_number();
CREATE TRIGGER line_told AFTER INSERT OR DELETE OR UPDATE ON line FOR EACH ROW EXECUTE FUNCTION tell_setting();
CREATE TRIGGER queue_told AFTER INSERT OR DELETE OR UPDATE ON queue FOR EACH ROW EXECUTE FUNCTION tell_setting();
CREATE TRIGGER queue_agents_told AFTER INSERT ON queue_agent REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION tell_queue_agents();
CREATE TRIGGER recording_changed AFTER UPDATE OF state ON recording FOR EACH ROW WHEN (((new.state IS DISTINCT FROM old.state) AND (new.state = ANY (ARRAY['kept'::text, 'lost'::text, 'deleted'::text])))) EXECUTE FUNCTION tell_recording();
CREATE TRIGGER recording_new AFTER INSERT ON recording FOR EACH ROW WHEN ((new.state = ANY (ARRAY['kept'::text, 'lost'::text]))) EXECUTE FUNCTION tell_recording();
CREATE TRIGGER refused_number_added AFTER INSERT ON refused_number REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refusals_changed();
CREATE TRIGGER refused_number_changed AFTER UPDATE ON refused_number REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refusals_changed();
CREATE TRIGGER refused_number_removed AFTER DELETE ON refused_number REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refusals_changed();
