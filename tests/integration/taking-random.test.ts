/**
 * Random campaigns over random calendars, zones, clocks and limits, taken from a real PostgreSQL by several takers: every
 * attempt is judged by a second opinion that shares no code with the gate and remembers by itself what has happened.
 */
import fc from "fast-check";
import { sql } from "kysely";
import t from "tap";
import {
  type AttemptEnding,
  CAMPAIGN_MODES,
  type CampaignMode,
  PURPOSES,
  type Purpose,
} from "../../apps/core/dialling/campaign.ts";
import type { PastAttempt } from "../../apps/core/dialling/gate.ts";
import type { Policy } from "../../apps/core/dialling/policy.ts";
import { listFigures } from "../../apps/store/reads/campaign-figures.ts";
import { type ListReason, listReasons } from "../../apps/store/reads/list-reasons.ts";
import { settleAttempt } from "../../apps/store/settle.ts";
import { takeContacts } from "../../apps/store/take.ts";
import { addCompany } from "../support/api.ts";
import { addCampaign, mint } from "../support/campaigns.ts";
import { moments, policies } from "../support/gate-cases.ts";
import { forbidden } from "../support/gate-oracle.ts";
import { withPostgres } from "../support/postgres.ts";
import { TABLES, zonesFor } from "../support/zones-oracle.ts";

// Some seconds of work, on machines that are busy with other tests.
t.setTimeout(400_000);
const WORLDS = 14;
const STEPS = 14;
const SEED = 20261122;
const HOUR = 3_600_000;

const postgres = await withPostgres();
t.teardown(() => postgres.stop());
const { db } = postgres;
await addCompany(db);

interface Person {
  readonly zone: string | undefined;
  readonly phones: readonly string[];
}

interface Listed {
  readonly campaign: number;
  readonly person: number;
  /** Those that rang. */
  attempts: number;
}

interface Tried extends Omit<PastAttempt, "ending" | "endedAt" | "open"> {
  readonly id: string;
  readonly listed: Listed;
  ending?: AttemptEnding;
  endedAt?: number;
  open: boolean;
}

/** What the test knows by itself. */
interface World {
  readonly campaigns: {
    readonly id: string;
    readonly mode: CampaignMode;
    readonly purpose: Purpose;
    readonly policy: Policy;
    state: "running" | "paused";
  }[];
  readonly people: Person[];
  readonly listed: Map<string, Listed>;
  readonly history: Tried[];
  readonly refused: Map<string, number | undefined>;
  readonly consents: Set<string>;
}

let numbers = 0;
/** Of plans with one zone and with many. */
const PLANS = ["+7495", "+7423", "+7916", "+1212", "+7701", "+4420", "+1800", "+999"];
function freshPhone(plan: number): string {
  numbers++;
  const start = PLANS[plan % PLANS.length] ?? "+7495";
  return `${start}${String(numbers).padStart(start.length > 4 ? 7 : 8, "0")}`;
}

