/**
 * Numbers that customers see, their proof, and the company's own PBX: what commands are told and answer.
 */
export interface VerificationStarted {
  id: string;
  number: string;
  expiresAt: string;
  /** The call that dictates the code; null for an SMS. */
  callId: string | null;
}

/** What the company chose about the numbers that customers see (LINE-01, LINE-02). */
export interface NumbersChange {
  source?: "line" | "common" | "personal";
  display?: "own" | "service";
  serviceNumber?: string | null;
}

/** The company's own PBX (LINE-07). */
export interface PbxFields {
  number: string;
  server: string;
  login: string;
  domain: string | null;
  password: string;
}

/** Whether the PBX has taken our registration, as Asterisk says. */
export interface PbxState {
  registered: boolean;
  /** Why not; null when registered. */
  reason: string | null;
}
