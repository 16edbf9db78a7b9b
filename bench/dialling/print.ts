/** Tables in the terminal. */

/** Prints rows under their headings, in columns. */
export function printTable(
  title: string,
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const lines = [headings, ...rows].map((row) => row.map(String));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) =>
    line
      .map((word, column) =>
        column === 0 ? word.padEnd(widths[column] ?? 0) : word.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
  const rule = "-".repeat(text[0]?.length ?? 0);
  console.log(["", title, rule, text[0], rule, ...text.slice(1)].join("\n"));
}

/** A percentage with so many digits after the point. */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? (100 * share).toFixed(digits) : "-";
}

/** For the JSON line: percent with two digits; null for what cannot be said. */
export function percentValue(share: number): number | null {
  return Number.isFinite(share) ? Math.round(share * 10_000) / 100 : null;
}
