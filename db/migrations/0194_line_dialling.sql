-- What agents may call for a line by hand, and when calls for later are placed by themselves (core/dialling).
alter table line
  -- Where hours and attempts for calls placed by themselves begin (core/dialling/presets.ts).
  add column dial_preset   text not null default 'russia-service',
  -- When people may be called, by their own clock; null: as the preset says.
  add column dial_week     jsonb,
  -- Numbers on the refusal list: nobody calls them, or only when their owners asked for the call.
  add column dial_refused  text not null default 'never' check (dial_refused in ('never', 'asked-for'));

alter table deferred_call
  -- Why the gate did not let it be placed by itself when it was due; auto_at: when it is asked again.
  add column put_off_reason  text;
