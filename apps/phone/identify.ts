/**
 * Who calls: the trunk's number in E.164, and the contact it belongs to.
 */
import type { Contact } from "../core/inputs.ts";
import { toE164 } from "./number.ts";

/** A number in E.164 needs no parsing; that is how most trunks send it. */
const PLAIN = /^\+[1-9]\d{6,14}$/;

/**
 * Number and contact of a caller. A number that cannot be read is kept as it came, in safe characters.
 * @param number as the trunk gave it
 */
export function identify(
  number: string,
  country: string,
  directory: { find(phone: string): Contact | undefined },
): { from?: string | undefined; contact?: Contact | undefined } {
  const from = PLAIN.test(number) ? number : toE164(number, country);
  if (!from) return { from: number.replace(/[^0-9A-Za-z+*#]/g, "").slice(0, 32) || undefined };
  return { from, contact: directory.find(from) };
}
