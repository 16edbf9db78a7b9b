/**
 * Everything the house can ask for. apps/asterisk/hands.ts knows how each is done.
 */
import type { CallId, RecordingMode } from "./floor.ts";

/** Where a call goes on in the dialplan. */
export type Step =
  | { kind: "offer"; phone: string; seconds: number; record: RecordingMode; announce: boolean }
  | { kind: "queue"; key: string; seconds: number; record: RecordingMode; announce: boolean }
  | { kind: "ending"; name: "out-of-hours" | "no-answer" | "not-in-service" | "unavailable" };

export type Effect =
  | { kind: "continue"; call: CallId; channel: string; step: Step }
  /** An agent's places in Asterisk's queues follow the agent's state. */
  | { kind: "pauseMember"; phone: string; paused: boolean; reason: string };
