/** What a tariff consists of. */
import type { Rounding } from "../core/billing/charge.ts";

export interface TariffFields {
  /** E.164; of several the longest that a number begins with wins. */
  prefix: string;
  direction: string;
  /** In the currency's smallest unit. */
  rateMinorPerMinute: number;
  currency: string;
  rounding: Rounding;
}
