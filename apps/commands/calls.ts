/** Calls that people start and end from the workplace. */
import { randomInt } from "node:crypto";
import type { Destination } from "../core/inputs.ts";
import type { Errand, ErrandKind } from "../core/outgoing/errand.ts";
import { PLACED } from "../core/records/fold.ts";
import type { Refusal } from "../core/turn.ts";
import { allowedPrefixes, mayDial } from "../phone/allowed.ts";
import { toE164 } from "../phone/number.ts";
import type { Db } from "../store/database.ts";
import { settleErrands } from "../store/errands.ts";
import { checkByHand } from "../store/line-gate.ts";
import { phoneOf } from "./contact-for.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { type Asker, CommandProblem, type Placed, type PlacedCall } from "./port.ts";

type Names = "call.place" | "call.answer" | "call.hangUp";

export function callCommands(context: Context): Pick<Handlers, Names> {
  const { engine } = context;
  return {
    "call.place": ({ agentId, ...wanted }, by) => placeCall(context, callerOf(agentId, by), wanted, by),
    "call.answer": async ({ callId }, by) => {
      // A supervisor lifts the phone that rings, an agent only the own one.
      const agent = by.role === "agent" ? by.agentId : engine.ringingFor(callId);
      if (agent === undefined)
        throw new CommandProblem(409, "not-ringing", "nobody's phone rings for this call now");
      refuse(engine.ask({ kind: "answerAsked", at: Date.now(), call: callId, agent }));
      return { agentId: agent };
    },
    "call.hangUp": async ({ callId }, by) => {
      const agent = by.role === "agent" ? by.agentId : undefined;
      refuse(engine.ask({ kind: "hangUpAsked", at: Date.now(), call: callId, agent }));
      return {};
    },
  };
}

/** Who places the call: an agent's key its own agent, everybody else names one. */
export function callerOf(agentId: string | undefined, by: Asker): string {
  if (by.role !== "agent" || !by.agentId) {
    if (agentId === undefined)
      throw new CommandProblem(422, "required", "is required for this key: it is no agent's", "agentId");
    return required(isId(agentId) ? agentId : undefined, "agent", "agentId");
  }
  if (agentId !== undefined && agentId !== by.agentId)
    throw new CommandProblem(403, "not-yours", "an agent places calls only for itself", "agentId");
  return by.agentId;
}

/** What a call is placed for, and how it is claimed. */
export interface ErrandClaim extends Errand {
  readonly kind: ErrandKind;
  /** Who is called; undefined: whoever has the number. */
  readonly contactId?: string | null | undefined;
  /** In the attempt's transaction. @throws CommandProblem when it is not to be called any more */
  claim(trx: Db, callId: string): Promise<void>;
}

/**
 * Places a call for this agent. The attempt is committed before anything rings, and with it that the call's errand is
 * under way (law L4); when nobody was dialled the errand is told so (store/errands.ts).
 * @throws CommandProblem 422 for a number that makes no sense or may not be called, 409 when somebody is not available
 */
export async function placeCall(
  context: Context,
  agent: string,
  wanted: PlacedCall,
  by: Asker,
  errand?: ErrandClaim,
): Promise<Placed> {
  const { db, engine } = context;
  const { to: found, number } = await resolve(context, wanted.to, by);
  const to =
    found.kind === "outside" && errand?.contactId ? { ...found, contactId: errand.contactId } : found;
  if (wanted.lineId !== undefined) await requireLine(db, wanted.lineId);
  const kind = to.kind === "outside" ? PLACED : "internal-";
  const channel = `${kind}${Math.floor(Date.now() / 1000)}.${randomInt(1e9)}`;
  const call = engine.callIdOf(channel);
  const contactId = to.kind === "outside" ? (to.contactId ?? null) : null;
  const row = { id: channel, call_id: call, agent_id: agent, number, contact_id: contactId, reason: null };
  await context.write(async (trx) => {
    await errand?.claim(trx, call);
    const because = to.kind === "outside" ? await requireByHand(trx, agent, number, wanted, errand) : null;
    const own = { errand: errand?.kind ?? null, errand_id: errand?.id ?? null, because };
    await trx
      .insertInto("attempt")
      .values({ ...row, ...own })
      .execute();
  });
  const refusal = engine.ask({
    kind: "callPlaced",
    at: Date.now(),
    call,
    channel,
    agent,
    to,
    lineId: wanted.lineId,
    errand: errand && { kind: errand.kind, id: errand.id },
  });
  await settleAttempt(db, channel, refusal);
  if (errand && refusal) {
    await settleErrands(db).catch(() => {});
    // What is to be placed by itself waits again, and somebody has to look when its time comes.
    engine.deferredChanged();
  }
  refuse(refusal);
  return { callId: call, number, contactId };
}

