/**
 * So many calls a second, and no more: a bucket that fills steadily and holds one second's worth.
 */
import type { Millis } from "../floor.ts";

export interface Bucket {
  readonly tokens: number;
  readonly at: Millis;
}

/** What the bucket holds now. A clock that went back fills nothing. */
export function fill(bucket: Bucket | undefined, perSecond: number, at: Millis): Bucket {
  const most = Math.max(1, perSecond);
  if (!bucket) return { tokens: most, at };
  const tokens = bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * perSecond;
  return { tokens: Math.min(most, tokens), at };
}

/** How many calls it lets through now. */
export function roomIn(bucket: Bucket): number {
  return Math.max(0, Math.floor(bucket.tokens + 1e-9));
}

/** After so many calls. */
export function spend(bucket: Bucket, calls: number): Bucket {
  return { ...bucket, tokens: bucket.tokens - calls };
}
