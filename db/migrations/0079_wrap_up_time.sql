-- Wrap-up by time, for everybody at once: what a day's or a month's statistics add up.
create index call_wrap_up_started on call_wrap_up (started_at);
