/**
 * Chance that belongs to a person and not to a moment: the same question always gets the same answer, whatever
 * else happens that day. So a changed day differs from the real one by the change alone (common random numbers:
 * Law, Simulation Modeling and Analysis, ch. 11), and the same seed gives the same day.
 */
export type Dice = (...about: readonly (number | string)[]) => number;

/** Dice for a seed: a number in [0, 1) for whatever it is about. */
export function dice(seed: number): Dice {
  return (...about) => {
    let hash = scramble(seed | 0);
    for (const word of about) hash = scramble(hash ^ (typeof word === "number" ? word : hashText(word)));
    return (hash >>> 0) / 4_294_967_296;
  };
}

/** FNV-1a, 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place++)
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  return hash;
}

/** MurmurHash3's finalizer: every bit of the input moves every bit of the output. */
function scramble(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