/**
 * Who is on the refusal list is not called, unless the line lets calls be placed that they asked for.
 * @returns the evidence for the attempt's row, when that is why
 * @throws CommandProblem 409 naming the number
 */
async function requireByHand(
  trx: Db,
  agentId: string,
  number: string,
  { lineId, askedFor = false }: PlacedCall,
  errand: ErrandClaim | undefined,
): Promise<string | null> {
  const { refused, because } = await checkByHand(trx, {
    ...{ agentId, number, lineId, askedFor, errand: errand?.kind },
  });
  if (!refused) return because ? JSON.stringify(because) : null;
  const field = errand ? "number" : "to.number";
  throw new CommandProblem(409, refused.code, `${number} may not be called: ${refused.text}`, field);
}

/** A mark that could not be made is made at the next start, by looking (store/attempts.ts). */
export async function settleAttempt(db: Db, id: string, refusal: Refusal | undefined): Promise<void> {
  await db
    .updateTable("attempt")
    .set({ state: refusal ? "refused" : "placed", reason: refusal?.text ?? null })
    .where("id", "=", id)
    .execute()
    .catch(() => {});
}

async function resolve(
  { db, config }: Context,
  to: PlacedCall["to"],
  by: Asker,
): Promise<{ to: Destination; number: string }> {
  if (to.contactId !== undefined) {
    const phone = await phoneOf(db, to.contactId, by, "to.contactId");
    return {
      to: { kind: "outside", number: phone, contactId: to.contactId },
      number: allowed(phone, config),
    };
  }
  if (to.number !== undefined && !/^[0-9]{2,6}$/.test(to.number)) {
    const number = toE164(to.number, config.country);
    if (number === undefined)
      throw new CommandProblem(422, "not-a-number", `«${to.number}» is not a phone number`, "to.number");
    const contactId = await contactWith(db, number);
    return { to: { kind: "outside", number: allowed(number, config), contactId }, number };
  }
  const short = to.shortNumber ?? to.number;
  const field = to.agentId === undefined ? "to.shortNumber" : "to.agentId";
  const query = db.selectFrom("agent").select(["id", "short_number"]);
  const row =
    to.agentId === undefined
      ? await query.where("short_number", "=", short ?? "").executeTakeFirst()
      : isId(to.agentId)
        ? await query.where("id", "=", to.agentId).executeTakeFirst()
        : undefined;
  const colleague = required(row, "agent", field);
  return { to: { kind: "colleague", agent: colleague.id }, number: colleague.short_number };
}

function allowed(number: string, config: Context["config"]): string {
  if (mayDial(number, config)) return number;
  const text = `only numbers with ${allowedPrefixes(config).join(" or ")} may be called (DOZVON_DIAL_ALLOW)`;
  throw new CommandProblem(422, "not-allowed", text, "to.number");
}

/** Who has this number, as routing would find them (SOFT-07). */
async function contactWith(db: Db, phone: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("contact_phone")
    .innerJoin("contact", "contact.id", "contact_phone.contact_id")
    .select("contact.id")
    .where("phone", "=", phone)
    .orderBy((row) => row("contact.owner_id", "is", null))
    .orderBy("contact.created_at")
    .executeTakeFirst();
  return row?.id;
}

async function requireLine(db: Db, id: string): Promise<void> {
  const query = db.selectFrom("line").select("id").where("id", "=", id);
  required(isId(id) ? await query.executeTakeFirst() : undefined, "line", "lineId");
}

/** The engine's no, as the API says it. */
export function refuse(refusal: Refusal | undefined): void {
  if (!refusal) return;
  const { code, text, field } = refusal;
  if (code === "not-yours") throw new CommandProblem(403, code, text, field);
  throw new CommandProblem(code === "over" ? 404 : 409, code, text, field);
}
