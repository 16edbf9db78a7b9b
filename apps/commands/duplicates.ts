/** Records that are the same one: found, looked through, deleted or merged (DUP-01..12). */

import type { Db } from "../store/database.ts";
import { findSearch, listGroups } from "../store/reads/duplicates.ts";
import { actingAs } from "../store/writes/acting.ts";
import { findDuplicates } from "../store/writes/duplicate-search.ts";
import {
  chooseInGroup,
  closeSearch,
  deleteSelected,
  gatherSelected,
  recordingsOfSelected,
  tellOwners,
} from "../store/writes/duplicates.ts";
import { mergeSelected } from "../store/writes/merge.ts";
import { type Context, isId, ownAgent, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { type Asker, CommandProblem, type DuplicateScope } from "./port.ts";
import { expected } from "./selection.ts";

type DuplicateCommand = `duplicates.${"find" | "choose" | "delete" | "merge"}`;

export function duplicateCommands({ write, recordings }: Context): Pick<Handlers, DuplicateCommand> {
  return {
    "duplicates.find": ({ scope, ...question }, by) =>
      write(async (trx) => {
        const keyId = isId(by.keyId) ? by.keyId : null;
        return { id: await findDuplicates(trx, { ...question, keyId, owners: ownersOf(scope, by) }) };
      }),
    "duplicates.choose": ({ id, number, baseId, selectedIds }, by) =>
      write(async (trx) => {
        await requireOpen(trx, id, by);
        const [group] = (await listGroups(trx, id, { number, after: 0, limit: 1 })).items;
        const records = new Set(required(group, "group").records.map((record) => record.id));
        const missing = selectedIds?.findIndex((each) => !records.has(each)) ?? -1;
        if (missing >= 0) required(undefined, "record in this group", `selectedIds.${missing}`);
        if (baseId !== undefined)
          required(records.has(baseId) ? baseId : undefined, "record in this group", "baseId");
        await chooseInGroup(trx, { searchId: id, number, baseId, selectedIds });
        return {};
      }),
    "duplicates.delete": async ({ id, confirm }, by) => {
      const gather = async (trx: Db): Promise<void> => {
        await requireOpen(trx, id, by);
        expected(confirm, await gatherSelected(trx, id, ownAgent(by)));
      };
      const sounds = await write(async (trx) => {
        await gather(trx);
        return recordingsOfSelected(trx);
      });
      // First the sound: should we die here, the same request goes on where this one ended.
      let recordingsHeld = 0;
      for (const sound of sounds) if ((await recordings.erase(sound, by)) === "held") recordingsHeld++;
      return write(async (trx) => {
        await gather(trx);
        await tellOwners(trx, "deleted", ownAgent(by));
        const deleted = await deleteSelected(trx);
        await closeSearch(trx, id, by.keyId, "deleted");
        return { deleted, recordingsHeld };
      });
    },
    "duplicates.merge": ({ id, confirm }, by) =>
      write(async (trx) => {
        await requireOpen(trx, id, by);
        expected(confirm, await gatherSelected(trx, id, ownAgent(by)));
        await actingAs(trx, by);
        await tellOwners(trx, "merged", by.agentId);
        const merged = await mergeSelected(trx, by.agentId ?? null);
        await closeSearch(trx, id, by.keyId, "merged");
        return { merged };
      }),
  };
}

/** DUP-02: whose records are compared. Own ones of the administrator are nobody's, as after an import (IMP-12). */
function ownersOf(scope: DuplicateScope, by: Asker): "all" | (string | null)[] {
  const own = ownAgent(by);
  if (scope === "own") return [own ?? by.agentId ?? null];
  if (own === undefined) return scope === "all" ? "all" : scope.ownerIds;
  throw new CommandProblem(403, "not-yours", "an agent looks among its own contacts", "scope");
}

async function requireOpen(trx: Db, id: string, by: Asker): Promise<void> {
  const search = required(isId(id) ? await findSearch(trx, id, by.keyId) : undefined, "search");
  if (search.done) throw new CommandProblem(409, "done", `these duplicates have been ${search.done} already`);
}
