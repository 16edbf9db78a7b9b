/** What the doctor says: one line per thing looked at, with advice when something is wrong. */
export interface Finding {
  readonly ok: boolean;
  readonly text: string;
  /** What to do about it; only shown when it is wrong. */
  readonly hint?: string;
}

/** One thing to look at. A `look` that throws is a finding too: its message, with this hint. */
export interface Check {
  readonly name: string;
  readonly hint: string;
  readonly look: () => Promise<string | Finding>;
}

/** Looks at one thing; never throws. */
export async function examine(check: Check): Promise<Finding> {
  try {
    const found = await check.look();
    return typeof found === "string"
      ? { ok: true, text: `${check.name}: ${found}` }
      : { hint: check.hint, ...found, text: `${check.name}: ${found.text}` };
  } catch (error) {
    const { message } = error as Error;
    return { ok: false, text: `${check.name}: ${message.split("\n")[0]}`, hint: check.hint };
  }
}
