/**
 * Requests are checked and answers cut to their schemas with TypeBox alone: Fastify's own compilers (ajv and
 * fast-json-stringify) would cost an idle process several megabytes, and each schema is compiled at first use.
 */
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import { fieldErrors } from "./field-errors.ts";
import { Problem } from "./problem.ts";

/** What Fastify hands to a compiler. */
interface RouteSchema {
  readonly schema?: unknown;
  readonly httpPart?: string;
}

type Checked = { value: unknown } | { error: Problem };

const PARTS: Readonly<Record<string, string>> = {
  body: "body",
  querystring: "query",
  params: "path",
  headers: "headers",
};

/** Bodies are taken literally; queries and paths are text, so `limit=20` is read as a number. */
export function validatorFor({ schema, httpPart }: RouteSchema): (data: unknown) => Checked {
  let compiled: ReturnType<typeof Compile> | undefined;
  const type = schema as TSchema;
  const literal = httpPart === "body";
  return (data) => {
    compiled ??= Compile(type);
    const value = literal ? data : Value.Default(type, Value.Convert(type, data));
    if (compiled.Check(value)) return { value };
    const part = PARTS[httpPart ?? "body"] ?? "body";
    const errors = fieldErrors(type, value).map(({ field, message }) => ({ field: field || part, message }));
    const [first] = errors;
    const detail = first ? `${first.field}: ${first.message}` : "invalid";
    return { error: new Problem(400, "invalid", detail, errors) };
  };
}

/** What a serializer needs to see of a schema. */
interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

/** Writes an answer with only the properties that its schema names, so that a new column never leaks. */
export function serializerFor(strict: boolean): (route: RouteSchema) => (data: unknown) => string {
  return ({ schema }) =>
    (data) => {
      const cut = pick(schema as unknown as Shape, data);
      const text = JSON.stringify(cut) ?? "null";
      if (strict && !Value.Check(schema as unknown as TSchema, JSON.parse(text))) {
        const [error] = Value.Errors(schema as unknown as TSchema, JSON.parse(text));
        throw new Error(`The answer does not fit its schema: ${error?.instancePath} ${error?.message}`);
      }
      return text;
    };
}

function pick(shape: Shape, value: unknown): unknown {
  if (shape.anyOf) return pick(branchFor(shape.anyOf, value), value);
  if (Array.isArray(value)) return shape.items ? value.map((item) => pick(shape.items as Shape, item)) : [];
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  if (shape.patternProperties) return value;
  const properties = Object.entries(shape.properties ?? {});
  if (properties.length === 0 && shape.type === undefined) return value;
  const source = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    properties
      .filter(([key]) => source[key] !== undefined)
      .map(([key, inner]) => [key, pick(inner, source[key])]),
  );
}

/** Of several branches of a kind the one that the value fits once it is cut to it. */
function branchFor(branches: readonly Shape[], value: unknown): Shape {
  const kind = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  const possible = branches.flatMap(flat).filter(({ type }) => type === undefined || type === kind);
  const [first = { type: "null", properties: {} }, ...others] = possible;
  if (others.length === 0 || typeof value !== "object" || value === null) return first;
  return possible.find((branch) => fits(branch, pick(branch, value))) ?? first;
}

/** A union of unions is one union. */
function flat(shape: Shape): readonly Shape[] {
  return shape.anyOf ? shape.anyOf.flatMap(flat) : [shape];
}

function fits(branch: Shape, cut: unknown): boolean {
  return Value.Check(branch as unknown as TSchema, JSON.parse(JSON.stringify(cut)));
}
