/**
 * Which trunk a call to a number outside goes through: the one rule for forwarding, menus, transfers, call-backs,
 * verification and agents' own calls.
 */
import type { Floor, Line, Trunk } from "../floor.ts";

/** What a refusal says when there is none. */
export const NO_TRUNK = "no trunk places calls to numbers outside";

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
