/**
 * Which trunk a call to a number outside goes through: the one rule for forwarding, menus, transfers, call-backs,
 * verification and agents' own calls.
 */
import type { Floor, Line, Trunk } from "../floor.ts";

/** What a refusal says when there is none. */
export const NO_TRUNK = "no trunk places calls to numbers outside: a trunk needs a host for that";

/**
 * The trunk that the line names, else the company's own PBX (LINE-06), else the first carrier; undefined when none
 * places calls.
 */
export function trunkFor(floor: Floor, line?: Line): Trunk | undefined {
  const named = line?.outside?.trunkId === undefined ? undefined : floor.trunks.get(line.outside.trunkId);
  if (named?.dials) return named;
  const dialling = [...floor.trunks.values()].filter((trunk) => trunk.dials);
  return dialling.find((trunk) => trunk.kind === "pbx") ?? dialling[0];
}

/**
 * Whom a call of ours through this trunk goes to and what is shown there, as the trunk wants numbers (the dialplan's
 * [carrier] does the same for calls that are dialled there).
 * @param number E.164
 * @param callerId E.164; anything else, a colleague's name and short number, stays as it is
 */
export function dialThrough(
  trunk: Trunk,
  number: string,
  callerId: string | undefined,
): { readonly phone: string; readonly callerId: string | undefined } {
  const written = (each: string): string =>
    trunk.numberFormat === "digits" ? each.replace(/^\+/, "") : each;
  return {
    phone: `${written(number)}@${trunk.key}`,
    callerId: callerId === undefined ? undefined : written(callerId),
  };
}
