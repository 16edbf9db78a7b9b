-- Made by `npm run schema` from the migrated database; a test compares it. Change the migrations instead.

create table agent (
  id uuid default gen_random_uuid() not null,
  name text not null,
  short_number text not null,
  phone text not null,
  sip_ha1 text not null,
  state text default 'offline'::text not null,
  state_since timestamp with time zone default now() not null,
  created_at timestamp with time zone default now() not null,
  constraint agent_pkey PRIMARY KEY (id),
  constraint agent_phone_key UNIQUE (phone),
  constraint agent_short_number_key UNIQUE (short_number),
  constraint agent_phone_check CHECK ((phone ~ '^[a-z0-9-]{3,40}$'::text)),
  constraint agent_short_number_check CHECK ((short_number ~ '^[0-9]{2,6}$'::text)),
  constraint agent_sip_ha1_check CHECK ((sip_ha1 ~ '^[0-9a-f]{32}$'::text)),
  constraint agent_state_check CHECK ((state = ANY (ARRAY['offline'::text, 'break'::text, 'inbound'::text, 'outbound'::text])))
);

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
  constraint api_key_check CHECK (((role = 'agent'::text) = (agent_id IS NOT NULL))),
  constraint api_key_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'supervisor'::text, 'agent'::text])))
);

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
CREATE INDEX call_event_transfer ON call_event USING btree (at) WHERE (kind = ANY (ARRAY['BLINDTRANSFER'::text, 'ATTENDEDTRANSFER'::text]));

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
  constraint call_leg_pkey PRIMARY KEY (channel),
  constraint call_leg_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id) ON DELETE SET NULL,
  constraint call_leg_call_id_fkey FOREIGN KEY (call_id) REFERENCES call(id) ON DELETE CASCADE
);
CREATE INDEX call_leg_call ON call_leg USING btree (call_id);
CREATE INDEX call_leg_ended ON call_leg USING btree (ended_at) WHERE (agent_id IS NOT NULL);

create table contact (
  id uuid default gen_random_uuid() not null,
  name text not null,
  "position" text,
  owner_id uuid,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  constraint contact_pkey PRIMARY KEY (id),
  constraint contact_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES agent(id) ON DELETE SET NULL
);
CREATE INDEX contact_newest ON contact USING btree (created_at DESC, id DESC);
CREATE INDEX contact_owner ON contact USING btree (owner_id);

create table contact_phone (
  contact_id uuid not null,
  phone text not null,
  "position" integer not null,
  constraint contact_phone_pkey PRIMARY KEY (contact_id, phone),
  constraint contact_phone_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) ON DELETE CASCADE,
  constraint contact_phone_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{4,14}$'::text))
);
CREATE INDEX contact_phone_phone ON contact_phone USING btree (phone);

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
  constraint line_pkey PRIMARY KEY (id),
  constraint line_key_key UNIQUE (key),
  constraint line_number_key UNIQUE (number),
  constraint line_queue_id_fkey FOREIGN KEY (queue_id) REFERENCES queue(id),
  constraint line_key_check CHECK ((key ~ '^l[a-z0-9]{1,20}$'::text)),
  constraint line_language_check CHECK ((language = ANY (ARRAY['ru'::text, 'en'::text]))),
  constraint line_number_check CHECK ((number ~ '^\+[1-9][0-9]{4,14}$'::text)),
  constraint line_recording_check CHECK ((recording = ANY (ARRAY['off'::text, 'stereo'::text, 'mixed'::text])))
);

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
  constraint queue_pkey PRIMARY KEY (id),
  constraint queue_key_key UNIQUE (key),
  constraint queue_name_key UNIQUE (name),
  constraint queue_answer_seconds_check CHECK (((answer_seconds >= 3) AND (answer_seconds <= 300))),
  constraint queue_key_check CHECK ((key ~ '^q[a-z0-9]{1,20}$'::text)),
  constraint queue_max_wait_seconds_check CHECK (((max_wait_seconds >= 5) AND (max_wait_seconds <= 7200))),
  constraint queue_service_level_percent_check CHECK (((service_level_percent >= 1) AND (service_level_percent <= 100))),
  constraint queue_service_level_seconds_check CHECK (((service_level_seconds >= 1) AND (service_level_seconds <= 3600))),
  constraint queue_strategy_check CHECK ((strategy = ANY (ARRAY['random'::text, 'most-idle'::text, 'sequential'::text])))
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
  constraint recording_pkey PRIMARY KEY (id),
  constraint recording_call_id_key UNIQUE (call_id),
  constraint recording_state_check CHECK ((state = ANY (ARRAY['kept'::text, 'empty'::text, 'lost'::text])))
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
  constraint trunk_pkey PRIMARY KEY (id),
  constraint trunk_key_key UNIQUE (key),
  constraint trunk_name_key UNIQUE (name),
  constraint trunk_addresses_check CHECK ((cardinality(addresses) > 0)),
  constraint trunk_key_check CHECK ((key ~ '^t[a-z0-9]{1,20}$'::text)),
  constraint trunk_port_check CHECK (((port >= 1) AND (port <= 65535)))
);

CREATE OR REPLACE FUNCTION notify_directory()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('directory', coalesce(new.contact_id, old.contact_id)::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION notify_directory_contact()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('directory', coalesce(new.id, old.id)::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
end $function$;

CREATE TRIGGER audit_is_only_added_to BEFORE DELETE OR UPDATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contact_changed AFTER UPDATE OF owner_id, name ON contact FOR EACH ROW EXECUTE FUNCTION notify_directory_contact();
CREATE TRIGGER contact_phone_changed AFTER INSERT OR DELETE OR UPDATE ON contact_phone FOR EACH ROW EXECUTE FUNCTION notify_directory();
