-- What the figures of apps/core/statistics need beyond the record, and the ways to it that are fast.

-- How long this channel was in one bridge with the call's first channel; null: never. A call's talk is shared out
-- among its agents by it, so an agent who transfers a call keeps the time that was theirs.
alter table call_leg add column talk_ms integer;

-- Agents' phones by time: a month of one agent, or what everybody did since midnight.
create index call_leg_ended on call_leg (ended_at) where agent_id is not null;

-- Transfers are rare among events; without this every event of a month would be read to count them.
create index call_event_transfer on call_event (at) where kind in ('BLINDTRANSFER', 'ATTENDEDTRANSFER');
