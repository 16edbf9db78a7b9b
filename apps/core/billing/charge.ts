/**
 * What a connection to a number outside costs (XFER-12): every connection is charged by itself at the rate of its own
 * direction, so two at once are charged in parallel.
 */

/** What is begun is charged: every second, or every minute. */
export const ROUNDINGS = ["second", "minute"] as const;
export type Rounding = (typeof ROUNDINGS)[number];

export interface Tariff {
  /** Numbers that begin so, in E.164 with the plus sign. */
  readonly prefix: string;
  /** The direction's name, such as "Moscow, mobile". */
  readonly direction: string;
  /** In the currency's smallest unit: 0.5 RUB a minute are 50. */
  readonly rateMinorPerMinute: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly rounding: Rounding;
}

/** `no_tariff`: none has a prefix of the number; `own_pbx`: the PBX's own operator bills it (BILL-07). */
export const UNCHARGED = ["no_tariff", "own_pbx"] as const;
export type Uncharged = (typeof UNCHARGED)[number];

export interface Charge {
  /** How long the connection was, in begun seconds. */
  readonly seconds: number;
  /** What is charged for, after the tariff's rounding; undefined without a tariff. */
  readonly billedSeconds?: number;
  readonly tariff?: Tariff;
  /** In the currency's smallest unit; undefined: nobody can say, and `reason` says why. */
  readonly amountMinor?: number;
  readonly reason?: Uncharged;
}

/** The tariff of the longest prefix that the number begins with; undefined: none. @param number E.164 */
export function tariffOf(number: string, tariffs: readonly Tariff[]): Tariff | undefined {
  let found: Tariff | undefined;
  for (const tariff of tariffs)
    if (number.startsWith(tariff.prefix) && tariff.prefix.length > (found?.prefix.length ?? 0))
      found = tariff;
  return found;
}

/**
 * The charge of one connection: begun seconds, or begun minutes, at the rate by minute. The amount is rounded once, half
 * up, to the currency's smallest unit. A connection without length costs nothing.
 * @param ms from the answer to the hang-up
 * @param ownPbx it went through the company's own PBX
 */
export function chargeOf(ms: number, tariff: Tariff | undefined, ownPbx = false): Charge {
  const seconds = Math.ceil(Math.max(0, ms) / 1000);
  if (ownPbx) return { seconds, reason: "own_pbx" };
  if (!tariff) return { seconds, reason: "no_tariff" };
  const billedSeconds = tariff.rounding === "minute" ? Math.ceil(seconds / 60) * 60 : seconds;
  return {
    seconds,
    billedSeconds,
    tariff,
    amountMinor: halfUp(tariff.rateMinorPerMinute * billedSeconds, 60),
  };
}

export interface Total {
  readonly currency: string;
  readonly amountMinor: number;
}

/** The sum of the charges whose amount is known, by currency, in the order of their first appearance. */
export function totalsOf(
  charges: readonly { readonly amountMinor: number | null; readonly currency: string | null }[],
): Total[] {
  const sums = new Map<string, number>();
  for (const { amountMinor, currency } of charges)
    if (amountMinor !== null && currency !== null)
      sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
  return [...sums].map(([currency, amountMinor]) => ({ currency, amountMinor }));
}

/** Whole numbers all the way, so that no half is lost to binary fractions. */
function halfUp(dividend: number, divisor: number): number {
  return Math.floor((2 * dividend + divisor) / (2 * divisor));
}
