/** Tariffs: what a minute to numbers of a prefix costs (XFER-12). They reach no Asterisk; the intake prices calls. */
import type { Db } from "../store/database.ts";
import { listTariffs } from "../store/reads/tariffs.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { logged, NOTHING_APPLIED } from "./settings.ts";
import type { TariffFields } from "./tariff-fields.ts";

type TariffCommand = "tariff.create" | "tariff.change" | "tariff.delete";

export function tariffCommands({ write, inTurn }: Context): Pick<Handlers, TariffCommand> {
  return {
    "tariff.create": (fields) =>
      write(async (trx) => {
        check(fields);
        const { prefix, direction, rateMinorPerMinute: rate_minor_per_minute, currency, rounding } = fields;
        const row = { prefix, direction, rate_minor_per_minute, currency, rounding };
        return trx.insertInto("tariff").values(row).returning("id").executeTakeFirstOrThrow();
      }),
    "tariff.change": ({ id, change }, by) =>
      inTurn(() =>
        write(async (trx) => {
          check(change);
          await tariffRow(trx, id);
          await logged(
            { trx, by, command: "tariff.change", fields: Object.keys(change) },
            async () => (await listTariffs(trx, id)).map((row) => ({ ...row, name: row.direction })),
            () => trx.updateTable("tariff").set(columns(change)).where("id", "=", id).execute(),
          );
          return NOTHING_APPLIED;
        }),
      ),
    "tariff.delete": ({ id }) =>
      write(async (trx) => {
        await tariffRow(trx, id);
        await trx.deleteFrom("tariff").where("id", "=", id).execute();
        return {};
      }),
  };
}

function check({ direction }: Partial<TariffFields>): void {
  checkName(direction, "direction");
}

function columns({ rateMinorPerMinute, ...change }: Partial<TariffFields>) {
  return {
    ...change,
    ...(rateMinorPerMinute !== undefined && { rate_minor_per_minute: rateMinorPerMinute }),
  };
}

async function tariffRow(db: Db, id: string) {
  const [row] = isId(id) ? await listTariffs(db, id) : [];
  return required(row, "tariff");
}
