-- What a queue promises: so many per cent of its callers hear an agent within so many seconds.

alter table queue
  add column service_level_seconds integer not null default 20 check (service_level_seconds between 1 and 3600),
  add column service_level_percent integer not null default 80 check (service_level_percent between 1 and 100);
