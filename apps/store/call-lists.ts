/**
 * Working through a list: an agent gets the next contact, whom nobody else gets then, whatever lists the contact is on;
 * the call is placed for the open card; what came of it is saved (DIAL-06 … DIAL-09).
 */
import { type Selectable, sql } from "kysely";
import type { Db } from "./database.ts";
import type { ErrandOutcome } from "./errands.ts";
import { allowedNumber, type ListPolicy } from "./list-gate.ts";
import type { CallListItemTable } from "./tables-desk.ts";

/** A list as the work with it needs it. */
export interface WorkedList extends ListPolicy {
  readonly id: string;
  readonly state: "open" | "closed";
  readonly scenarioId: string;
  readonly lineId: string | null;
  readonly moveOnWithoutResult: boolean;
}

/** The list; with an agent only if it is theirs to work. */
export async function workedList(trx: Db, id: string, agentId?: string): Promise<WorkedList | undefined> {
  return trx
    .selectFrom("call_list")
    .innerJoin("scenario", "scenario.id", "call_list.scenario_id")
    .select([
      "call_list.id",
      "state",
      "scenario_id as scenarioId",
      "line_id as lineId",
      "purpose",
      "preset",
      "week",
    ])
    .select(["auto_dial as autoDial", "move_on_without_result as moveOnWithoutResult"])
    .where("call_list.id", "=", id)
    .$if(agentId !== undefined, (query) =>
      query.where("call_list.id", "in", (from) =>
        from
          .selectFrom("call_list_agent")
          .select("list_id")
          .where("agent_id", "=", agentId as string),
      ),
    )
    .executeTakeFirst();
}

export type Item = Selectable<CallListItemTable>;

/** The card of lists that the agent has open. */
export function openItem(trx: Db, agentId: string): Promise<Item | undefined> {
  return trx
    .selectFrom("call_list_item")
    .selectAll()
    .where("agent_id", "=", agentId)
    .where("state", "=", "open")
    .executeTakeFirst();
}

/** So many are looked at for one that may be called. */
const MOST_LOOKED_AT = 100;

/**
 * Opens the next contact of the list for the agent: the first that waits, whom nobody has open, and who may be called
 * now. Those who may not are put off, or off the list, with the reason.
 * @returns undefined: nobody is left, or nobody may be called now
 */
export async function openNext(trx: Db, list: WorkedList, agentId: string): Promise<Item | undefined> {
  // Of an agent who was deleted.
  await trx
    .updateTable("call_list_item")
    .set({ state: "waiting", opened_at: null, dial_pending: false })
    .where("list_id", "=", list.id)
    .where("state", "=", "open")
    .where("agent_id", "is", null)
    .execute();
  for (let looked = 0; looked < MOST_LOOKED_AT; looked++) {
    const item = await lockNext(trx, list.id);
    if (!item) return undefined;
    const { contact_id: contactId, calls } = item;
    const verdict = await allowedNumber(trx, list, { contactId, calls });
    if ("number" in verdict) return open(trx, item.id, agentId, verdict.number, list.autoDial);
    await putOff(trx, item.id, verdict);
  }
  return undefined;
}

/** When somebody of the list may be called who may not be now. */
export async function nextAt(db: Db, listId: string): Promise<Date | undefined> {
  const row = await db
    .selectFrom("call_list_item")
    .select((each) => each.fn.min("next_at").as("at"))
    .where("list_id", "=", listId)
    .where("state", "=", "waiting")
    .executeTakeFirst();
  return row?.at ?? undefined;
}

async function lockNext(trx: Db, listId: string): Promise<Item | undefined> {
  const { rows } = await sql<Item>`
    select i.* from call_list_item i
     where i.list_id = ${listId} and i.state = 'waiting' and (i.next_at is null or i.next_at <= now())
       and not exists (select from call_list_item o where o.contact_id = i.contact_id and o.state = 'open')
     order by i.position limit 1 for update of i skip locked`.execute(trx);
  return rows[0];
}

