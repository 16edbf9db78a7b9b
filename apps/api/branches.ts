/**
 * A schema narrowed to what a wrong value was meant to be, so that its errors speak of one branch of each union and
 * not of all of them.
 */

/** As far as unions concern us. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
}

/** The same schema, with only those branches of its unions that this value can have been meant for. */
export function narrowed(schema: Schema, value: unknown): Schema {
  if (schema.anyOf) {
    const [first, ...others] = fitting(schema.anyOf.flatMap(flat), value);
    if (!first) return schema;
    if (others.length === 0) return narrowed(first, value);
    const values = [first, ...others].map((branch) => branch.const);
    return values.includes(undefined) ? { anyOf: [first, ...others] } : { enum: values };
  }
  if (Array.isArray(value) && schema.items) {
    const { items } = schema;
    return { ...schema, prefixItems: value.map((item) => narrowed(items, item)) };
  }
  if (!isObject(value) || !schema.properties) return schema;
  const properties = Object.entries(schema.properties).map(([name, inner]) => [
    name,
    Object.hasOwn(value, name) ? narrowed(inner, value[name]) : inner,
  ]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

function fitting(branches: readonly Schema[], value: unknown): readonly Schema[] {
  const alike = branches.filter((branch) => isOfKind(branch, value));
  if (alike.length < 2 || !isObject(value)) return alike;
  const tag = tagOf(alike);
  if (tag === undefined) return nearest(alike, value);
  const meant = alike.filter((branch) => branch.properties?.[tag]?.const === value[tag]);
  if (meant.length > 0) return meant;
  const tags = alike.map((branch) => branch.properties?.[tag]?.const);
  return [{ type: "object", required: [tag], properties: { [tag]: { enum: tags } } }];
}

/** The property that tells the branches apart, such as `type`. */
function tagOf(branches: readonly Schema[]): string | undefined {
  return Object.keys(branches[0]?.properties ?? {}).find((name) =>
    branches.every((branch) => branch.properties?.[name]?.const !== undefined),
  );
}

/** Without a tag: those that have most of the value's properties. */
function nearest(branches: readonly Schema[], value: Readonly<Record<string, unknown>>): readonly Schema[] {
  const common = branches.map(
    (branch) => Object.keys(value).filter((name) => Object.hasOwn(branch.properties ?? {}, name)).length,
  );
  const most = Math.max(...common);
  return branches.filter((_branch, index) => common[index] === most);
}

function isOfKind({ type, const: only }: Schema, value: unknown): boolean {
  if (type === undefined) return only === undefined || typeof only === typeof value;
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  if (type === "object") return isObject(value);
  return type === typeof value || (type === "integer" && typeof value === "number");
}

/** A union of unions is one union. */
function flat(schema: Schema): readonly Schema[] {
  return schema.anyOf ? schema.anyOf.flatMap(flat) : [schema];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
