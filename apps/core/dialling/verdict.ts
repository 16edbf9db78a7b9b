/** What the compliance gate answers. */
import type { Millis } from "../floor.ts";

export const REFUSALS = [
  "not-running",
  "mode-forbidden",
  "machine-dialling",
  "refused",
  "no-consent",
  "exhausted",
  "zone-unknown",
  "not-allowed",
  "in-flight",
  "in-call",
  "too-many",
  "after-abandoned",
  "after-machine",
  "closed",
] as const;
export type RefusalCode = (typeof REFUSALS)[number];

export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly code: RefusalCode;
      readonly text: string;
      /** It makes no sense to ask again before; undefined: waiting alone does not help. */
      readonly notBefore?: Millis | undefined;
    };

export type Refused = Exclude<Verdict, { allowed: true }>;

/** A refusal, in words for people. @param notBefore undefined: waiting alone does not help */
export function refuse(code: RefusalCode, text: string, notBefore?: Millis): Refused {
  return { allowed: false, code, text, ...(notBefore !== undefined && { notBefore }) };
}