async function open(trx: Db, id: string, agentId: string, number: string, dial: boolean): Promise<Item> {
  return trx
    .updateTable("call_list_item")
    .set({ state: "open", agent_id: agentId, number, opened_at: new Date(), next_at: null, reason: null })
    .set({ dial_pending: dial, auto_at: null, tries: 0 })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A minute at least, so that a list of people who cannot be called is not gone through again and again. */
const LEAST_MS = 60_000;

async function putOff(
  trx: Db,
  id: string,
  { code, notBefore }: { code: string; notBefore?: number | undefined },
): Promise<void> {
  const later =
    notBefore === undefined
      ? ({ state: "refused", closed_at: new Date() } as const)
      : { next_at: new Date(Math.max(notBefore, Date.now() + LEAST_MS)) };
  await trx
    .updateTable("call_list_item")
    .set({ ...later, reason: code })
    .where("id", "=", id)
    .execute();
}

/**
 * The gate refuses a card that is to be dialled by itself: it is put off like one that was never opened.
 * @returns whether the agent had it open still
 */
export async function putBack(
  trx: Db,
  id: string,
  agentId: string,
  refused: { code: string; notBefore?: number | undefined },
): Promise<boolean> {
  const item = await lockItem(trx, id);
  if (item?.state !== "open" || item.agent_id !== agentId) return false;
  await trx
    .updateTable("call_list_item")
    .set({ state: "waiting", agent_id: null, opened_at: null, dial_pending: false })
    .where("id", "=", id)
    .execute();
  await putOff(trx, id, refused);
  return true;
}

/** The card, kept from everybody else until the transaction ends. */
export function lockItem(trx: Db, id: string): Promise<Item | undefined> {
  return trx.selectFrom("call_list_item").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
}

/** A call is placed for the open card. */
export async function itemPlaced(trx: Db, id: string, callId: string): Promise<void> {
  await trx
    .updateTable("call_list_item")
    .set({ call_id: callId, dial_pending: false })
    .where("id", "=", id)
    .execute();
}

/** After these many phones that nobody lifted the agent has to ask for the call. */
const AUTO_TRIES = 3;
const AGAIN_MS = 20_000;

/** Nobody was dialled: where the system dials by itself it tries again, after a pause that grows. */
export async function itemSettled(trx: Db, { id, callId, dialled }: ErrandOutcome): Promise<void> {
  if (dialled) {
    await trx
      .updateTable("call_list_item")
      .set((row) => ({ calls: row("calls", "+", 1) }))
      .where("id", "=", id)
      .execute();
    return;
  }
  await sql`
    update call_list_item i
       set call_id = null, tries = i.tries + 1, dial_pending = s.auto_dial and i.tries + 1 < ${AUTO_TRIES},
           auto_at = now() + (i.tries + 1) * ${AGAIN_MS} * interval '1 millisecond'
      from call_list l join scenario s on s.id = l.scenario_id
     where i.id = ${id} and i.call_id = ${callId} and i.state = 'open' and l.id = i.list_id`.execute(trx);
}

/** Writes down what was saved; the card stays open, unless the agent leaves it. */
export async function saveItem(
  trx: Db,
  { id, agent_id, call_id, result_id }: Item,
  { resultId, comment, leaves }: { resultId: string | undefined; comment: string; leaves: boolean },
): Promise<void> {
  const result = resultId ?? result_id;
  const state = result === null ? "skipped" : "done";
  await trx
    .insertInto("call_list_save")
    .values({ item_id: id, agent_id, call_id, result_id: resultId ?? null, comment })
    .execute();
  await trx
    .updateTable("call_list_item")
    .set({
      ...{ result_id: result, ...(comment !== "" && { comment }) },
      ...(leaves && { state, closed_at: new Date(), dial_pending: false }),
    })
    .where("id", "=", id)
    .execute();
}

/** Puts a card back that was opened and not worked. @returns whose it was */
export async function releaseItem(trx: Db, id: string): Promise<string | null | undefined> {
  const item = await lockItem(trx, id);
  if (item?.state !== "open") return undefined;
  await trx
    .updateTable("call_list_item")
    .set({ state: "waiting", agent_id: null, opened_at: null, dial_pending: false })
    .where("id", "=", id)
    .execute();
  return item.agent_id;
}

/** Cards whose number is to be dialled by itself; and when those are whose agent did not lift the phone. */
export async function pendingItems(
  db: Db,
): Promise<{ now: { id: string; agentId: string }[]; later: Date[] }> {
  const rows = await db
    .selectFrom("call_list_item")
    .select(["id", "agent_id as agentId", "auto_at as autoAt"])
    .where("dial_pending", "=", true)
    .where("state", "=", "open")
    .where("agent_id", "is not", null)
    .execute();
  const due = (at: Date | null) => at === null || at.getTime() <= Date.now();
  return {
    now: rows.flatMap(({ id, agentId, autoAt }) =>
      agentId !== null && due(autoAt) ? [{ id, agentId }] : [],
    ),
    later: rows.flatMap(({ autoAt }) => (due(autoAt) ? [] : (autoAt ?? []))),
  };
}
