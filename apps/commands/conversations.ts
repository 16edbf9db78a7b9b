/** What is done with conversations: hold, mute, transfers, supervision, and the headset test. */
import { randomInt, randomUUID } from "node:crypto";
import { OPEN_LINE } from "../core/agents/open-line.ts";
import type { SupervisionAsk } from "../core/conversation/supervise.ts";
import type { Input } from "../core/inputs.ts";
import { refusedOutside } from "../store/line-gate.ts";
import { audit } from "../store/writes/audit.ts";
import { type Context, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { checkOutside } from "./outside-numbers.ts";
import { type Asker, CommandProblem, type SupervisionWish } from "./port.ts";

type Names = "conversation.ask" | "conversation.supervise" | "agent.echoTest" | "agent.openLine";

/** Nothing is written in rows but the audit: what was decided is in the journal, what happened in Asterisk's record. */
export function conversationCommands({ db, engine, write, config }: Context): Pick<Handlers, Names> {
  const ask = (input: Input): void => {
    const refusal = engine.ask(input);
    if (!refusal) return;
    const status = refusal.code === "not-found" ? 404 : 409;
    throw new CommandProblem(status, refusal.code, refusal.text, refusal.field);
  };
  const requireOutside = async (number: string): Promise<void> => {
    checkOutside(number, "to.number", config);
    const refused = await refusedOutside(db, number);
    if (!refused) return;
    throw new CommandProblem(409, refused.code, `${number} may not be called: ${refused.text}`, "to.number");
  };
  return {
    "conversation.ask": async ({ id, ask: wish }, by) => {
      if (wish.do === "transfer" && "number" in wish.to) await requireOutside(wish.to.number);
      ask({ kind: "conversationAsked", at: Date.now(), call: id, by: asAgent(by), ask: wish });
      return engine.conversation(id);
    },
    "conversation.supervise": async ({ id, agentId, ask: wish }, by) => {
      const channel = `dozvon-s-${randomUUID()}`;
      // The audit first: a deed that could not be written down is not done.
      if (wish.do !== "end")
        await write((trx) =>
          audit(trx, {
            by,
            action: wish.do === "take-over" ? "call.taken-over" : "call.supervised",
            subjectType: "call",
            subjectId: id,
            detail: { supervisor: agentId, ...("mode" in wish && { mode: wish.mode }) },
          }),
        );
      const supervision = asAsk(wish, channel);
      ask({ kind: "supervisionAsked", at: Date.now(), call: id, by: agentId, ask: supervision });
      return { id, agentId, mode: "mode" in wish ? wish.mode : null };
    },
    "agent.echoTest": async ({ id }) => {
      const row = await db.selectFrom("agent").select("id").where("id", "=", id).executeTakeFirst();
      required(row, "agent");
      const channel = `dozvon-e-${randomUUID()}`;
      ask({ kind: "echoAsked", at: Date.now(), agent: id, channel });
      return {};
    },
    "agent.openLine": async ({ id, open }) => {
      const row = await db.selectFrom("agent").select("id").where("id", "=", id).executeTakeFirst();
      required(row, "agent");
      const channel = `${OPEN_LINE}${Math.floor(Date.now() / 1000)}.${randomInt(1e9)}`;
      ask({ kind: "openLineAsked", at: Date.now(), agent: id, channel, open });
      return {};
    },
  };
}

/** An agent's key speaks for its agent; a supervisor for whoever has the conversation. */
function asAgent(by: Asker): string | undefined {
  return by.role === "agent" ? by.agentId : undefined;
}

function asAsk(wish: SupervisionWish, channel: string): SupervisionAsk {
  return wish.do === "start" ? { ...wish, do: "start", channel } : (wish as SupervisionAsk);
}
