/** Who must not be called, and who agreed to it. */

import { audit } from "../store/writes/audit.ts";
import { addConsents, addRefusals, removeRefusal, withdrawConsent } from "../store/writes/refusals.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem } from "./port.ts";

type Names = "refusal.add" | "refusal.remove" | "consent.add" | "consent.withdraw";

export function refusalCommands({ write }: Context): Pick<Handlers, Names> {
  return {
    "refusal.add": ({ refusals, source }, by) =>
      write(async (trx) => {
        const until = (text: string | null) => (text === null ? null : new Date(text));
        const rows = refusals.map((refusal) => ({ ...refusal, source, until: until(refusal.until) }));
        const added = await addRefusals(trx, rows);
        const detail = { count: refusals.length, added, source };
        await audit(trx, {
          by,
          action: "refusal.added",
          subjectType: "refusal",
          subjectId: only(refusals),
          detail,
        });
        return { added };
      }),
    "refusal.remove": ({ phone }, by) =>
      write(async (trx) => {
        if (!(await removeRefusal(trx, phone))) required(undefined, "refusal");
        await audit(trx, { by, action: "refusal.removed", subjectType: "refusal", subjectId: phone });
        return {};
      }),
    "consent.add": ({ consents }, by) =>
      write(async (trx) => {
        const now = Date.now();
        const late = consents.findIndex(({ givenAt }) => Date.parse(givenAt) > now);
        if (late >= 0)
          throw new CommandProblem(422, "in-the-future", "nobody has agreed yet", `consents.${late}.givenAt`);
        const ids = await addConsents(
          trx,
          consents.map((consent) => ({
            ...consent,
            givenAt: new Date(consent.givenAt),
            until: consent.until === null ? null : new Date(consent.until),
          })),
        );
        const detail = { count: consents.length, how: consents[0]?.how };
        await audit(trx, {
          by,
          action: "consent.added",
          subjectType: "consent",
          subjectId: only(consents),
          detail,
        });
        return { ids };
      }),
    "consent.withdraw": ({ id }, by) =>
      write(async (trx) => {
        if (!isId(id) || !(await withdrawConsent(trx, id))) required(undefined, "consent");
        await audit(trx, { by, action: "consent.withdrawn", subjectType: "consent", subjectId: id });
        return {};
      }),
  };
}

/** The number, if there is one. */
function only(rows: readonly { phone: string }[]): string | undefined {
  return rows.length === 1 ? rows[0]?.phone : undefined;
}
