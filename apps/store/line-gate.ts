/**
 * The compliance gate for calls of a line's agents: by hand (core/dialling/by-hand.ts), and those that are placed by
 * themselves because they were deferred to now (core/dialling/gate.ts).
 */
import { sql } from "kysely";
import { mayDialByHand, type RefusedCalls } from "../core/dialling/by-hand.ts";
import { refusedNow } from "../core/dialling/gate.ts";
import type { Calendar } from "../core/dialling/policy.ts";
import type { Refused } from "../core/dialling/verdict.ts";
import type { ErrandKind } from "../core/outgoing/errand.ts";
import { firstAllowed } from "./ask-gate.ts";
import type { Db } from "./database.ts";
import { type NumberRow, refusalsOf } from "./take-facts.ts";

/** What a line says about its agents' calls. */
interface LineDialling {
  readonly preset: string;
  readonly week: Calendar["week"] | null;
  readonly refused: RefusedCalls;
}

/** Without any line at all. */
const STRICT: LineDialling = { preset: "russia-service", week: null, refused: "never" };

/** A call that an agent wants to place. */
export interface AgentCall {
  readonly agentId: string;
  /** E.164. */
  readonly number: string;
  /** Undefined: the agent's first. */
  readonly lineId?: string | undefined;
}

/** What the number is on, if somebody refused it; and why it may be called all the same. */
export interface ByHand {
  readonly refused?: Refused;
  /** Evidence, for the attempt's row. */
  readonly because?: { readonly refused: true; readonly askedFor: true };
}

/** Whether the agent may call the number by hand, for this line. */
export async function checkByHand(
  trx: Db,
  call: AgentCall & { askedFor: boolean; errand?: ErrandKind | undefined },
): Promise<ByHand> {
  const refusal = (await refusalsOf(trx, [call.number])).get(call.number) ?? null;
  if (!refusal) return {};
  const { refused: calls } = await lineDialling(trx, call);
  const { askedFor, errand } = call;
  const verdict = mayDialByHand({ refusal }, { calls, askedFor, errand, at: Date.now() });
  return verdict.allowed ? { because: { refused: true, askedFor: true } } : { refused: verdict };
}

/** Whether the number is on the refusal list now, for calls that no line lets be placed: transfers to somebody outside. */
export async function refusedOutside(db: Db, number: string): Promise<Refused | undefined> {
  return refusedNow((await refusalsOf(db, [number])).get(number) ?? null, Date.now());
}

/**
 * Why a call that is due is not placed by itself now; undefined: it may be. The number is kept from other takers until
 * the transaction ends.
 */
export async function checkByItself(
  trx: Db,
  call: AgentCall & { contactId: string | null },
): Promise<Refused | undefined> {
  const { preset, week } = await lineDialling(trx, call);
  const candidate = { id: call.number, contactId: call.contactId, attempts: 0 };
  const asked = { purpose: "service", mode: "progressive", preset, week } as const;
  const verdict = await firstAllowed(trx, asked, candidate, [await numberRow(trx, call)]);
  return "number" in verdict ? undefined : verdict;
}

/** The line that a call of this agent counts for, as the core chooses it (core/outgoing/place.ts). */
async function lineDialling(trx: Db, { agentId, lineId }: AgentCall): Promise<LineDialling> {
  const row = await trx
    .selectFrom("line")
    .select(["dial_preset as preset", "dial_week as week", "dial_refused as refused"])
    .$if(lineId !== undefined, (query) => query.where("id", "=", lineId as string))
    .orderBy(
      sql<boolean>`exists (select from queue where queue.id = line.queue_id and (queue.all_agents or exists (
        select from queue_agent m where m.queue_id = queue.id and m.agent_id = ${agentId})))`,
      "desc",
    )
    .orderBy("created_at")
    .orderBy("key")
    .limit(1)
    .executeTakeFirst();
  return row ?? STRICT;
}

async function numberRow(
  trx: Db,
  { number, contactId }: { number: string; contactId: string | null },
): Promise<NumberRow> {
  const contact =
    contactId === null
      ? undefined
      : await trx
          .selectFrom("contact")
          .leftJoin("contact as organisation", "organisation.id", "contact.organisation_id")
          .select((row) => row.fn.coalesce("contact.zone", "organisation.zone").as("zone"))
          .where("contact.id", "=", contactId)
          .executeTakeFirst();
  return {
    ...{ candidate: number, contactId, phone: number, zone: contact?.zone ?? null },
    ...{ attempts: 0, position: 0, score: null, lastEnding: null },
  };
}
