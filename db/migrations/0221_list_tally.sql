-- How many of a campaign's list are in which state and why, and how many of those who wait are due: to count a million at
-- every look costs half a second. Whatever changes a list adds here what it changed, in its own transaction, and never
-- touches what others have added, so that nobody waits for anybody. The sum is the answer.

set local statement_timeout = 0;

create table campaign_tally (
  -- No foreign key: it would lock the campaign's row for every call that ends.
  campaign_id  uuid not null,
  state        text not null,
  -- Why they are in that state; of those who wait, why they wait while they are not due.
  code         text not null,
  -- They wait, and were asked for one agent.
  kept         boolean not null,
  -- Of those who wait: the ten minutes in which they are due.
  due          timestamptz,
  change       bigint not null
);
create index campaign_tally_campaign on campaign_tally (campaign_id);

create function ten_minutes(timestamptz) returns timestamptz language sql immutable parallel safe strict as $$
  select date_bin('10 minutes', $1, 'epoch')
$$;

create function list_code(state text, done_reason text, last_ending text) returns text
  language sql immutable parallel safe as $$
  select case when state = 'taken' then 'in-hand'
              when done_reason is not null then done_reason
              when state <> 'waiting' then state
              when last_ending is null then 'not-before'
              else 'retry' end
$$;

insert into campaign_tally
select campaign_id, state, list_code(state, done_reason, last_ending), state = 'waiting' and agent_id is not null,
       case when state = 'waiting' then ten_minutes(next_at) end, count(*)
  from campaign_contact group by 1, 2, 3, 4, 5;

-- Adds up what is there. Rows that another one is adding up are left to it.
create function fold_tally(campaign uuid) returns void language sql as $$
  with gone as (
    delete from campaign_tally
     where ctid = any(array(select ctid from campaign_tally where campaign_id = campaign for update skip locked))
    returning state, code, kept, due, change)
  insert into campaign_tally (campaign_id, state, code, kept, due, change)
  select campaign, state, code, kept, due, sum(change) from gone
   group by state, code, kept, due having sum(change) <> 0
$$;

create function tally_list() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into campaign_tally
    select campaign_id, state, list_code(state, done_reason, last_ending), state = 'waiting' and agent_id is not null,
           case when state = 'waiting' then ten_minutes(next_at) end, count(*)
      from after group by 1, 2, 3, 4, 5;
  elsif tg_op = 'DELETE' then
    insert into campaign_tally
    select campaign_id, state, list_code(state, done_reason, last_ending), state = 'waiting' and agent_id is not null,
           case when state = 'waiting' then ten_minutes(next_at) end, -count(*)
      from before group by 1, 2, 3, 4, 5;
  else
    insert into campaign_tally
    select campaign_id, state, list_code(state, done_reason, last_ending), state = 'waiting' and agent_id is not null,
           case when state = 'waiting' then ten_minutes(next_at) end, sum(change)
      from (select *, 1 as change from after union all select *, -1 from before) moved
     group by 1, 2, 3, 4, 5 having sum(change) <> 0;
    -- Now and then, or there would be as many rows as calls.
    if random() < 0.005 then
      perform fold_tally(campaign_id) from (select distinct campaign_id from after) changed;
    end if;
  end if;
  return null;
end $$;
create trigger campaign_contact_added after insert on campaign_contact referencing new table as after
  for each statement execute function tally_list();
create trigger campaign_contact_moved after update on campaign_contact
  referencing old table as before new table as after for each statement execute function tally_list();
create trigger campaign_contact_removed after delete on campaign_contact referencing old table as before
  for each statement execute function tally_list();

-- After the list itself is gone: triggers fire in the order of their names, and foreign keys' begin with a capital.
create function forget_tally() returns trigger language plpgsql as $$
begin
  delete from campaign_tally where campaign_id = old.id;
  return null;
end $$;
create trigger campaign_tally_forgotten after delete on campaign for each row execute function forget_tally();
