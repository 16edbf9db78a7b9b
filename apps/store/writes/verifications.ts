/** Proofs of numbers: asked for, tried, given. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { writeNumberSettings } from "../numbers.ts";
import type { ProofFor } from "../proofs.ts";
import { emitEvent } from "./outbox.ts";

/** LINE-04. */
const VALID_FOR = "3 months";
/** So many codes go to one number in an hour: nobody's phone is a toy. */
const PER_HOUR = 5;

export interface NewVerification {
  readonly id: string;
  readonly number: string;
  readonly subject: ProofFor;
  readonly method: "call" | "sms";
  readonly codeHash: Buffer;
  readonly expiresAt: Date;
}

export async function writeVerification(trx: Db, asked: NewVerification): Promise<void> {
  const { id, number, subject, method, codeHash, expiresAt } = asked;
  await trx
    .insertInto("number_verification")
    .values({
      id,
      number,
      subject: subject.kind,
      agent_id: subject.kind === "agent" || subject.kind === "agent-forwarding" ? subject.id : null,
      line_id: subject.kind === "line-forwarding" ? subject.id : null,
      method,
      code_hash: codeHash,
      expires_at: expiresAt,
    })
    .execute();
}

/** Whether this number had enough codes; one asker at a time, so that two at once are two. */
export async function isOverRate(trx: Db, number: string): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtext('verification'), hashtext(${number}))`.execute(trx);
  const { count } = await trx
    .selectFrom("number_verification")
    .select((row) => row.fn.countAll<string>().as("count"))
    .where("number", "=", number)
    .where("created_at", ">", sql<Date>`now() - interval '1 hour'`)
    .executeTakeFirstOrThrow();
  return Number(count) >= PER_HOUR;
}

/** One of them; undefined when there is none. */
export async function verificationRow(db: Db, id: string) {
  const row = await db.selectFrom("number_verification").selectAll().where("id", "=", id).executeTakeFirst();
  if (!row) return undefined;
  const { number, code_hash: codeHash, expires_at: expiresAt, verified_at: verifiedAt } = row;
  return { number, subject: subjectOf(row), codeHash, expiresAt, verifiedAt };
}

function subjectOf(row: {
  subject: ProofFor["kind"];
  agent_id: string | null;
  line_id: string | null;
}): ProofFor {
  if (row.subject === "company") return { kind: "company" };
  return { kind: row.subject, id: (row.agent_id ?? row.line_id) as string };
}

/** How many attempts are left after this one; undefined: there was none left, or it is too late. */
export async function spendAttempt(trx: Db, id: string): Promise<number | undefined> {
  const row = await trx
    .updateTable("number_verification")
    .set((row) => ({ attempts_left: row("attempts_left", "-", 1) }))
    .where("id", "=", id)
    .where("attempts_left", ">", 0)
    .where("verified_at", "is", null)
    .where("expires_at", ">", sql<Date>`now()`)
    .returning("attempts_left")
    .executeTakeFirst();
  return row?.attempts_left;
}

/** The number is theirs: it becomes what it was to be proved for. @returns until when this holds */
export async function proven(
  trx: Db,
  id: string,
  { number, subject }: { number: string; subject: ProofFor },
): Promise<Date> {
  const { valid_until } = await trx
    .updateTable("number_verification")
    .set({ verified_at: sql`now()`, valid_until: sql`now() + ${sql.lit(VALID_FOR)}::interval` })
    .where("id", "=", id)
    .returning("valid_until")
    .executeTakeFirstOrThrow();
  if (subject.kind === "company") await writeNumberSettings(trx, { commonNumber: number });
  if (subject.kind === "agent")
    await trx.updateTable("agent").set({ shown_number: number }).where("id", "=", subject.id).execute();
  if (subject.kind === "line-forwarding")
    await trx
      .updateTable("line")
      .set({ forward_number: number, forward_number_verified_at: sql<Date>`now()` })
      .where("id", "=", subject.id)
      .execute();
  if (subject.kind === "agent-forwarding") await requestForwarding(trx, subject.id, number);
  return valid_until as Date;
}

/** FWD-03: the administrator is asked; a number that was approved before stays so when it is verified again. */
async function requestForwarding(trx: Db, agent: string, number: string): Promise<void> {
  const changed = await trx
    .updateTable("agent")
    .set({ forward_number: number, forward_state: "verified" })
    .where("id", "=", agent)
    .where((row) =>
      row.or([row("forward_state", "<>", "approved"), row("forward_number", "is distinct from", number)]),
    )
    .returning("id")
    .executeTakeFirst();
  if (!changed) return;
  const kind = "forwarding.requested";
  const because = `asks that calls be forwarded to ${number}, which is verified`;
  await trx.insertInto("notice").values({ agent_id: agent, kind, call_id: null, because }).execute();
  await emitEvent(trx, kind, { kind: "agent", id: agent }, { agentId: agent, number });
}
