/** Shapes that many routes share. */
import { type TProperties, Type } from "typebox";
import type { Applied } from "../../commands/port.ts";

export const Closed = { additionalProperties: false } as const;

/** An id in our own database. */
export const Id = (description?: string) =>
  Type.String({ format: "uuid", ...(description && { description }) });
export const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(inner: T) =>
  Type.Union([inner, Type.Null()]);
export const Instant = (description?: string) =>
  Type.String({ format: "date-time", ...(description && { description }) });

export const IdParams = Type.Object({ id: Id() }, Closed);

/** A name people give: at least one visible character, no control characters. */
export const Name = (description?: string) =>
  Type.String({
    minLength: 1,
    maxLength: 100,
    pattern: "^(?=.*\\S)[^\\u0000-\\u001f\\u007f]*$",
    ...(description && { description }),
  });

/** As a caller may spell it; shown as {e164, display}. */
export const PhoneText = Type.String({
  minLength: 2,
  maxLength: 40,
  description: "Any usual spelling; read with the configured country.",
  examples: ["+7 (916) 123-45-67", "8 916 123-45-67"],
});

export const PhoneView = Type.Object({
  e164: Nullable(Type.String({ description: "null for a short number or a withheld one." })),
  display: Type.String({ description: "`+7 (xxx) xxx-xx-xx` for Russia, `+…` otherwise (CONT-06)." }),
});

export const AppliedView = Type.Unsafe<Applied["applied"]>(
  Type.Object(
    {
      reloaded: Type.Array(Type.String(), { description: "Asterisk modules that were reloaded, in order." }),
      verified: Type.Record(Type.String(), Type.Unknown(), {
        description: "Read back from Asterisk afterwards.",
      }),
      warnings: Type.Array(Type.String(), {
        description:
          "What Asterisk complained about while it reloaded, such as a mistake in custom.d/; and what was saved but has no effect yet.",
      }),
    },
    { description: "What the change did in Asterisk." },
  ),
);

/** All rows at once. */
export const ListOf = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Object({ items: Type.Array(item) });

/** One page; `next` is the cursor of the next one. */
export const PageOf = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    next: Nullable(Type.String({ description: "Cursor of the next page; null on the last one." })),
  });

export const Paging = {
  cursor: Type.Optional(Type.String({ maxLength: 200, description: "`next` of the page before." })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
};

/** A change: any of the fields, at least one, nothing else. */
export const ChangeOf = <P extends TProperties>(fields: P) =>
  Type.Partial(Type.Object(fields), { ...Closed, minProperties: 1 });

export const Nothing = Type.Unsafe<undefined>(Type.Null({ description: "Done; no content." }));

/** What should be known of the number of something that was written down all the same. */
export const NumberWarnings = Type.Array(
  Type.Object({ code: Type.Enum(["refused"]), text: Type.String(), field: Type.String() }),
  {
    description:
      "`refused`: the number is on the refusal list now, and calls to it are refused as long as it is.",
  },
);
