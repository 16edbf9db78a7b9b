/** Tariffs, and charges by them. */
import { Type } from "typebox";
import { ROUNDINGS, UNCHARGED } from "../../core/billing/charge.ts";
import { ChangeOf, Closed, Id, Instant, ListOf, Name, Nullable, PhoneView } from "./common.ts";

const Rate = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 1_000_000_000, description, examples: [50, 175] });
const Currency = Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217.", examples: ["RUB"] });
const Rounding = Type.Enum([...ROUNDINGS], {
  description: "What is begun is charged: every second, or every minute.",
});
const RATE = "By minute, in the currency's smallest unit: 0.5 RUB are 50.";

const tariff = {
  prefix: Type.String({
    pattern: "^\\+[1-9][0-9]{0,14}$",
    description: "Numbers that begin so, in E.164; of several the longest wins.",
    examples: ["+7495"],
  }),
  direction: Name("The direction's name, as it stands in charges."),
  rateMinorPerMinute: Rate(RATE),
  currency: Currency,
  rounding: Rounding,
};
export const NewTariff = Type.Object({ ...tariff, rounding: Type.Optional(Rounding) }, Closed);
export const TariffChange = ChangeOf(tariff);
export const TariffView = Type.Object({
  ...{ id: Id(), ...tariff, direction: Type.String(), createdAt: Instant() },
});
export const TariffList = ListOf(TariffView);

export const ChargeView = Type.Object({
  channel: Type.String({ description: "Which of the call's legs." }),
  number: PhoneView,
  direction: Nullable(Type.String()),
  answeredAt: Instant(),
  seconds: Type.Integer({ description: "From the answer to the hang-up, in begun seconds." }),
  billedSeconds: Nullable(Type.Integer({ description: "After the tariff's rounding." })),
  rateMinorPerMinute: Nullable(Rate(`${RATE} As the tariff was when the call ended.`)),
  rounding: Nullable(Rounding),
  currency: Nullable(Currency),
  amountMinor: Nullable(
    Type.Integer({ description: "Rounded once, half up. null: nobody can say; `reason` says why." }),
  ),
  reason: Nullable(
    Type.Enum([...UNCHARGED], {
      description:
        "`no_tariff`: no tariff has a prefix of this number; `own_pbx`: the operator of the own PBX bills it (BILL-07).",
    }),
  ),
});

export const TotalView = Type.Object({ currency: Currency, amountMinor: Type.Integer() });
