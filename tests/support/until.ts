/**
 * Waiting for a condition, never for a time.
 */

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
    try {
      const answer = await ask();
      if (answer) return answer as NonNullable<Value>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${withinMs} ms in vain: ${what}${last ? ` (${String(last)})` : ""}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
