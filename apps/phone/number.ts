/**
 * Telephone numbers: E.164 inside, the ledger's canonical spelling outside (CONT-06).
 */
import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/min";

const SPELLING = /^[\d\s+().\-/\u00a0\u2010-\u2015]+$/;
const E164 = /^\+[1-9]\d{4,14}$/;

/**
 * Any usual spelling as E.164: `8 (916) 123-45-67`, `79161234567`, `+7 916 …`, `810 49 …`.
 * @param country ISO 3166 code that tells how numbers without a country code are read.
 * @returns undefined for letters, extensions, short codes such as 112, and numbers of an impossible length.
 */
export function toE164(text: string, country: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 40 || !SPELLING.test(trimmed) || trimmed.lastIndexOf("+") > 0) return undefined;
  const parsed = parsePhoneNumberFromString(trimmed, country as CountryCode);
  if (!parsed) return undefined;
  // A number with its own country code is believed when the length is possible: carriers open new ranges.
  const sound = trimmed.startsWith("+") ? parsed.isPossible() : parsed.isValid();
  return sound && fitsRussia(parsed.number) && E164.test(parsed.number) ? parsed.number : undefined;
}

/** `+7 (916) 123-45-67` for Russia, `+49 30 123456` for other countries; anything else as it is (CONT-06). */
export function display(number: string): string {
  const russian = /^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(number);
  if (russian && isRussian(number)) return `+7 (${russian[1]}) ${russian[2]}-${russian[3]}-${russian[4]}`;
  if (!E164.test(number)) return number;
  return parsePhoneNumberFromString(number)?.formatInternational() ?? number;
}

/** +76 and +77 are Kazakhstan's. */
function isRussian(number: string): boolean {
  return number[2] !== "6" && number[2] !== "7";
}

/** The plan of +7 has ten digits; the library also lets 14 pass (8 plus a long service number). */
function fitsRussia(number: string): boolean {
  return !number.startsWith("+7") || number.length === 12;
}
