/**
 * Whose number customers see, and until when its proof holds.
 */
import type { AgentId } from "../core/floor.ts";
import { LINES_OWN, type NumberPlan, type OwnNumber } from "../core/numbers.ts";
import type { Db } from "./database.ts";

/** What is kept under the name `numbers` in company_setting. */
export interface NumberSettings {
  source: NumberPlan["source"];
  display: NumberPlan["display"];
  serviceNumber: string | null;
  /** Set by proving it. */
  commonNumber: string | null;
}

/** What the company chose, or the defaults. */
export async function readNumberSettings(db: Db): Promise<NumberSettings> {
  const row = await db
    .selectFrom("company_setting")
    .select("value")
    .where("name", "=", "numbers")
    .executeTakeFirst();
  const { source, display } = LINES_OWN;
  return {
    source,
    display,
    serviceNumber: null,
    commonNumber: null,
    ...(row?.value as Partial<NumberSettings>),
  };
}

/** Writes them; what is not named stays. */
export async function writeNumberSettings(trx: Db, change: Partial<NumberSettings>): Promise<NumberSettings> {
  const settings = { ...(await readNumberSettings(trx)), ...change };
  const value = JSON.stringify(settings);
  await trx
    .insertInto("company_setting")
    .values({ name: "numbers", value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value, updated_at: new Date() }))
    .execute();
  return settings;
}

/** The same as the core needs it. */
export async function readNumberPlan(db: Db): Promise<NumberPlan> {
  const { source, display, serviceNumber, commonNumber } = await readNumberSettings(db);
  const proof = commonNumber
    ? await db
        .selectFrom("number_verification")
        .select((row) => row.fn.max("valid_until").as("until"))
        .where("subject", "=", "company")
        .where("number", "=", commonNumber)
        .executeTakeFirst()
    : undefined;
  const common =
    commonNumber && proof?.until ? { number: commonNumber, validUntil: proof.until.getTime() } : undefined;
  return { source, display, serviceNumber: serviceNumber ?? undefined, common };
}

/** Agents' own numbers with the end of the last proof; agents who never proved one are not in it. */
export async function readOwnNumbers(db: Db): Promise<Map<AgentId, OwnNumber>> {
  const rows = await db
    .selectFrom("agent")
    .innerJoin("number_verification as proof", (join) =>
      join
        .onRef("proof.agent_id", "=", "agent.id")
        .onRef("proof.number", "=", "agent.shown_number")
        .on("proof.subject", "=", "agent"),
    )
    .select((row) => ["agent.id", "proof.number", row.fn.max("proof.valid_until").as("until")])
    .where("proof.valid_until", "is not", null)
    .groupBy(["agent.id", "proof.number"])
    .execute();
  return new Map(
    rows.map(({ id, number, until }) => [id, { number, validUntil: new Date(until as Date).getTime() }]),
  );
}
