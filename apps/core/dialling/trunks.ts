/**
 * Through which trunk a campaign's call goes, and which number is shown there.
 */
import type { Floor, Line, Millis, Trunk, TrunkId } from "../floor.ts";
import { numberOn } from "../outgoing/shown-number.ts";
import { trunkFor } from "../outgoing/trunk.ts";
import type { Campaign } from "./campaign.ts";
import type { Attempt, TrunkRest } from "./floor.ts";
import { fill, roomIn } from "./limits.ts";

/** So many failures in a row, and the trunk is left alone for so long. */
const FAILURES = 3;
const REST_MS = 30_000;

/**
 * The first trunk of the campaign's group that is not resting, has room, and has not refused this number; when all rest
 * or are full, the first that has not refused. Undefined: none is left.
 */
export function trunkOf(
  floor: Floor,
  campaign: Campaign,
  at: Millis,
  refusedBy: readonly TrunkId[] = [],
): Trunk | undefined {
  const left = groupOf(floor, campaign).filter(({ id }) => !refusedBy.includes(id));
  const ready = left.filter((trunk) => !isResting(floor, trunk, at));
  return ready.find((trunk) => roomOn(floor, trunk, at) > 0) ?? ready[0] ?? left[0];
}

/**
 * How many calls this campaign may place now: by its own limits, and by those of its trunks.
 * @param reserved calls that are being written down: of this campaign, and of all
 */
export function roomFor(
  floor: Floor,
  campaign: Campaign,
  at: Millis,
  reserved: { readonly own: number; readonly all: number },
): number {
  const bucket = fill(floor.buckets.get(campaign.id), campaign.callsPerSecond, at);
  const own = Math.min(campaign.maxLines - linesOf(floor, campaign.id), roomIn(bucket)) - reserved.own;
  const group = groupOf(floor, campaign);
  const ready = group.filter((trunk) => !isResting(floor, trunk, at));
  let room = -reserved.all;
  for (const trunk of ready.length > 0 ? ready : group) room += roomOn(floor, trunk, at);
  return Math.max(0, Math.min(own, room));
}

/** How many calls this trunk takes now. */
function roomOn(floor: Floor, trunk: Trunk, at: Millis): number {
  const { id, key, maxLines = Number.POSITIVE_INFINITY, callsPerSecond } = trunk;
  const lines = Number.isFinite(maxLines) ? maxLines - linesOn(floor, key) : maxLines;
  if (callsPerSecond === undefined) return Math.max(0, lines);
  return Math.max(0, Math.min(lines, roomIn(fill(floor.buckets.get(id), callsPerSecond, at))));
}

/** The trunks that the campaign may use, in its order. */
export function groupOf(floor: Floor, campaign: Campaign): Trunk[] {
  const named = campaign.trunkIds.flatMap((id) => floor.trunks.get(id) ?? []);
  const dialling = named.filter((trunk) => trunk.dials);
  if (campaign.trunkIds.length > 0) return dialling;
  const rule = trunkFor(floor, floor.lines.get(campaign.lineId));
  return rule ? [rule] : [];
}

/** The number that is shown: the own PBX's (LINE-06), else the pool's next for this number, else the line's. */
export function shownFor(
  trunk: Trunk,
  campaign: Campaign,
  line: Line | undefined,
  turn: number,
): string | undefined {
  if (trunk.kind === "pbx" || campaign.callerNumbers.length === 0) return numberOn(trunk, line);
  return campaign.callerNumbers[turn % campaign.callerNumbers.length];
}

/**
 * Which number of a pool is shown to a number that was tried so often before: another one with each attempt, and the
 * pool's numbers evenly over the list.
 */
export function turnOf(phone: string, attempt: number): number {
  return Number(phone.slice(-6).replace(/[^0-9]/g, "")) + attempt;
}

/** How a trunk stands after it failed to carry a call, or carried one. */
export function restAfter(rest: TrunkRest | undefined, failed: boolean, at: Millis): TrunkRest | undefined {
  if (!failed) return undefined;
  const failures = (rest?.failures ?? 0) + 1;
  return { failures, since: at, until: failures >= FAILURES ? at + REST_MS : 0 };
}

/** Who says nothing for seconds has been tried often enough: Asterisk sent the INVITE again and again. */
export function restOf(at: Millis): TrunkRest {
  return { failures: FAILURES, since: at, until: at + REST_MS };
}

/** Calls of campaigns that are on this trunk now. */
export function linesOn(floor: Floor, trunkKey: string): number {
  let count = 0;
  for (const attempt of floor.attempts.values()) if (attempt.trunkKey === trunkKey) count += 1;
  return count;
}

/** Calls of this campaign that hold a line now. */
export function linesOf(floor: Floor, campaign: Campaign["id"]): number {
  return attemptsOf(floor, campaign).length;
}

/** Its attempts in flight. */
export function attemptsOf(floor: Floor, campaign: Campaign["id"]): Attempt[] {
  const found: Attempt[] = [];
  for (const attempt of floor.attempts.values()) if (attempt.campaignId === campaign) found.push(attempt);
  return found;
}

/** After its rest one call tries it, and the others go elsewhere until that one was carried. */
function isResting(floor: Floor, { id, key }: Trunk, at: Millis): boolean {
  const rest = floor.rests.get(id);
  if (!rest) return false;
  return rest.until > at || (rest.failures >= FAILURES && linesOn(floor, key) > 0);
}
