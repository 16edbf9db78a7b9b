/** What is wrong with a value, in words: one message per field. */
import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { narrowed, type Schema } from "./branches.ts";
import type { FieldError } from "./problem.ts";

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: {
    readonly additionalProperties?: readonly string[];
    readonly requiredProperties?: readonly string[];
    readonly allowedValues?: readonly unknown[];
    readonly allowedValue?: unknown;
    readonly pattern?: unknown;
    readonly format?: unknown;
    readonly limit?: unknown;
  };
}

/** Every pattern of every schema, in words: nobody has to read regular expressions. */
export const PATTERNS: Readonly<Record<string, string>> = {
  "^(?=.*\\S)[^\\u0000-\\u001f\\u007f]*$": "must be one line with at least one visible character",
  "^[^\\u0000-\\u001f\\u007f]*$": "must be one line",
  "^(?=.*\\S)[^;\\u0000-\\u001f\\u007f]*$":
    "must be one line with at least one visible character and without semicolons",
  "\\S": "must not be empty",
  "^[0-9]{2,6}$": "must be 2 to 6 digits",
  "^[0-9]{6}$": "must be 6 digits",
  "^[0-9]$": "must be one digit",
  "^[0-9*#]$": "must be one key of a phone: a digit, * or #",
  "^([01][0-9]|2[0-3]):[0-5][0-9]$": "must be a time as 09:00",
  "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$": "must be a time as 18:00, at most 24:00",
  "^[0-9]{4}-[01][0-9]-[0-3][0-9]$": "must be a day as 2026-05-08",
  "^[01][0-9]-[0-3][0-9]$": "must be a day of any year as 01-31",
  "^[A-Za-z0-9.:_-]{1,253}$": "must be a host name or an address",
  "^(((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(/[0-9]{1,3})?$":
    "must be an IP address, or a network as 203.0.113.0/24",
  "^(\\[[0-9A-Fa-f:.]{2,45}\\]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?$":
    "must be a host name or an address, with or without a port",
  "^[A-Za-z0-9.-]{1,253}$": "must be a domain",
  "^[!-?A-~]+@[!-?A-~]+$": "must be an e-mail address",
  "^[!-:<-~]+$": "must be printable ASCII without space and semicolon",
  "^https?://[^\\s]+$": "must be an address that begins with http:// or https://",
  "^[A-Z]{3}$": "must be a currency as RUB",
  "^\\+[1-9][0-9]{0,14}$": "must be the beginning of a number as +7495",
  "^[^\\u0000]*$": "must not contain the character U+0000",
  "^(calls|agents|queues|system)(,(calls|agents|queues|system))*$":
    "must be some of calls, agents, queues and system, with commas",
  "^[a-z.-]+$": "must be lower-case letters, points and hyphens",
};

const FORMATS: Readonly<Record<string, string>> = {
  uuid: "must be an id (a UUID)",
  "date-time": "must be an instant as 2026-01-31T09:00:00Z",
  date: "must be a day as 2026-01-31",
};

/** What is said of one field; several only where a union has no branch that fits better than another. */
interface Said {
  readonly values: unknown[];
  readonly texts: string[];
}

/** @returns nothing for a value that fits. */
export function fieldErrors(schema: TSchema, value: unknown): FieldError[] {
  const meant = narrowed(schema as unknown as Schema, value) as unknown as TSchema;
  const errors = [...Value.Errors(meant, value)] as unknown as SchemaError[];
  const found = new Map<string, Said>();
  const patterned = new Set(
    errors.flatMap((error) => (error.keyword === "pattern" ? error.instancePath : [])),
  );
  const strangers = errors.flatMap((error) => error.params.additionalProperties ?? []);
  const at = (field: string): Said => {
    const said = found.get(field) ?? { values: [], texts: [] };
    found.set(field, said);
    return said;
  };
  const add = (field: string, text: string): void => {
    const { texts } = at(field);
    if (!texts.includes(text)) texts.push(text);
  };
  for (const error of errors) {
    const path = error.instancePath.slice(1).replaceAll("/", ".");
    const child = (name: string): string => (path ? `${path}.${name}` : name);
    const { additionalProperties = [], requiredProperties = [], allowedValue } = error.params;
    if (error.keyword === "boolean" || error.keyword === "anyOf" || error.message === "must be null")
      continue;
    // What the pattern says includes that there is something.
    if (error.keyword === "minLength" && patterned.has(error.instancePath)) continue;
    if (error.keyword === "additionalProperties")
      for (const name of additionalProperties) add(child(name), "no such property");
    else if (error.keyword === "required")
      for (const name of requiredProperties) add(child(name), "is required");
    else if (error.keyword === "const") at(path).values.push(allowedValue);
    else if (!strangers.includes(path)) add(path, textOf(error));
  }
  return [...found].map(([field, said]) => ({ field, message: messageOf(said) }));
}

function textOf({ keyword, message, params }: SchemaError): string {
  if (keyword === "enum") return `must be one of ${params.allowedValues?.map(String).join(", ")}`;
  if (keyword === "pattern") return PATTERNS[String(params.pattern)] ?? message;
  if (keyword === "format") return FORMATS[String(params.format)] ?? message;
  if (keyword === "minLength" && params.limit === 1) return "must not be empty";
  if (keyword === "minItems" && params.limit === 1) return "must have at least one entry";
  if (keyword === "minProperties") return "must have at least one property";
  return message;
}

function messageOf({ values, texts }: Said): string {
  const [only, ...others] = [...new Set(values)];
  const list = [only, ...others].map((value) => JSON.stringify(value)).join(", ");
  const oneOf =
    values.length === 0 ? [] : [others.length === 0 ? `must be ${list}` : `must be one of ${list}`];
  return [...oneOf, ...texts].join(" or ");
}
