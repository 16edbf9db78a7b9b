/** An agent's state, and the plan for the next one. */
import type { AgentId, AgentState } from "../../core/floor.ts";
import type { Db } from "../database.ts";

/** Writes the state with its time into the agent's row and into the agent's day. A plan is done with. */
export async function saveState(
  trx: Db,
  change: { agent: AgentId; state: AgentState; at: Date; byKey?: string | null },
): Promise<void> {
  const { agent, state, at, byKey = null } = change;
  await trx
    .updateTable("agent")
    .set({ state, state_since: at, pending_state: null })
    .where("id", "=", agent)
    .execute();
  await trx.insertInto("agent_state_change").values({ agent_id: agent, state, at, by_key: byKey }).execute();
}

/** What the agent chose for after the call; the state of now takes a plan back. */
export async function planState(trx: Db, agent: AgentId, state: AgentState): Promise<void> {
  const row = await trx.selectFrom("agent").select("state").where("id", "=", agent).executeTakeFirstOrThrow();
  await trx
    .updateTable("agent")
    .set({ pending_state: row.state === state ? null : state })
    .where("id", "=", agent)
    .execute();
}
