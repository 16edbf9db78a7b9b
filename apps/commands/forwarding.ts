/** FWD-03: the administrator's word on an agent's verified number. */
import type { Db } from "../store/database.ts";
import { listAgents } from "../store/reads/agents.ts";
import { emitEvent } from "../store/writes/outbox.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem } from "./port.ts";
import { logged } from "./settings.ts";

export function forwardingCommands({ configure }: Context): Pick<Handlers, "agent.forwarding"> {
  return {
    "agent.forwarding": ({ id, approved }, by) =>
      configure(async (trx) => {
        const { phone, number, state } = await agentRow(trx, id);
        if (state !== "verified")
          throw new CommandProblem(
            409,
            "no-request",
            `there is nothing to decide: the agent's number is ${state}`,
          );
        // A number that was turned down has to be entered and verified again.
        const set = approved
          ? ({ forward_state: "approved" } as const)
          : ({ forward_state: "none", forward_number: null } as const);
        await logged(
          { trx, by, command: "agent.change", fields: ["forwardNumber"] },
          () => listAgents(trx, id),
          () => trx.updateTable("agent").set(set).where("id", "=", id).execute(),
        );
        const kind = approved ? "forwarding.approved" : "forwarding.rejected";
        const because = `calls ${approved ? "may now" : "may not"} be forwarded to ${number}`;
        await trx.insertInto("notice").values({ agent_id: id, kind, call_id: null, because }).execute();
        await emitEvent(trx, kind, { kind: "agent", id }, { agentId: id, number });
        return { result: {}, focus: { phone } };
      }),
  };
}

async function agentRow(trx: Db, id: string) {
  const query = trx
    .selectFrom("agent")
    .select(["phone", "forward_number as number", "forward_state as state"])
    .where("id", "=", id);
  return required(isId(id) ? await query.executeTakeFirst() : undefined, "agent");
}
