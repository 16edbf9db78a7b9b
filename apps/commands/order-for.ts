/** Orders that a request names. */
import type { Db } from "../store/database.ts";
import { findOrder, type OrderRow } from "../store/reads/orders.ts";
import { isId, ownAgent, required } from "./context.ts";
import { type Asker, CommandProblem } from "./port.ts";

/** The order, if this asker may see it: an agent's are those whose product they know, or that are theirs. */
export async function orderFor(trx: Db, id: string, by: Asker): Promise<OrderRow> {
  return required(isId(id) ? await findOrder(trx, id, ownAgent(by)) : undefined, "order");
}

/** Only from an open card is an order worked. */
export function notOpen(): CommandProblem {
  return new CommandProblem(409, "not-open", "open the order first: its card is not open, or no longer");
}
