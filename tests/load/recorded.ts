/** N6 of the checker: recordings, heard against the wire. */
import { type CallRow, CROSSED_MS, type Finding, finding, groupBy, talksOf, unseen } from "./checker.ts";
import { shareOfTone, soundOf } from "./sound-of.ts";
import type { Offered, Ring } from "./wire.ts";

const LENGTH_OFF_MS = 500;

/** A recording's row, and what was heard in its file as the API hands it out. */
export interface RecordingFile {
  readonly callId: string;
  readonly state: string;
  readonly sha256: string | null;
  /** Undefined: there is no file. */
  readonly heard: Heard | undefined;
}

/** A file as it sounds: hundreds of them are not kept in memory. */
export interface Heard {
  readonly sha256: string;
  readonly ms: number;
  /** Of each channel: the share of its energy that each tone (hertz) has, 0 to 1. */
  readonly tones: readonly ReadonlyMap<number, number>[];
}

/**
 * Listens to a WAV for these tones.
 * @throws Error when it is none
 */
export function hear(wav: Buffer, tones: readonly number[]): Heard {
  const { sha256, ms, channels } = soundOf(wav);
  const shares = channels.map(
    (samples) => new Map(tones.map((hertz) => [hertz, shareOfTone(samples, hertz)])),
  );
  return { sha256, ms, tones: shares };
}

/** A talk on the wire, and what was kept of it. */
export interface Talk {
  readonly caller: string;
  readonly ms: number;
  /** Undefined: there is no row, or no file that is kept. */
  readonly recording: (RecordingFile & { readonly heard: Heard }) | undefined;
}

/** The talks that must be recorded, each with its recording. */
export function talksWithRecordings(
  offered: readonly Offered[],
  rings: readonly Ring[],
  rows: readonly CallRow[],
  recordings: readonly RecordingFile[],
): Talk[] {
  const ofCaller = groupBy(rings, ({ caller }) => caller);
  const rowOf = new Map(rows.map((row) => [row.from, row]));
  const fileOf = new Map(recordings.map((file) => [file.callId, file]));
  return offered.flatMap((call) => {
    const own = ofCaller.get(call.caller) ?? [];
    const ms = talksOf(call, own).reduce((sum, [from, to]) => sum + to - from, 0);
    const row = rowOf.get(call.caller);
    // How long a talk was whose end SIPp did not see cannot be said; the soak bounds how many there may be.
    if (!row || ms < CROSSED_MS || own.some(unseen)) return [];
    const file = fileOf.get(row.id);
    const recording = file?.state === "kept" && file.heard ? { ...file, heard: file.heard } : undefined;
    return [{ caller: call.caller, ms, recording }];
  });
}

/**
 * N6: every answered call has its recording, as long as the talk, with the right tone on both sides and the checksum
 * of its row.
 * @param tones what the customer speaks, by caller, and what agents speak, in hertz
 */
export function recordingsAreWhole(
  talks: readonly Talk[],
  tones: { customer(caller: string): number; agent: number },
): Finding[] {
  return talks.flatMap(({ caller, ms, recording }) => {
    if (!recording) return [finding("N6", caller, "no recording")];
    const sound = recording.heard;
    const sides = [tones.customer(caller), tones.agent];
    return [
      ...(sound.sha256 === recording.sha256 ? [] : ["another checksum than its row"]),
      ...(Math.abs(sound.ms - ms) <= LENGTH_OFF_MS
        ? []
        : [`${Math.round(sound.ms)} ms recorded, ${Math.round(ms)} ms talked`]),
      ...sides.flatMap((hertz, side) =>
        (sound.tones[side]?.get(hertz) ?? 0) > 0.6 ? [] : [`side ${side} is not ${hertz} Hz`],
      ),
    ].map((what) => finding("N6", caller, what));
  });
}

/** How much longer (or, below 0, shorter) recordings are than their talks in ms, from the shortest on. */
export function lengthsOff(talks: readonly Talk[]): number[] {
  return talks
    .flatMap(({ ms, recording }) => (recording ? [Math.round(recording.heard.ms - ms)] : []))
    .sort((a, b) => a - b);
}
