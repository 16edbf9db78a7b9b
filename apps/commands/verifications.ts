/**
 * Proving a number: a code goes there by a call or an SMS, and whoever has the number types it in (LINE-03, LINE-04).
 */
import { randomInt, randomUUID, scryptSync, timingSafeEqual } from "node:crypto";
import { PLACED } from "../core/records/fold.ts";
import { mayDial } from "../phone/allowed.ts";
import { toE164 } from "../phone/number.ts";
import type { Db } from "../store/database.ts";
import { listAgents } from "../store/reads/agents.ts";
import { listLines } from "../store/reads/lines.ts";
import { queueSms } from "../store/writes/outbox.ts";
import {
  isOverRate,
  proven,
  spendAttempt,
  verificationRow,
  writeVerification,
} from "../store/writes/verifications.ts";
import { refuse, settleAttempt } from "./calls.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { type Asker, CommandProblem, type Commands, type ProofFor } from "./port.ts";
import { logged } from "./settings.ts";

const DIGITS = 6;
const EXPIRES_AFTER_MS = 10 * 60_000;

type Start = Commands["verification.start"];

export function verificationCommands(
  context: Context,
): Pick<Handlers, "verification.start" | "verification.confirm"> {
  return {
    "verification.start": (wanted, by) => start(context, wanted, by),
    "verification.confirm": ({ id, code }, by) => confirm(context, id, code, by),
  };
}

async function start(context: Context, wanted: Start[0], by: Asker): Promise<Start[1]> {
  const { db, config, write } = context;
  const number = toE164(wanted.number, config.country);
  if (number === undefined)
    throw new CommandProblem(422, "not-a-number", `«${wanted.number}» is not a phone number`, "number");
  if (!mayDial(number, config))
    throw new CommandProblem(422, "not-allowed", "this number may not be called", "number");
  requireOwn(wanted.for, by);
  await requireSubject(db, wanted.for);
  const id = randomUUID();
  const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, "0");
  const expiresAt = new Date(Date.now() + EXPIRES_AFTER_MS);
  const call = wanted.method === "call" ? newCall(context) : undefined;
  await write(async (trx) => {
    if (await isOverRate(trx, number))
      throw new CommandProblem(
        429,
        "too-many",
        "this number was asked too often; try again in an hour",
        "number",
      );
    const { method, for: subject } = wanted;
    await writeVerification(trx, { id, number, subject, method, codeHash: hashOf(id, code), expiresAt });
    if (call)
      await trx
        .insertInto("attempt")
        .values({
          id: call.channel,
          call_id: call.id,
          agent_id: null,
          number,
          contact_id: null,
          reason: null,
        })
        .execute();
    else
      await queueSms(trx, {
        to: number,
        text: textOf(wanted.language, code),
        purpose: "number.verification",
      });
  });
  if (call) await dictate(context, call, { number, code, language: wanted.language });
  return { id, number, expiresAt: expiresAt.toISOString(), callId: call?.id ?? null };
}

/** The id of a call is known before it is made (law L4). */
function newCall({ engine }: Context) {
  const channel = `${PLACED}${Math.floor(Date.now() / 1000)}.${randomInt(1e9)}`;
  return { channel, id: engine.callIdOf(channel) };
}

async function dictate(
  { engine, db }: Context,
  call: { id: string; channel: string },
  what: { number: string; code: string; language: "ru" | "en" },
): Promise<void> {
  const { id, channel } = call;
  const refusal = engine.ask({ kind: "verificationAsked", at: Date.now(), call: id, channel, ...what });
  await settleAttempt(db, channel, refusal);
  refuse(refusal);
}

async function confirm(
  context: Context,
  id: string,
  code: string,
  by: Asker,
): Promise<Commands["verification.confirm"][1]> {
  const { db, write, configure } = context;
  const row = required(isId(id) ? await verificationRow(db, id) : undefined, "verification");
  requireOwn(row.subject, by);
  if (row.verifiedAt) throw new CommandProblem(409, "verified", "this number is verified already");
  // Spent before it is looked at, and for good: asking twice at once is two attempts.
  const left = await write((trx) => spendAttempt(trx, id));
  if (left === undefined) {
    if (row.expiresAt <= new Date())
      throw new CommandProblem(409, "expired", "the code is older than ten minutes");
    throw new CommandProblem(409, "locked", "too many wrong codes; ask for a new one");
  }
  if (!timingSafeEqual(hashOf(id, code), row.codeHash))
    throw new CommandProblem(422, "wrong-code", `this is not the code; attempts left: ${left}`, "code");
  const { validUntil } = await configure(async (trx) => {
    let until = new Date(0);
    const work = async () => {
      until = await proven(trx, id, row);
    };
    await noting(trx, by, row.subject, work);
    return { result: { validUntil: until.toISOString() }, focus: { nothing: true } };
  });
  return { number: row.number, validUntil };
}

/** A proof that sets where calls are forwarded to is a change of settings as well (FWD-02, FWD-03). */
async function noting(trx: Db, by: Asker, subject: ProofFor, work: () => Promise<void>): Promise<void> {
  const fields = ["forwardNumber"];
  if (subject.kind === "line-forwarding")
    await logged({ trx, by, command: "line.change", fields }, () => listLines(trx, subject), work);
  else if (subject.kind === "agent-forwarding")
    await logged({ trx, by, command: "agent.change", fields }, () => listAgents(trx, subject.id), work);
  else await work();
}

function hashOf(id: string, code: string): Buffer {
  return scryptSync(code, id, 32);
}

function textOf(language: "ru" | "en", code: string): string {
  return language === "ru" ? `Код подтверждения номера: ${code}` : `Your number's verification code: ${code}`;
}

/** An agent proves its own numbers and nobody else's. */
function requireOwn(subject: ProofFor, by: Asker): void {
  if (by.role !== "agent") return;
  const own = (subject.kind === "agent" || subject.kind === "agent-forwarding") && subject.id === by.agentId;
  if (!own) throw new CommandProblem(403, "not-yours", "an agent verifies only its own numbers", "for");
}

async function requireSubject(db: Db, subject: ProofFor): Promise<void> {
  if (subject.kind === "company") return;
  const table = subject.kind === "line-forwarding" ? "line" : "agent";
  const query = db.selectFrom(table).select("id").where("id", "=", subject.id);
  required(isId(subject.id) ? await query.executeTakeFirst() : undefined, table, "for.id");
}
