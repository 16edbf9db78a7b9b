/** Topics: what calls are about, chosen when a service is completed (WRAP-02); and the company's settings. */
import { zoneExists } from "../core/routing/wall-clock.ts";
import type { Db } from "../store/database.ts";
import { companySettings } from "../store/reads/company.ts";
import { saveCompany } from "../store/writes/company.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem, type CompanySettings, type TopicFields } from "./port.ts";
import { COMPANY, logged, NOTHING_APPLIED } from "./settings.ts";

type TopicCommand = "topic.create" | "topic.change" | "topic.delete" | "company.change";

export function topicCommands({ write, inTurn, engine }: Context): Pick<Handlers, TopicCommand> {
  return {
    "topic.create": (fields) =>
      write(async (trx) => {
        const { nameRu: name_ru, nameEn: name_en, position, archived } = fields;
        const row = { name_ru, name_en, position, archived };
        return trx.insertInto("topic").values(row).returning("id").executeTakeFirstOrThrow();
      }),
    "topic.change": ({ id, change }) =>
      write(async (trx) => {
        await requireTopic(trx, id);
        await trx.updateTable("topic").set(columns(change)).where("id", "=", id).execute();
        return {};
      }),
    "topic.delete": ({ id }) =>
      write(async (trx) => {
        await requireTopic(trx, id);
        const used = await trx
          .selectFrom("completion")
          .select("call_id")
          .where("topic_ids", "@>", [id])
          .executeTakeFirst();
        if (used) throw new CommandProblem(409, "topic-in-use", "calls have this topic; archive it instead");
        await trx.deleteFrom("topic").where("id", "=", id).execute();
        return {};
      }),
    "company.change": async ({ change }, by) => {
      const applied = await inTurn(() =>
        write(async (trx) => {
          checkCompany({ ...(await companySettings(trx)), ...change });
          await logged(
            { trx, by, command: "company.change", fields: Object.keys(change) },
            async () => [{ id: COMPANY, name: "company", ...(await companySettings(trx)) }],
            () => saveCompany(trx, change),
          );
          return NOTHING_APPLIED;
        }),
      );
      engine.deferredChanged();
      return applied;
    },
  };
}

function checkCompany({ zone, quickRedialAfterSeconds, quickRedialBySeconds }: CompanySettings): void {
  if (!zoneExists(zone)) throw new CommandProblem(422, "unknown", "there is no such time zone", "zone");
  if (quickRedialBySeconds < quickRedialAfterSeconds)
    throw new CommandProblem(
      422,
      "out-of-range",
      "must not be less than quickRedialAfterSeconds",
      "quickRedialBySeconds",
    );
}

function columns(change: Partial<TopicFields>) {
  return {
    ...(change.nameRu !== undefined && { name_ru: change.nameRu }),
    ...(change.nameEn !== undefined && { name_en: change.nameEn }),
    ...(change.position !== undefined && { position: change.position }),
    ...(change.archived !== undefined && { archived: change.archived }),
  };
}

async function requireTopic(db: Db, id: string): Promise<void> {
  const query = db.selectFrom("topic").select("id").where("id", "=", id);
  required(isId(id) ? await query.executeTakeFirst() : undefined, "topic");
}
