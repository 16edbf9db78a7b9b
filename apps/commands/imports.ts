/**
 * Imports of contacts (IMP-01…IMP-14): what a person decides about an uploaded file. The jobs process reads and loads it.
 * An agent's import is its own, and so is what it loads.
 */
import { mappingProblem, phonesLeftOut } from "../core/contacts/headings.ts";
import type { Db } from "../store/database.ts";
import { type Context, isId, ownAgent, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { type Asker, CommandProblem, type ImportStart } from "./port.ts";

type ImportCommand = "import.create" | "import.change" | "import.start" | "import.cancel";

/** Imports of one uploader that wait or run; each holds a file. */
const MOST_OPEN = 20;

export function importCommands({ write }: Context): Pick<Handlers, ImportCommand> {
  return {
    "import.create": (made, by) =>
      write(async (trx) => {
        await checkRoom(trx, by);
        const { id, way, bytes, format, encoding, delimiter, start } = made;
        await trx
          .insertInto("contact_import")
          .values({
            ...{ id, way, bytes, format, encoding, delimiter, file_name: made.fileName, state: "reading" },
            ...{ key_id: isId(by.keyId) ? by.keyId : null, agent_id: by.agentId ?? null },
            ...(start && (await startOf(trx, start, by))),
          })
          .execute();
        return {};
      }),
    "import.change": ({ id, change }, by) =>
      write(async (trx) => {
        const { headings } = await openImport(trx, id, by, ["ready"]);
        const { mapping, encoding, delimiter } = change;
        const again = encoding !== undefined || delimiter !== undefined;
        if (mapping && again)
          throw new CommandProblem(
            422,
            "both",
            "is found out anew when the file is read in another way",
            "mapping",
          );
        const wrong =
          mapping &&
          (mappingProblem(mapping, headings?.length ?? 0) ?? phonesLeftOut(mapping, headings ?? []));
        if (wrong) {
          const field = wrong.column < 0 ? "mapping" : `mapping.${wrong.column}`;
          throw new CommandProblem(422, "mapping", wrong.message, field);
        }
        const set = {
          ...(mapping && { mapping: JSON.stringify(mapping) }),
          ...(encoding !== undefined && { encoding }),
          ...(delimiter !== undefined && { delimiter }),
          ...(again && { state: "reading" as const, attempts: 0 }),
        };
        await trx.updateTable("contact_import").set(set).where("id", "=", id).execute();
        return {};
      }),
    "import.start": ({ id, ...start }, by) =>
      write(async (trx) => {
        const { headings, mapping } = await openImport(trx, id, by, ["ready"]);
        const wrong = mappingProblem(mapping ?? [], headings?.length ?? 0);
        if (wrong) throw new CommandProblem(422, "mapping", wrong.message, "mapping");
        const set = { ...(await startOf(trx, start, by)), state: "queued" as const };
        await trx.updateTable("contact_import").set(set).where("id", "=", id).execute();
        return {};
      }),
    "import.cancel": ({ id }, by) =>
      write(async (trx) => {
        await openImport(trx, id, by, ["reading", "ready", "queued", "running"]);
        const set = { state: "cancelled" as const, ended_at: new Date() };
        await trx.updateTable("contact_import").set(set).where("id", "=", id).execute();
        return {};
      }),
  };
}

/** IMP-12: without a target the records are the uploader's; an agent loads for itself. */
async function startOf(trx: Db, { policy, ownerId, tag }: ImportStart, by: Asker) {
  const own = ownAgent(by);
  if (own !== undefined && ownerId !== null && ownerId !== own)
    throw new CommandProblem(422, "not-yours", "an agent's import is its own", "ownerId");
  const query = trx.selectFrom("agent").select("id");
  if (ownerId !== null)
    required(
      isId(ownerId) ? await query.where("id", "=", ownerId).executeTakeFirst() : undefined,
      "agent",
      "ownerId",
    );
  return { policy, tag: tag?.trim() || null, owner_id: ownerId ?? by.agentId ?? null };
}

type Open = "reading" | "ready" | "queued" | "running";

/** Locked, so that it is not started twice, or changed while it starts. */
async function openImport(trx: Db, id: string, by: Asker, states: readonly Open[]) {
  const own = ownAgent(by);
  let query = trx
    .selectFrom("contact_import")
    .select(["state", "headings", "mapping"])
    .where("id", "=", id)
    .forUpdate();
  if (own !== undefined) query = query.where("agent_id", "=", own);
  const row = required(isId(id) ? await query.executeTakeFirst() : undefined, "import");
  if (states.includes(row.state as Open)) return row;
  const message = `this import is ${row.state}, and not ${states.join(" or ")}`;
  throw new CommandProblem(409, "wrong-state", message);
}

async function checkRoom(trx: Db, by: Asker): Promise<void> {
  const { count } = await trx
    .selectFrom("contact_import")
    .select((row) => row.fn.countAll<number>().as("count"))
    .where("state", "in", ["reading", "ready", "queued", "running"])
    .where("agent_id", by.agentId === undefined ? "is" : "=", by.agentId ?? null)
    .executeTakeFirstOrThrow();
  if (Number(count) >= MOST_OPEN)
    throw new CommandProblem(409, "too-many", `${MOST_OPEN} imports wait already; start or cancel one first`);
}
