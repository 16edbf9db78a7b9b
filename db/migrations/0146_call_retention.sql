-- What the line's retention was when the line was deleted, also for recordings that are taken over only afterwards.
alter table call add column retention_days integer;