const worlds = fc.record({
  at: moments,
  dice: fc.infiniteStream(fc.nat(999)),
  campaigns: fc.array(
    fc.record({
      policy: policies,
      mode: fc.constantFrom(...CAMPAIGN_MODES),
      purpose: fc.constantFrom(...PURPOSES),
    }),
    { minLength: 2, maxLength: 3 },
  ),
  people: fc.array(
    fc.record({
      zone: fc.option(fc.constantFrom(...TABLES.zones), { nil: undefined }),
      plans: fc.array(fc.nat(100), { minLength: 1, maxLength: 2 }),
      refused: fc.nat(9),
      consent: fc.boolean(),
    }),
    { minLength: 6, maxLength: 14 },
  ),
  steps: fc.array(
    fc.record({
      ahead: fc.oneof(
        fc.integer({ min: 1, max: 3 * HOUR }),
        fc.constantFrom(HOUR, 12 * HOUR, 24 * HOUR - 1, 24 * HOUR, 72 * HOUR),
      ),
    }),
    { minLength: STEPS, maxLength: STEPS },
  ),
});
type Draw = typeof worlds extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** Writes the world down, and remembers it. */
async function build(drawn: Draw): Promise<World> {
  const world: World = {
    ...{ campaigns: [], people: [], listed: new Map(), history: [] },
    ...{ refused: new Map(), consents: new Set() },
  };
  for (const { policy, mode, purpose } of drawn.campaigns) {
    const id = await addCampaign(db, { policy, mode, purpose });
    world.campaigns.push({ id, policy, mode, purpose, state: "running" });
  }
  for (const { zone, plans, refused, consent } of drawn.people) {
    const phones = plans.map(freshPhone);
    world.people.push({ zone, phones });
    for (const phone of phones) {
      if (refused < 2) world.refused.set(phone, refused === 0 ? undefined : drawn.at + 30 * HOUR);
      if (consent) for (const purpose of PURPOSES) world.consents.add(`${phone} ${purpose}`);
    }
  }
  const people = world.people.map(({ zone = null }) => ({
    name: "Somebody",
    position: null,
    owner_id: null,
    zone,
  }));
  const contacts = await db.insertInto("contact").values(people).returning("id").execute();
  await writeWords(world, drawn.at);
  for (const [campaign, { id }] of world.campaigns.entries()) {
    const rows = contacts.map((contact) => ({
      ...{ campaign_id: id, contact_id: contact.id, next_at: new Date(0), agent_id: null },
    }));
    const listed = await db.insertInto("campaign_contact").values(rows).returning("id").execute();
    for (const [person, row] of listed.entries()) world.listed.set(row.id, { campaign, person, attempts: 0 });
  }
  const listedNumbers = [...world.listed].flatMap(([id, { campaign, person }]) =>
    (world.people[person]?.phones ?? []).map((phone, position) => ({
      ...{
        campaign_contact_id: id,
        campaign_id: world.campaigns[campaign]?.id ?? "",
        phone,
        position,
        zone: null,
      },
    })),
  );
  await db.insertInto("campaign_number").values(listedNumbers).execute();
  return world;
}

/** Refusals and consents. */
async function writeWords({ refused, consents }: World, at: number): Promise<void> {
  const no = [...refused].map(([phone, until]) => ({
    ...{
      phone,
      source: "api" as const,
      until: until === undefined ? null : new Date(until),
      attempt_id: null,
    },
  }));
  if (no.length > 0) await db.insertInto("refused_number").values(no).execute();
  const yes = [...consents].map((key) => {
    const [phone = "", purpose] = key.split(" ");
    return {
      ...{ phone, purpose: purpose as Purpose, how: "form", given_at: new Date(at - HOUR), taken_by: "site" },
      ...{ contact_id: null, until: null, withdrawn_at: null },
    };
  });
  if (yes.length > 0) await db.insertInto("contact_consent").values(yes).execute();
}

/** Everything that forbids what was taken, by the test's own memory; then remembers it. */
function judged(
  world: World,
  index: number,
  one: { id: string; phone: string; campaignContactId: string },
  at: number,
): string[] {
  const campaign = world.campaigns[index];
  const listed = world.listed.get(one.campaignContactId);
  const person = world.people[listed?.person ?? -1];
  if (!campaign || !listed || !person) return ["nobody knows this contact"];
  const past = world.history.filter((attempt) => attempt.listed.person === listed.person);
  const why = forbidden(
    { ...campaign, agentKept: false, at },
    {
      phone: one.phone,
      zones: zonesFor(one.phone, person.zone),
      refusal: world.refused.has(one.phone) ? { until: world.refused.get(one.phone) } : null,
      consent: world.consents.has(`${one.phone} ${campaign.purpose}`),
      past,
      attempts: listed.attempts,
      inCall: false,
    },
  );
  if (listed.campaign !== index) why.push("another campaign's contact");
  if (!person.phones.includes(one.phone)) why.push("another person's number");
  listed.attempts++;
  world.history.push({ id: one.id, number: one.phone, listed, at, open: true });
  return why;
}

const ENDINGS: readonly AttemptEnding[] = [
  "no_answer",
  "busy",
  "machine",
  "abandoned",
  "answered",
  "failed",
  "not_placed",
  "hung_up",
  "lost",
  "not_in_service",
];

async function settleSome(world: World, dice: () => number, at: number): Promise<void> {
  for (const attempt of world.history) {
    if (!attempt.open || dice() < 250) continue;
    const ending = ENDINGS[dice() % ENDINGS.length] ?? "busy";
    await settleAttempt(db, attempt.id, { ending, endedAt: at });
    Object.assign(attempt, { open: false, ending, endedAt: at });
    // What never rang is no attempt of its contact.
    if (ending === "not_placed") attempt.listed.attempts--;
  }
}

