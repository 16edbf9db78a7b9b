/** API keys: shown once, kept as a hash. */
import { createHash, randomBytes } from "node:crypto";
import { audit } from "../store/writes/audit.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem } from "./port.ts";

/** What is kept of a key. Keys are long and random, so a plain hash cannot be turned back. */
export function hashKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

export function keyCommands({ write }: Context): Pick<Handlers, "key.create" | "key.revoke"> {
  return {
    "key.create": ({ name, role, agentId }, by) =>
      write(async (trx) => {
        checkName(name);
        if (role !== "supervisor" && (role === "agent") !== (agentId !== null))
          throw new CommandProblem(
            422,
            "agent-key",
            "a key for an agent names one; a supervisor's may; an administrator's does not",
            "agentId",
          );
        if (agentId !== null) {
          const query = trx.selectFrom("agent").select("id").where("id", "=", agentId);
          required(isId(agentId) ? await query.executeTakeFirst() : undefined, "agent", "agentId");
        }
        const key = `dz_${role}_${randomBytes(24).toString("base64url")}`;
        const row = {
          name,
          role,
          agent_id: agentId,
          hash: hashKey(key),
          last_used_at: null,
          revoked_at: null,
        };
        const { id } = await trx.insertInto("api_key").values(row).returning("id").executeTakeFirstOrThrow();
        await audit(trx, {
          by,
          action: "key.created",
          subjectType: "key",
          subjectId: id,
          detail: { name, role, agentId },
        });
        return { id, key };
      }),
    "key.revoke": ({ id }, by) =>
      write(async (trx) => {
        if (id === by.keyId) throw new CommandProblem(409, "own-key", "a key cannot revoke itself");
        const update = trx.updateTable("api_key").set({ revoked_at: new Date() }).where("id", "=", id);
        const row = isId(id) ? await update.returning("id").executeTakeFirst() : undefined;
        required(row, "key");
        await audit(trx, { by, action: "key.revoked", subjectType: "key", subjectId: id });
        return {};
      }),
  };
}
