/**
 * Everything about recordings in the engine's process, joined: the sweep that keeps them, the keeper who ends them,
 * and the pauses of those that are being made.
 */
import { join } from "node:path";
import type { Floor } from "../core/floor.ts";
import type { Db } from "../store/database.ts";
import { recordingStore } from "../store/recordings.ts";
import { lazyMasterKeys } from "../vault/keys.ts";
import type { Alarms } from "./alarms.ts";
import type { LiveSink, Log } from "./ports.ts";
import { createRecordingKeeper } from "./recording-keeper.ts";
import { agentIn, createRecordingPauses, type RecordingMuter } from "./recording-pauses.ts";
import { createRecordingSweep, type KnownCall, type RecordingRow } from "./recordings.ts";

export interface OfficeOptions {
  readonly db: Db;
  readonly config: {
    readonly dataDir: string;
    readonly recordingEncryption: "on" | "off";
    readonly recordingKeyDays: number;
  };
  readonly muter: RecordingMuter;
  readonly live: LiveSink;
  readonly alarms: Alarms;
  readonly log: Log;
  floor(): Floor;
}

/** Nothing happens before `sweep`, `pauses.recover` or a deed is called, but the sweep's own clock. */
export function createRecordingOffice(options: OfficeOptions) {
  const { db, config, muter, live, alarms, log, floor } = options;
  const spool = join(config.dataDir, "asterisk", "spool");
  const kept = join(config.dataDir, "recordings");
  const keys = lazyMasterKeys(join(config.dataDir, "recording-keys.json"));
  const sweep = createRecordingSweep({
    places: { calls: join(spool, "monitor"), voicemail: join(spool, "voicemail"), kept },
    store: recordingStore(db),
    master: () => (config.recordingEncryption === "on" ? keys.newest() : undefined),
    onKept: (row, record) => tellMessage(row, record, live),
    alarms,
    log,
  });
  const keeper = createRecordingKeeper({
    ...{ db, kept, keys, alarms, log },
    keyDays: config.recordingKeyDays,
    settled: sweep.settled,
  });
  const pauses = createRecordingPauses({
    ...{ db, floor, muter, log },
    tell: (kind, data) => live.push("calls", kind, data),
  });
  return {
    sweep,
    keeper,
    pauses,
    /** What commands may ask for. */
    deeds: {
      pause: pauses.pause,
      resume: pauses.resume,
      talks: (agent: string, call: string) => agentIn(floor(), call) === agent,
      erase: keeper.erase,
      eraseExpired: keeper.eraseExpired,
      rotate: keeper.rotate,
    },
    stop(): void {
      sweep.stop();
      pauses.stop();
    },
  };
}

/** A screen shows that somebody left a message (D-39). */
function tellMessage(row: RecordingRow, record: KnownCall | undefined, live: LiveSink): void {
  if (row.kind !== "voicemail" || row.state !== "kept") return;
  const { callId: id, id: voicemailId, durationMs } = row;
  const { lineId, from } = record ?? {};
  live.push("calls", "voicemail.left", { id, voicemailId, durationMs, lineId, from });
}
