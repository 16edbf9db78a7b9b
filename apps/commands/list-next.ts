/** From one card of a call list to the next (DIAL-06). */
import {
  type Item,
  lockItem,
  nextAt,
  openItem,
  openNext,
  saveItem,
  type WorkedList,
  workedList,
} from "../store/call-lists.ts";
import type { Db } from "../store/database.ts";
import { type Context, isId, required } from "./context.ts";
import { type Asker, CommandProblem } from "./port.ts";

/** Two who open the same contact from two lists at the same moment: one of them looks again. */
const LOOKS = 5;

/**
 * Opens the list's next contact for the agent.
 * @param by who asks; undefined: the agent works the list already
 * @throws CommandProblem 404 no such list for them, 409 another card is open or the list is closed
 */
export async function next(
  context: Context,
  listId: string,
  agent: string,
  by?: Asker,
): Promise<{ itemId: string | null; nextAt: string | null }> {
  const { db, engine } = context;
  for (let look = 1; ; look++) {
    try {
      const item = await context.write((trx) => openFor(trx, listId, agent, by));
      if (!item) return { itemId: null, nextAt: (await nextAt(db, listId))?.toISOString() ?? null };
      engine.tell("list.opened", { id: agent, listId, itemId: item.id, contactId: item.contact_id });
      // The desk dials it when the agent is free, if that is wished.
      engine.deferredChanged();
      return { itemId: item.id, nextAt: null };
    } catch (error) {
      if ((error as { code?: string }).code !== "23505" || look === LOOKS) throw error;
    }
  }
}

async function openFor(trx: Db, listId: string, agent: string, by?: Asker): Promise<Item | undefined> {
  const list = await worked(trx, listId, agent, by);
  const card = await openItem(trx, agent);
  // Who asks again, because the answer was lost, gets the same one.
  if (card?.list_id === listId) return card;
  if (card) throw new CommandProblem(409, "card-open", "a card of another list is open: save it first");
  if (list.state === "closed") throw new CommandProblem(409, "closed-list", "the list is closed");
  return openNext(trx, list, agent);
}

/** The list, if this agent works it; who may not see others' lists learns no more than that it is not theirs. */
async function worked(trx: Db, listId: string, agent: string, by: Asker | undefined): Promise<WorkedList> {
  const list = isId(listId) ? await workedList(trx, listId, agent) : undefined;
  if (list) return list;
  if (by?.role === "agent")
    throw new CommandProblem(
      404,
      "not-found",
      "there is no such call list for this agent: who works a list is named in its agentIds",
      "agentIds",
    );
  required(isId(listId) ? await workedList(trx, listId) : undefined, "call list");
  throw new CommandProblem(
    409,
    "not-served",
    "this agent does not work the list: name it in the list's agentIds (PATCH /v1/call-lists/{id})",
    "agentIds",
  );
}

/**
 * The service of the open card's call is completed: what was said of the call is the card's too, and the card is left
 * (DIAL-06), unless its scenario wants a result first (DIAL-08).
 * @returns the list to go on with; undefined: no card was open for this call, or it stays open
 */
export async function leaveWithCall(
  trx: Db,
  { callId, agent, resultId, comment }: { callId: string; agent: string; resultId?: string; comment: string },
): Promise<string | undefined> {
  const open = await openItem(trx, agent);
  if (open?.call_id !== callId) return undefined;
  const item = await lockItem(trx, open.id);
  const list = item && (await workedList(trx, item.list_id));
  if (item?.state !== "open" || item.agent_id !== agent || !list) return undefined;
  const leaves = list.moveOnWithoutResult || resultId !== undefined || item.result_id !== null;
  await saveItem(trx, item, { resultId, comment, leaves });
  return leaves ? list.id : undefined;
}
