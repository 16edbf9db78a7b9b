/** Whose number customers see: the company's choice (LINE-01, LINE-02). */
import { toE164 } from "../phone/number.ts";
import { readNumberSettings, writeNumberSettings } from "../store/numbers.ts";
import type { Context } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem } from "./port.ts";
import { COMPANY, logged } from "./settings.ts";

export function numberCommands({ configure, config }: Context): Pick<Handlers, "numbers.change"> {
  return {
    "numbers.change": ({ change }, by) =>
      configure(async (trx) => {
        const { serviceNumber: typed, ...choice } = change;
        const serviceNumber = typed ? toE164(typed, config.country) : typed;
        if (typed && serviceNumber === undefined)
          throw new CommandProblem(422, "not-a-number", `«${typed}» is not a phone number`, "serviceNumber");
        const before = await readNumberSettings(trx);
        const after = { ...before, ...choice, ...(serviceNumber !== undefined && { serviceNumber }) };
        if (after.display === "service" && after.serviceNumber === null)
          throw new CommandProblem(422, "incomplete", "which service number is shown?", "serviceNumber");
        await logged(
          { trx, by, command: "numbers.change", fields: Object.keys(change) },
          async () => [{ id: COMPANY, name: "numbers", ...(await readNumberSettings(trx)) }],
          () => writeNumberSettings(trx, after),
        );
        return { result: {}, focus: { nothing: true } };
      }),
  };
}
