/**
 * The one gate into Asterisk's files: a value goes in only as one of these kinds.
 *
 * Asterisk's files know lines, `;` comments, `${…}` and `$[…]` expressions, and commas between arguments. Nothing
 * that passes here can mean any of these, so no name that a manager types can become configuration.
 */

/** What a value may consist of, by kind. */
const KINDS = {
  /** Keys of queues, lines and trunks, and names of phones. */
  key: /^[a-z][a-z0-9-]{0,39}$/,
  number: /^\+?[0-9]{2,15}$/,
  count: /^[0-9]{1,9}$/,
  digest: /^[0-9a-f]{32}$/,
  /** An IP address, with or without a prefix length. */
  address: /^[0-9A-Fa-f.:]{2,45}(\/[0-9]{1,3})?$/,
  host: /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$|^\[[0-9A-Fa-f.:]{2,45}\]$/,
  account: /^[A-Za-z0-9._+@-]{1,80}$/,
  /** A carrier's password: printable ASCII without space, semicolon, double quote and backslash. */
  secret: /^[!#-:<-[\]-~]{1,120}$/,
  zone: /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/,
  word: /^[a-z][a-z-]{0,31}$/,
  date: /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/,
  /** A key of a telephone, or the menus' word for none. */
  digit: /^([0-9*#]|none)$/,
  time: /^([01][0-9]|2[0-3]):[0-5][0-9]$/,
  path: /^\/[A-Za-z0-9._/ @+-]{0,400}$/,
} as const;

export type Kind = keyof typeof KINDS;

/** A value that must not get into a file: a bug, or a row that somebody edited by hand. */
export class UnsafeValue extends Error {}

/**
 * The value as text, unchanged.
 * @throws UnsafeValue when it is not of this kind.
 */
export function safe(kind: Kind, value: string | number): string {
  const text = String(value);
  if (!KINDS[kind].test(text)) throw new UnsafeValue(`${JSON.stringify(text)} cannot be written as ${kind}`);
  return text;
}

/** Whether `safe` would take it; for checking a command before anything is written. */
export function isSafe(kind: Kind, value: string): boolean {
  return KINDS[kind].test(value);
}

/** Letters are cut at this many, so that a phone's display and Asterisk's line buffers are never exceeded. */
const LONGEST_NAME = 60;

/**
 * A name for people: letters of any language, digits, space and . - ' ( ) № stay, everything else is dropped.
 * Parentheses that do not pair up are dropped too: app_queue counts them when it splits a member's arguments.
 * @param otherwise a safe text for a name of which nothing is left.
 */
export function displayName(name: string, otherwise: string): string {
  const kept = name
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{Nd} .\-'()№]/gu, "")
    .replace(/ +/g, " ");
  const cut = [...kept.trim()].slice(0, LONGEST_NAME).join("").trim();
  const text = paired(cut) ? cut : cut.replace(/[()]/g, "").trim();
  return /[\p{L}\p{Nd}]/u.test(text) ? text : otherwise;
}

function paired(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === "(") open += 1;
    if (character === ")") open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}
