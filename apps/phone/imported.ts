/** Numbers as they stand in files that are imported (IMP-04, IMP-08…IMP-10). */
import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { toE164 } from "./number.ts";

/** Most lists are of Russian numbers: 7, 8 or nothing before the ten digits. */
const RUSSIAN = /^(?:\+?7|8)?([3489]\d{9})$/;
const FEWEST_DIGITS = 9;

/**
 * E.164 of a number in any usual spelling. Without a plus it is read as a number of this country when it can be one
 * (IMP-10), else as a foreign one whose plus was left out (IMP-09).
 * @returns undefined when it is no number, or has neither area code nor country code (IMP-04)
 */
export function importedNumber(text: string, country: string): string | undefined {
  const digits = text.replace(/[\s\u00a0().\-\u2010-\u2015]/g, "");
  if (country === "RU") {
    const russian = RUSSIAN.exec(digits)?.[1];
    if (russian) return `+7${russian}`;
  }
  const number = toE164(text, country);
  if (number !== undefined || !/^\d+$/.test(digits) || digits.length < FEWEST_DIGITS) return number;
  const foreign = parsePhoneNumberFromString(`+${digits}`);
  return foreign?.isValid() ? toE164(foreign.number, country) : undefined;
}
