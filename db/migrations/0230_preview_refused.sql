-- An agent asks for the call, and the gate lets none of the numbers be called any more: the showing is over with that.
alter table campaign_preview drop constraint campaign_preview_outcome_check;
alter table campaign_preview add constraint campaign_preview_outcome_check
  check (outcome in ('called', 'skipped', 'timed-out', 'returned', 'refused'));
