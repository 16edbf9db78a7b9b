/**
 * In which time zones somebody with this number may be (D-37): what their address says, else what the number says.
 * Nothing is guessed: a mobile number may be anywhere in its country.
 */
import { zoneExists } from "../routing/wall-clock.ts";
import { NORTH_AMERICA, NORTH_AMERICA_ZONES, RUSSIA, RUSSIA_ZONES } from "./zones-data.ts";
import { WORLD } from "./zones-world.ts";

/** Digits after the `+` → zones; the longest prefix wins. */
const PREFIXES: ReadonlyMap<string, readonly string[]> = new Map([
  ...parse(WORLD, ""),
  ["1", NORTH_AMERICA_ZONES],
  ...parse(NORTH_AMERICA, "1"),
  ["7", RUSSIA_ZONES],
  ...parse(RUSSIA, "7"),
]);

const LONGEST = Math.max(...[...PREFIXES.keys()].map(({ length }) => length));

/**
 * One zone when it is known; several when the number does not say which, and then whatever is to be allowed must be
 * allowed in all of them; none for a number of no country, which nobody can allow.
 * @param phone E.164
 * @param known the IANA zone of the contact's address; one that does not exist is as good as none
 */
export function zonesOf(phone: string, known?: string | null): readonly string[] {
  if (known && zoneExists(known)) return [known];
  for (let length = LONGEST; length > 0; length--) {
    const zones = PREFIXES.get(phone.slice(1, 1 + length));
    if (zones) return zones;
  }
  return [];
}

/** Whether a number belongs to the plan of the Russian Federation: +7 without Kazakhstan's +76 and +77. */
export function isRussian(phone: string): boolean {
  return /^\+7[^67]/.test(phone);
}

function* parse(list: string, country: string): Generator<[string, readonly string[]]> {
  for (const line of list.trim().split("\n")) {
    const [zones = "", ...codes] = line.split(" ");
    for (const code of codes) yield [country + code, zones.split("+")];
  }
}
