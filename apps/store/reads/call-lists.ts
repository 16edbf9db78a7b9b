/** Call lists, with how far each is, and their contacts. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import type { ListItemState } from "../tables-desk.ts";

/** By name; an agent's are those that it works. */
export function listCallLists(db: Db, { id, agentId }: { id?: string; agentId?: string | undefined } = {}) {
  const count = (state: ListItemState) =>
    sql<number>`(select count(*)::int from call_list_item i where i.list_id = call_list.id and i.state = ${state})`;
  return db
    .selectFrom("call_list")
    .select([
      "id",
      "name",
      "scenario_id as scenarioId",
      "line_id as lineId",
      "purpose",
      "preset",
      "week",
      "state",
    ])
    .select(["created_at as createdAt"])
    .select(
      sql<
        string[]
      >`array(select agent_id from call_list_agent where list_id = call_list.id order by agent_id)`.as(
        "agentIds",
      ),
    )
    .select([count("waiting").as("waiting"), count("open").as("open"), count("done").as("done")])
    .select([count("skipped").as("skipped"), count("refused").as("refused")])
    .$if(id !== undefined, (query) => query.where("id", "=", id as string))
    .$if(agentId !== undefined, (query) =>
      query.where("id", "in", (from) =>
        from
          .selectFrom("call_list_agent")
          .select("list_id")
          .where("agent_id", "=", agentId as string),
      ),
    )
    .orderBy("name")
    .execute();
}

export type ListItemRow = Awaited<ReturnType<ReturnType<typeof selectItems>["execute"]>>[number];

/** The contacts of a list in its order, from a position on. */
export async function listItems(
  db: Db,
  filter: { listId: string; state?: ListItemState | undefined; after?: number | undefined; limit: number },
): Promise<{ items: ListItemRow[]; next: number | null }> {
  const { listId, state, after = 0, limit } = filter;
  const rows = await selectItems(db)
    .where("i.list_id", "=", listId)
    .$if(state !== undefined, (query) => query.where("i.state", "=", state as ListItemState))
    .where("i.position", ">", after)
    .orderBy("i.position")
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.position ?? null) : null };
}

/** One contact of a list. */
export function findItem(db: Db, id: string): Promise<ListItemRow | undefined> {
  return selectItems(db).where("i.id", "=", id).executeTakeFirst();
}

/** The card of lists that the agent has open. */
export function openItemOf(db: Db, agentId: string): Promise<ListItemRow | undefined> {
  return selectItems(db).where("i.agent_id", "=", agentId).where("i.state", "=", "open").executeTakeFirst();
}

function selectItems(db: Db) {
  return db
    .selectFrom("call_list_item as i")
    .innerJoin("contact as c", "c.id", "i.contact_id")
    .select([
      "i.id",
      "i.list_id as listId",
      "i.position",
      "i.contact_id as contactId",
      "c.name as contactName",
    ])
    .select([
      "i.state",
      "i.agent_id as agentId",
      "i.number",
      "i.opened_at as openedAt",
      "i.closed_at as closedAt",
    ])
    .select(["i.next_at as nextAt", "i.reason", "i.dial_pending as dialPending", "i.calls"])
    .select(["i.call_id as callId", "i.result_id as resultId", "i.comment"])
    .select(
      sql<
        string[]
      >`array(select phone from contact_phone p where p.contact_id = c.id order by p.position, phone)`.as(
        "phones",
      ),
    );
}

/** What was saved about a contact of a list, the newest first. */
export function savesOfItem(db: Db, itemId: string) {
  return db
    .selectFrom("call_list_save")
    .select(["at", "agent_id as agentId", "call_id as callId", "result_id as resultId", "comment"])
    .where("item_id", "=", itemId)
    .orderBy("at", "desc")
    .execute();
}
