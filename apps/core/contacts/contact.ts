/** Whom we talk to: a person, or an organisation with people in it (CONT-01). */
export type ContactKind = "contact" | "organisation";

/** The longest text that a field of a contact takes, as a cell of a file that is imported (IMP-02). */
export const LONGEST_TEXT = 250;

/** A text in one line as it is kept and compared: no blanks at its ends, single ones inside. */
export function tidy(text: string): string {
  return text.replace(/[\s\u00a0]+/g, " ").trim();
}

const EMAIL =
  /^[^\s@,;:"<>()[\]\\]+@[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u;

/** Whether this has the form of an e-mail address; domains may be in any script (RFC 6531). */
export function isEmail(text: string): boolean {
  return text.length <= 254 && EMAIL.test(text);
}

/** What can be compared to find records that are the same one (DUP-05). */
export const DUPLICATE_FIELDS = ["phone", "email", "name", "inn", "site"] as const;
export type DuplicateField = (typeof DUPLICATE_FIELDS)[number];
