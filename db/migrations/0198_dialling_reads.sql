-- An ending counts the endings of its contact, and a row that leaves a list leaves its attempts.
create index attempt_listed on attempt (campaign_contact_id, ending) where campaign_contact_id is not null;

-- Calls that agents dialled by hand count for the limits of campaigns.
create index call_outbound on call (to_number, arrived_at) where type = 'outbound';
create index call_outbound_contact on call (contact_id, arrived_at) where type = 'outbound' and contact_id is not null;
