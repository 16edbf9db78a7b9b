/**
 * Where a recording's pauses lie in its file.
 *
 * The file holds the time during which the customer's channel was bridged and nothing else (MixMonitor's option b); a
 * pause writes silence, so it takes its time there. An instant's place is therefore the bridged time before it.
 */
import type { Millis } from "../floor.ts";

/** From … to, in milliseconds since 1970. */
export interface Span {
  readonly from: Millis;
  readonly to: Millis;
}

/** A pause's place in the file, in milliseconds from its beginning. */
export interface FilePause {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A line of Asterisk's record about one channel's bridges. */
export interface BridgeFact {
  readonly at: Millis;
  readonly kind: "BRIDGE_ENTER" | "BRIDGE_EXIT";
}

/** When the channel was bridged. @param facts in the order of their times; a last one without its end goes on for ever. */
export function bridgedSpans(facts: readonly BridgeFact[]): Span[] {
  const spans: Span[] = [];
  let since: Millis | undefined;
  for (const { at, kind } of facts) {
    if (kind === "BRIDGE_ENTER") since ??= at;
    else if (since !== undefined) {
      spans.push({ from: since, to: at });
      since = undefined;
    }
  }
  if (since !== undefined) spans.push({ from: since, to: Number.POSITIVE_INFINITY });
  return spans;
}

/** Pauses as places in the file, in order, those that touch as one; what lies outside of the file is left out. */
export function pausesInFile(
  bridged: readonly Span[],
  pauses: readonly Span[],
  durationMs: number,
): FilePause[] {
  const placeOf = (at: Millis): number =>
    Math.min(
      durationMs,
      bridged.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(at, to) - from), 0),
    );
  const places: FilePause[] = [];
  for (const pause of [...pauses].sort((a, b) => a.from - b.from)) {
    const place = { fromMs: Math.round(placeOf(pause.from)), toMs: Math.round(placeOf(pause.to)) };
    const last = places.at(-1);
    if (last && place.fromMs <= last.toMs)
      places[places.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, place.toMs) };
    else if (place.toMs > place.fromMs) places.push(place);
  }
  return places;
}
