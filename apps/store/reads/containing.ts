/** A text as a pattern of LIKE: whatever contains it, letter by letter. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
