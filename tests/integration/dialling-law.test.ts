/**
 * What would let a campaign call somebody whom it must not call, and what would be too slow for a million people: on a
 * real PostgreSQL.
 */
import { sql } from "kysely";
import t from "tap";
import { endCampaigns } from "../../apps/store/campaigns.ts";
import type { Db } from "../../apps/store/database.ts";
import { settleAttempt } from "../../apps/store/settle.ts";
import { takeContacts } from "../../apps/store/take.ts";
import { addCompany } from "../support/api.ts";
import { addCampaign, addListed, mint, OPEN_POLICY } from "../support/campaigns.ts";
import { withPostgres } from "../support/postgres.ts";

const postgres = await withPostgres();
t.teardown(() => postgres.stop());
const { db } = postgres;
await addCompany(db);

const HOUR = 3_600_000;
/** A Tuesday, noon in Moscow. */
const NOON = Date.parse("2026-03-03T12:00+03:00");
let numbers = 2_000_000;
const fresh = () => `+7495${++numbers}`;
const take = (campaign: string, most: number, now = NOON, more: object = {}) =>
  takeContacts(db, { campaign, most, now, nextId: mint, ...more });
const end = (id: string, ending: Parameters<typeof settleAttempt>[2]["ending"], endedAt = NOON + 30_000) =>
  settleAttempt(db, id, { ending, endedAt });

t.test("DIAL-15 with many calls behind it, an ending and an end read their own rows only", async (t) => {
  const campaign = await addCampaign(db);
  await sql`
    insert into campaign_contact (campaign_id, state) select ${campaign}, 'done' from generate_series(1, 20000)`.execute(
    db,
  );
  await sql`
    insert into attempt (id, call_id, number, campaign_id, campaign_contact_id, state, ending, ended_at)
    select 'past-' || position, gen_random_uuid(), '+7812' || (1000000 + position), ${campaign}, id, 'placed', 'busy', now()
      from campaign_contact where campaign_id = ${campaign}`.execute(db);
  await addListed(db, campaign, [{ phones: [fresh()] }]);
  const [one] = (await take(campaign, 1)).taken;
  await sql`analyze`.execute(db);
  const read = async (table: string, work: (trx: Db) => Promise<unknown>) =>
    db.transaction().execute(async (trx) => {
      await work(trx);
      const { rows } = await sql<{ read: number }>`
        select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
         where relname = ${table}`.execute(trx);
      return rows[0]?.read ?? 0;
    });
  const settled = await read("attempt", (trx) =>
    settleAttempt(trx, one?.id ?? "", { ending: "busy", endedAt: NOON + 30_000 }),
  );
  t.ok(settled < 100, `settling read ${settled} attempts`);
  const ended = await read("campaign_contact", (trx) => endCampaigns(trx, NOON));
  t.ok(ended < 100, `looking whether campaigns are through read ${ended} people`);
  const deleted = await read("attempt", (trx) =>
    sql`delete from campaign_contact where campaign_id = ${campaign} and attempts = 1`.execute(trx),
  );
  t.ok(deleted < 100, `taking a row off a list read ${deleted} attempts`);
});

t.test(
  "DIAL-15 a call that an agent dialled by hand counts for a limit of all campaigns and agents",
  async (t) => {
    const attempts = { ...OPEN_POLICY.attempts, day: 1 };
    const campaign = await addCampaign(db, { policy: { ...OPEN_POLICY, attempts }, purpose: "debt" });
    const [called, inbound, free] = [fresh(), fresh(), fresh()];
    await addListed(db, campaign, [{ phones: [called] }, { phones: [inbound] }, { phones: [free] }]);
    const add = (number: string, type: string) => sql`
      insert into call (id, linkedid, type, from_number, to_number, arrived_at, ended_at)
      values (gen_random_uuid(), ${`hand-${number}`}, ${type}, ${type === "outbound" ? null : number},
              ${type === "outbound" ? number : null}, ${new Date(NOON - HOUR)}, ${new Date(NOON - HOUR + 60_000)})`;
    await add(called, "outbound").execute(db);
    await add(inbound, "inbound").execute(db);
    const { taken, refused } = await take(campaign, 5);
    t.strictSame(
      taken.map(({ phone }) => phone),
      [inbound, free],
    );
    t.strictSame(refused, { "too-many": 1 });
    for (const { id } of taken) await end(id, "busy");
    t.equal((await take(campaign, 5, NOON + 23 * HOUR)).taken.length, 1, "a day after it, again");
  },
);
