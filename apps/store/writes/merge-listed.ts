/**
 * Duplicates on campaigns' lists: a campaign has a contact once, so of several entries one stays. It takes over numbers
 * and attempts of those that wait; whoever is being called, or was called to an end, is not called by another entry.
 */
import { sql } from "kysely";
import type { Db } from "../database.ts";

/** Before the merged records go: `merging` (writes/duplicates.ts) says which and into which. */
export async function mergeListed(trx: Db): Promise<void> {
  // A dialler that takes one of them at this moment is waited for, and what it took is seen.
  await sql`
    select id from campaign_contact
     where contact_id in (select contact_id from merging union select base_id from merging)
     order by id for update`.execute(trx);
  await sql`drop table if exists pg_temp.merging_listed`.execute(trx);
  await sql`
    create temp table merging_listed on commit drop as
    select l.id, p.base_id, p.rank, l.state, l.attempts, l.next_at, l.priority,
           first_value(l.id) over (partition by l.campaign_id, p.base_id order by
             array_position(array['taken', 'done', 'waiting'], l.state) nulls last, p.rank, l.id) as stays
      from (select id, campaign_id, contact_id, attempts, next_at, priority,
                   -- The ending of its last call may not be known yet.
                   case when exists (select from attempt a where a.campaign_contact_id = one.id
                                                             and a.campaign_id is not null and a.ending is null)
                        then 'taken' else state end as state
              from campaign_contact one
             where contact_id in (select contact_id from merging union select base_id from merging)) l
      join (select contact_id, base_id, rank from merging
             union select base_id, base_id, -1 from merging) p using (contact_id)`.execute(trx);
  await sql`update campaign_contact set contact_id = null
             where id in (select id from merging_listed where id <> stays)`.execute(trx);
  await sql`update campaign_contact l set contact_id = m.base_id from merging_listed m
             where l.id = m.id and m.id = m.stays and l.contact_id <> m.base_id`.execute(trx);
  await takeOver(trx);
  await sql`
    update campaign_contact set state = 'cancelled', done_reason = 'merged', ended_at = now()
     where id in (select id from merging_listed where id <> stays and state = 'waiting')`.execute(trx);
}

/** Only by one that waits itself: it has the numbers of all of them, and waits as long as the last of them would have. */
async function takeOver(trx: Db): Promise<void> {
  const given = sql`
    select m.id, m.stays, m.rank, m.attempts, m.next_at, m.priority
      from merging_listed m join merging_listed s on s.id = m.stays
     where m.id <> m.stays and m.state = 'waiting' and s.state = 'waiting'`;
  await sql`
    update campaign_number n set campaign_contact_id = g.stays, position = g.last + g.n
      from (select g.stays, o.campaign_contact_id, o.phone,
                   row_number() over (partition by g.stays order by g.rank, g.id, o.position) as n,
                   (select coalesce(max(position), -1) from campaign_number
                     where campaign_contact_id = g.stays) as last
              from (${given}) g join campaign_number o on o.campaign_contact_id = g.id) g
     where n.campaign_contact_id = g.campaign_contact_id and n.phone = g.phone`.execute(trx);
  await sql`update attempt a set campaign_contact_id = g.stays from (${given}) g
             where a.campaign_contact_id = g.id`.execute(trx);
  await sql`
    update campaign_contact l
       set attempts = l.attempts + g.attempts, next_at = greatest(l.next_at, g.next_at),
           priority = greatest(l.priority, g.priority)
      from (select stays, sum(attempts)::integer as attempts, max(next_at) as next_at, max(priority) as priority
              from (${given}) g group by stays) g
     where l.id = g.stays`.execute(trx);
}
