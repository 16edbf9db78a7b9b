/**
 * Waiting for a condition, never for a time.
 */

/** Milliseconds between two questions; one that has to compute for long is asked less often, and leaves room for others. */
const PAUSE = { least: 25, most: 500 };

/**
 * Resolves with the first truthy answer.
 * @throws Error with `what` when there is none within `withinMs`
 */
export async function until<Value>(
  what: string,
  ask: () => Value | Promise<Value>,
  withinMs = 15_000,
): Promise<NonNullable<Value>> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    const asked = performance.now();
    let computed = 0;
    try {
      const asking = ask();
      computed = performance.now() - asked;
      const answer = await asking;
      if (answer) return answer as NonNullable<Value>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${withinMs} ms in vain: ${what}${last ? ` (${String(last)})` : ""}`);
    const pause = Math.min(PAUSE.most, Math.max(PAUSE.least, computed));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
