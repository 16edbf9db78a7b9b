/** Notices: an agent has seen one. */
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";

export function noticeCommands({ write }: Context): Pick<Handlers, "notice.read"> {
  return {
    "notice.read": ({ id }, by) =>
      write(async (trx) => {
        const query = trx.selectFrom("notice").select(["agent_id", "read_at"]).where("id", "=", id);
        const row = required(isId(id) ? await query.executeTakeFirst() : undefined, "notice");
        // Another agent's notice does not exist for this one.
        required(by.role === "agent" && by.agentId !== row.agent_id ? undefined : row, "notice");
        if (row.read_at === null)
          await trx.updateTable("notice").set({ read_at: new Date() }).where("id", "=", id).execute();
        return {};
      }),
  };
}
