/** Kept places that are not needed any more. */
import { refuse } from "./calls.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";

export function callbackCommands({ db, engine }: Context): Pick<Handlers, "callback.cancel"> {
  return {
    "callback.cancel": async ({ id }) => {
      const query = db.selectFrom("callback").select("id").where("id", "=", id);
      required(isId(id) ? await query.executeTakeFirst() : undefined, "call-back");
      refuse(engine.ask({ kind: "callbackCancelled", at: Date.now(), id }));
      return {};
    },
  };
}
