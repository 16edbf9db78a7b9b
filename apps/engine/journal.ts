/**
 * Our own record beside Asterisk's: every decision, one JSON line, written before it is carried out.
 *
 * A file and not the database: routing goes on while the database is away, and the intake takes the lines in
 * later like Asterisk's own (law L5). The write goes to the page cache, so it survives our death.
 */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { DomainEvent } from "../core/events.ts";
import type { Fact } from "../core/records/facts.ts";
import type { Journal } from "./ports.ts";

/** Events about the floor itself are rebuilt from elsewhere; those about calls are decisions and are kept. */
const KEPT: ReadonlySet<DomainEvent["kind"]> = new Set([
  "CallArrived",
  "AgentOffered",
  "OfferEnded",
  "CallQueued",
  "MenuPlayed",
  "MenuChose",
  "CallbackKept",
  "CallWelcomed",
  "CallerWelcomed",
  "OwnerAwaited",
  "OwnerMissed",
  "ExternalDialled",
  "ExternalEnded",
  "CallRefused",
  "PhoneLost",
  "CallPlaced",
  "WrapUpStarted",
  "WrapUpEnded",
  "AnswerAsked",
  "FarSideSeen",
  "SidesChanged",
  "CallHeld",
  "CallResumed",
  "CallRejoined",
  "CallParted",
  "CallReturned",
  "ConsultationStarted",
  "ConsultationSeen",
  "ConsultationAnswered",
  "ConsultationEnded",
  "ConferenceStarted",
  "ConferenceLeft",
  "TransferHanded",
  "TransferFailed",
  "TransferCompleted",
  "CallTransferred",
  "MoveRefused",
  "MicrophoneSwitched",
  "SupervisionStarted",
  "SupervisionChanged",
  "SupervisionEnded",
  "AttemptDialled",
  "AttemptAnswered",
  "CustomerWaits",
  "CustomerAbandoned",
  "MachineHeard",
  "CarrierQuiet",
  "AnnouncementHeard",
  "AttemptHungUp",
]);

export interface FileJournal extends Journal {
  /** A fact from reconciliation: this call's record will not be completed by Asterisk any more. */
  lost(call: string, at: number): void;
  /** After the file was renamed away: go on in a new one. */
  reopen(): Promise<void>;
  close(): void;
}

/** Opens the journal for appending. @throws if the file cannot be opened */
export function openJournal(path: string): FileJournal {
  mkdirSync(dirname(path), { recursive: true });
  let file = openSync(path, "a", 0o640);
  return {
    append(events) {
      let text = "";
      for (const event of events) if (KEPT.has(event.kind)) text += `${JSON.stringify(event)}\n`;
      if (text) writeSync(file, text);
    },
    lost(call, at) {
      writeSync(file, `${JSON.stringify({ kind: "CallLost", at, call })}\n`);
    },
    async reopen() {
      closeSync(file);
      file = openSync(path, "a", 0o640);
    },
    close: () => closeSync(file),
  };
}

/** A line of the journal as a fact; undefined for half a line of a crash. */
export function parseJournalLine(line: string, origin: string): (Fact & { call: string }) | undefined {
  try {
    const data = JSON.parse(line) as { kind?: unknown; at?: unknown; call?: unknown };
    if (typeof data.kind !== "string" || typeof data.at !== "number" || typeof data.call !== "string")
      return undefined;
    return {
      origin,
      at: data.at,
      source: "engine",
      kind: data.kind,
      data: data as Record<string, unknown>,
      call: data.call,
    };
  } catch {
    return undefined;
  }
}
