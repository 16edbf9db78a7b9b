/**
 * API keys (TEN-08): 256 random bits shown once; we keep their SHA-256. No slow hash is needed for a secret that
 * cannot be guessed, and there is no password to protect.
 */
import { createHash } from "node:crypto";
import type { Db } from "../store/database.ts";
import { findKey, type KeyIdentity, touchKey } from "../store/reads/keys.ts";

const KEEP_MS = 5000;
const KEEP_COUNT = 10_000;

export interface KeyRing {
  /** Who holds this key. A revoked key is refused at most 5 s later. */
  identify(key: string): Promise<KeyIdentity | undefined>;
  /** The same by the key's hash, for connections that live on. */
  stillValid(hash: string): Promise<boolean>;
}

/** SHA-256 of a key's text, hexadecimal. */
export function hashOf(key: string): string {
  return createHash("sha256").update(key, "utf8").digest("hex");
}

/** Looks keys up in the database, remembering each answer for 5 s. */
export function createKeyRing(db: Db, now: () => number = Date.now): KeyRing {
  const known = new Map<string, { identity: KeyIdentity | undefined; until: number }>();
  const look = async (hash: string): Promise<KeyIdentity | undefined> => {
    const entry = known.get(hash);
    if (entry && entry.until > now()) return entry.identity;
    const identity = await findKey(db, hash);
    if (known.size >= KEEP_COUNT) known.clear();
    known.set(hash, { identity, until: now() + KEEP_MS });
    // Only a convenience for the administrator: a failure here must not refuse the request.
    if (identity) touchKey(db, identity.keyId).catch(() => {});
    return identity;
  };
  return {
    identify: (key) => look(hashOf(key)),
    stillValid: async (hash) => (await look(hash)) !== undefined,
  };
}
