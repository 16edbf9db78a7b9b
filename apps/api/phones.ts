/** Phones at the API's edge: any spelling in, {e164, display} out (CONT-06). */
import { display, toE164 } from "../phone/number.ts";
import { wrongField } from "./problem.ts";

export interface PhoneShown {
  e164: string | null;
  display: string;
}

/** A stored number, as it is shown; short numbers and withheld ones have no E.164 form. */
export function phoneView(number: string): PhoneShown {
  return { e164: /^\+[1-9]\d{4,14}$/.test(number) ? number : null, display: display(number) };
}

/** The same for a number that may not be there. */
export function phoneViewOrNull(number: string | null): PhoneShown | null {
  return number === null ? null : phoneView(number);
}

/** @throws Problem 422 naming the field, when the text is no telephone number. */
export function phoneFrom(text: string, country: string, field: string): string {
  const number = toE164(text, country);
  if (number === undefined) throw wrongField(field, `«${text.slice(0, 40)}» is no telephone number`);
  return number;
}

/**
 * A change's number, in any spelling, as E.164; what is not named stays out, null stays null.
 * @throws Problem 422 naming `forwardNumber`
 */
export function forwardNumberFrom(
  { forwardNumber: text }: { forwardNumber?: string | null },
  country: string,
): { forwardNumber?: string | null } {
  if (text === undefined) return {};
  return { forwardNumber: text === null ? null : phoneFrom(text, country, "forwardNumber") };
}

/** The spellings under which a number may stand in Asterisk's record. */
export function spellings(text: string, country: string): string[] {
  const number = toE164(text, country);
  return number === undefined ? [text] : [...new Set([number, number.slice(1), text])];
}
