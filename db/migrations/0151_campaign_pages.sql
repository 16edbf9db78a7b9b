-- A campaign's list is read by when people are called next.
drop index campaign_contact_list;
create index campaign_contact_list on campaign_contact (campaign_id, next_at, id);
