-- What statistics add up over every call of a month, beside the call itself: looked up elsewhere for each call, it
-- would take longer than all the rest.
alter table call
  -- Completed wrap-ups after this call, of all agents together; null: none.
  add column wrap_up_ms integer,
  -- Blind and attended ones, as Asterisk recorded them.
  add column transfers integer not null default 0;

update call set wrap_up_ms = w.ms
  from (select call_id, sum(round(extract(epoch from ended_at - started_at) * 1000))::integer as ms
          from call_wrap_up where ended_at is not null group by call_id) w
 where w.call_id = call.id;

update call set transfers = e.transfers
  from (select call_id, count(*)::integer as transfers from call_event
         where kind in ('BLINDTRANSFER', 'ATTENDEDTRANSFER') and source = 'cel' group by call_id) e
 where e.call_id = call.id;

drop index call_event_transfer;
