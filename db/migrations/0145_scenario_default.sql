-- Whether a scenario is its direction's default is said, not read off an empty list: a line that is deleted leaves the
-- lists it was in, and who belonged to it alone becomes nobody's default.
alter table scenario add column is_default boolean not null default false;
-- Of several, made at the same moment, the oldest was shown.
update scenario s set is_default = true
 where line_ids = '{}' and not exists (
   select from scenario o where o.direction = s.direction and o.line_ids = '{}'
      and (o.created_at, o.id) < (s.created_at, s.id));
update scenario set line_ids = array(select id from unnest(line_ids) id where id in (select id from line));
create unique index scenario_default on scenario (direction) where is_default;
