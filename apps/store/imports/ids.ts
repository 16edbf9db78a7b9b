/** Ids in the order in which they are made (UUID version 7, RFC 9562): an index takes many of them quickly. */
import { randomFillSync } from "node:crypto";

const AT_ONCE = 256;

/** @param now milliseconds since 1970; the ids of one maker only grow, whatever the clock does */
export function orderedIds(now: () => number = Date.now): () => string {
  const chance = Buffer.alloc(8 * AT_ONCE);
  let used = AT_ONCE;
  let [at, count] = [0, 0];
  return () => {
    if (used === AT_ONCE) {
      randomFillSync(chance);
      used = 0;
    }
    const clock = now();
    if (clock > at) [at, count] = [clock, 0];
    else if (++count > 0xfff) [at, count] = [at + 1, 0];
    const time = at.toString(16).padStart(12, "0");
    const random = chance.subarray(used * 8, ++used * 8);
    const variant = (((random[0] ?? 0) & 0x3f) | 0x80).toString(16);
    const rest = random.toString("hex", 1);
    const counted = count.toString(16).padStart(3, "0");
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counted}-${variant}${rest.slice(0, 2)}-${rest.slice(2)}`;
  };
}
