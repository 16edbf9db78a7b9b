/** An agent works through a list: next, call, save (DIAL-06 … DIAL-09, SCEN-08, SCEN-09). */

import type { Refused } from "../core/dialling/verdict.ts";
import {
  type Item,
  itemPlaced,
  lockItem,
  putBack,
  releaseItem,
  saveItem,
  type WorkedList,
  workedList,
} from "../store/call-lists.ts";
import type { Db } from "../store/database.ts";
import { allowedNumber } from "../store/list-gate.ts";
import { callerOf, placeCall } from "./calls.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { next } from "./list-next.ts";
import { NotNow } from "./not-now.ts";
import { type Asker, CommandProblem, type ListSave } from "./port.ts";
import { completed, writeCompletion } from "./service.ts";

type WorkCommand = "list.next" | "list.call" | "list.save" | "list.release";

export function listWorkCommands(context: Context): Pick<Handlers, WorkCommand> {
  const { write, engine, db } = context;
  return {
    "list.next": ({ id, agentId }, by) => next(context, id, callerOf(agentId, by), by),
    "list.call": async ({ itemId, agentId, byItself = false }, by) => {
      const agent = callerOf(agentId, by);
      const { item, list } = await opened(db, itemId, agent);
      const claim = async (trx: Db, callId: string): Promise<void> => {
        const locked = await lockItem(trx, itemId);
        if (locked?.state !== "open" || locked.agent_id !== agent) throw notOpen();
        // The desk looked before this card was dialled, and the agent is free again already.
        if (byItself && !locked.dial_pending)
          throw new CommandProblem(409, "not-pending", "this card was dialled already");
        const { contact_id: contactId, calls, number } = locked;
        const verdict = await allowedNumber(trx, list, { contactId, calls, only: number ?? undefined });
        if (!("number" in verdict)) throw new NotNow(verdict);
        await itemPlaced(trx, itemId, callId);
      };
      const wanted = {
        to: { number: item.number ?? "" },
        ...(list.lineId !== null && { lineId: list.lineId }),
      };
      const errand = { kind: "list", id: itemId, claim, contactId: item.contact_id } as const;
      return placeCall(context, agent, wanted, by, errand).catch(async (error: unknown) => {
        if (byItself && error instanceof NotNow) await goOn(context, itemId, list.id, agent, error.refused);
        throw error;
      });
    },
    "list.save": async ({ itemId, agentId, ...save }, by) => {
      const agent = callerOf(agentId, by);
      const { list } = await opened(db, itemId, agent);
      await saveAndComplete(context, { itemId, agent, list, save }, by);
      return save.after === "next" ? next(context, list.id, agent) : NOBODY;
    },
    "list.release": async ({ itemId }) => {
      const whose = isId(itemId) ? await write((trx) => releaseItem(trx, itemId)) : undefined;
      if (whose === undefined) required(undefined, "open card");
      if (typeof whose === "string") engine.tell("list.released", { id: whose, itemId });
      return {};
    },
  };
}

/** Whom the gate refuses since the card was opened goes back to the list, and the agent gets the next one (DIAL-09). */
async function goOn(
  context: Context,
  itemId: string,
  listId: string,
  agent: string,
  refused: Refused,
): Promise<void> {
  const back = await context.write((trx) => putBack(trx, itemId, agent, refused));
  if (!back) return;
  context.engine.tell("list.released", { id: agent, itemId, reason: refused.code });
  await next(context, listId, agent);
}

const NOBODY = { itemId: null, nextAt: null };

interface Saving {
  readonly itemId: string;
  readonly agent: string;
  readonly list: WorkedList;
  readonly save: ListSave;
}

/**
 * Saves the card, and completes the service of its call with it: what is saved at the end of a call frees the agent for
 * the next one (DIAL-06). «Save and stay» (DIAL-07) lets a talk go on.
 */
async function saveAndComplete(
  context: Context,
  { itemId, agent, list, save }: Saving,
  by: Asker,
): Promise<void> {
  const { engine } = context;
  const leaves = save.after !== "stay";
  const { resultId, comment, topicIds } = save;
  const after = await context.write(async (trx) => {
    const item = await lockItem(trx, itemId);
    if (item?.state !== "open" || item.agent_id !== agent) throw notOpen();
    if (resultId !== undefined) await checkResult(trx, list.scenarioId, resultId);
    if (leaves && !list.moveOnWithoutResult && resultId === undefined && item.result_id === null)
      throw new CommandProblem(422, "result-required", "choose a result before the next card", "resultId");
    await saveItem(trx, item, { resultId, comment, leaves });
    const held = engine.agent(agent)?.call;
    if (held === undefined || held.id !== item.call_id) return undefined;
    const callId = held.id;
    if (held.phase === "wrap-up" || (leaves && held.phase === "talking")) {
      const result = resultId ?? item.result_id ?? undefined;
      const completion = {
        topicIds,
        comment,
        after: "continue" as const,
        ...(result && { resultId: result }),
      };
      const tell = await writeCompletion(trx, context, { callId, agent, completion }, by);
      return () => completed(context, { callId, agent, after: "continue" }, tell);
    }
    // It rings still: nobody waits for an answer on a card that was left.
    if (!leaves) return undefined;
    return async () => void engine.ask({ kind: "hangUpAsked", at: Date.now(), call: callId, agent });
  });
  await after?.();
}

async function checkResult(trx: Db, scenarioId: string, resultId: string): Promise<void> {
  const result = await trx
    .selectFrom("scenario_result")
    .select("id")
    .where("id", "=", resultId)
    .where("scenario_id", "=", scenarioId)
    .executeTakeFirst();
  required(result, "result of this scenario", "resultId");
}

/** The card that the agent has open, and its list. */
async function opened(db: Db, itemId: string, agent: string): Promise<{ item: Item; list: WorkedList }> {
  const item = isId(itemId)
    ? await db.selectFrom("call_list_item").selectAll().where("id", "=", itemId).executeTakeFirst()
    : undefined;
  const list = required(item && (await workedList(db, item.list_id, agent)), "card");
  if (item?.state !== "open" || item.agent_id !== agent) throw notOpen();
  return { item, list };
}

function notOpen(): CommandProblem {
  return new CommandProblem(409, "not-open", "this card is not open for the agent");
}
