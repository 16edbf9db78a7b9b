/**
 * A call's id is derived from Asterisk's linkedid, not assigned: whoever reads the same record, live, from the
 * spool or after a restart, finds the same call (law L5).
 */
import { createHash } from "node:crypto";

/** Our namespace for UUID version 5 (RFC 9562, 5.5). */
const NAMESPACE = Buffer.from("6f1b0a3e8f5d4c1a9d2e7a4c0b9e5d21", "hex");

/** A call's dozen lines come within minutes; so many calls are remembered before the memory is emptied. */
const REMEMBERED = 5000;
const known = new Map<string, string>();

/** UUID v5 of a channel id that starts a call. */
export function callIdOf(linkedId: string): string {
  const remembered = known.get(linkedId);
  if (remembered) return remembered;
  if (known.size >= REMEMBERED) known.clear();
  const id = derive(linkedId);
  known.set(linkedId, id);
  return id;
}

/** The id of the message that a caller left: as derivable as the call's own, and another one. */
export function voicemailIdOf(linkedId: string): string {
  return derive(`voicemail:${linkedId}`);
}

function derive(linkedId: string): string {
  const hash = createHash("sha1").update(NAMESPACE).update(linkedId).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
