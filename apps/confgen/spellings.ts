/**
 * How a carrier may write the number that was called.
 */

/**
 * Every spelling that is taken for this number, E.164 first: with and without the plus; for Russia and
 * Kazakhstan (+7) also with 8 and as the ten national digits.
 */
export function spellings(number: string): string[] {
  const digits = number.replace(/^\+/, "");
  const national = /^7\d{10}$/.test(digits) ? digits.slice(1) : undefined;
  return [`+${digits}`, digits, ...(national ? [`8${national}`, national] : [])];
}

/** A number of ours that would be reached by a spelling of this one, if there is any. */
export function clash(number: string, others: readonly string[]): string | undefined {
  const mine = new Set(spellings(number));
  return others.find((other) => spellings(other).some((spelling) => mine.has(spelling)));
}
