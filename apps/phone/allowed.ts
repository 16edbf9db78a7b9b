/**
 * Numbers that may be called at all: without a limit, one stolen key or phone would be an expensive night.
 */
import { type CountryCode, getCountryCallingCode } from "libphonenumber-js/min";

/** What is configured: prefixes such as `+7,+375`; without them the country's own. */
export interface DialRules {
  readonly dialAllow?: string | undefined;
  readonly country: string;
}

/** Prefixes of numbers that may be called, in E.164. */
export function allowedPrefixes({ dialAllow, country }: DialRules): string[] {
  return dialAllow?.split(",") ?? [`+${getCountryCallingCode(country as CountryCode)}`];
}

/** Whether this number (E.164) may be called. */
export function mayDial(number: string, rules: DialRules): boolean {
  return allowedPrefixes(rules).some((prefix) => number.startsWith(prefix));
}