t.test("no forbidden attempt is ever taken, whatever the calendars, zones, clocks and limits", async (t) => {
  const wrong: string[] = [];
  let [taken, worldsWithAttempts] = [0, 0];
  for (const drawn of fc.sample(worlds, { numRuns: WORLDS, seed: SEED })) {
    const world = await build(drawn);
    const dice = () => Number(drawn.dice.next().value ?? 0);
    const ids = world.campaigns.map(({ id }) => id);
    let at = drawn.at;
    for (const { ahead } of drawn.steps) {
      at += ahead;
      // Put off in the database's time, which the test's own clock leaves behind: everybody who waits is asked about.
      if (dice() < 400)
        await db
          .updateTable("campaign_contact")
          .set({ next_at: new Date(0) })
          .where("state", "=", "waiting")
          .where("campaign_id", "in", ids)
          .execute();
      for (const campaign of world.campaigns) {
        const state = dice() < 120 ? "paused" : "running";
        campaign.state = state;
        await db.updateTable("campaign").set({ state }).where("id", "=", campaign.id).execute();
      }
      const answers = await Promise.all(
        world.campaigns.map(({ id }) =>
          takeContacts(db, { campaign: id, most: 1 + (dice() % 6), now: at, nextId: mint }),
        ),
      );
      // Each is judged beside all that were taken before it and at the same moment.
      for (const [index, answer] of answers.entries())
        for (const one of answer.taken) {
          taken++;
          for (const reason of judged(world, index, one, at))
            wrong.push(`${reason}: ${JSON.stringify({ at: new Date(at).toISOString(), ...one })}`);
        }
      await settleSome(world, dice, at + 1000);
      at += 2000;
    }
    if (world.history.length > 0) worldsWithAttempts++;
  }
  t.strictSame(wrong.slice(0, 5), []);
  t.ok(taken > 120, `${taken} attempts were judged`);
  t.ok(worldsWithAttempts > WORLDS / 4, `${worldsWithAttempts} worlds dialled somebody`);
});

t.test("DIAL-15 the figures of a list are those of its rows, whatever has happened to them", async (t) => {
  const campaigns = await db.selectFrom("campaign").select("id").execute();
  t.ok(campaigns.length >= WORLDS);
  await sql`update campaign_contact set agent_id = (select id from agent limit 1) where position % 5 = 0`.execute(
    db,
  );
  await sql`delete from campaign_contact where position % 11 = 0`.execute(db);
  const late = (await db.selectFrom("campaign_contact").select("next_at").execute()).map((row) =>
    row.next_at.getTime(),
  );
  const moments = [0, Date.now(), ...late.slice(0, 5), Math.max(...late)];
  const compare = async (when: string) => {
    for (const { id } of campaigns)
      for (const now of moments) {
        const { rows } = await sql<ListReason>`
          select state, code, count(*)::int as count, min(next_at) filter (where state = 'waiting') as "nextAt"
            from (select state, next_at,
                         case when state = 'taken' then 'in-hand'
                              when state <> 'waiting' then coalesce(done_reason, state)
                              when next_at <= ${new Date(now)} then
                                case when agent_id is null then 'due' else 'for-an-agent' end
                              else coalesce(done_reason, case when last_ending is null then 'not-before' else 'retry' end)
                         end as code
                    from campaign_contact where campaign_id = ${id}) listed
           group by state, code order by count(*) desc, code`.execute(db);
        t.strictSame(await listReasons(db, id, now), rows, when);
        const waiting = rows.filter(({ state }) => state === "waiting");
        const due = waiting.filter(({ code }) => code === "due" || code === "for-an-agent");
        const sum = (some: readonly ListReason[]) => some.reduce((all, { count }) => all + count, 0);
        const figures = listFigures(await listReasons(db, id, now));
        t.equal(figures.due, sum(due));
        t.equal(figures.states.waiting ?? 0, sum(waiting));
      }
  };
  await compare("as it is");
  const tallies = async () => (await sql`select from campaign_tally`.execute(db)).rows.length;
  const before = await tallies();
  for (const { id } of campaigns) await sql`select fold_tally(${id})`.execute(db);
  t.ok((await tallies()) < before);
  await compare("added up");
});
