/**
 * What may go into an AMI action.
 *
 * AMI is a protocol of lines: a line break in a value (a name from an imported list, say) would be a second
 * action with our rights. So nothing is sent that could break a line or fall out of Asterisk's line buffer.
 */

export type AmiValue = string | number | boolean;

/** Fields of an action; a record becomes one line per entry (`Variable: name=value`), undefined no line. */
export type AmiFields = Readonly<Record<string, AmiValue | Readonly<Record<string, AmiValue>> | undefined>>;

/** Asterisk's manager reads lines into 1025 bytes and throws longer ones away. */
const MAX_LINE_BYTES = 1000;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
/** Line breaks, and NUL, where C strings end. */
const BREAKS = /[\r\n\0]/;

/** The name of the first thing that must not be sent and what is wrong with it; undefined if all is well. */
export function findInvalid(action: string, fields: AmiFields): string | undefined {
  if (!FIELD_NAME.test(action)) return "Action: not the name of an action";
  for (const [name, value] of Object.entries(fields)) {
    if (!FIELD_NAME.test(name)) return `${JSON.stringify(name)}: not the name of a field`;
    if (/^action(id)?$/i.test(name)) return `${name}: set by us, not by a field`;
    const problem =
      typeof value === "object" ? findInvalidEntry(value) : findInvalidText(name, String(value));
    if (problem) return `${name}: ${problem}`;
  }
  return undefined;
}

function findInvalidEntry(entries: Readonly<Record<string, AmiValue>>): string | undefined {
  for (const [name, value] of Object.entries(entries)) {
    if (name === "" || name.includes("=")) return "the name of an entry is empty or holds =";
    const problem = findInvalidText("", `${name}=${value}`);
    if (problem) return problem;
  }
  return undefined;
}

function findInvalidText(name: string, text: string): string | undefined {
  if (BREAKS.test(text)) return "holds a line break or NUL";
  if (Buffer.byteLength(name) + Buffer.byteLength(text) > MAX_LINE_BYTES)
    return `longer than ${MAX_LINE_BYTES} bytes`;
  return undefined;
}
