/**
 * Chance in the dialler's world: seeded, so that the same seed gives the same day, and one stream per subject, so that
 * another policy changes what happens and not what would have happened.
 */

/** The next number in [0, 1) of a stream. */
export type Chance = () => number;

/**
 * sfc32, the small fast counter of PractRand (Chris Doty-Humphrey, public domain).
 *
 * @param seed any integer; streams of neighbouring seeds have nothing in common after the warming-up
 */
export function sfc32(seed: number): Chance {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let turn = 0; turn < 16; turn++) next();
  return next;
}

/** What the seed of a day gives to each subject. */
export interface Streams {
  readonly call: Chance;
  readonly service: Chance;
  readonly rest: Chance;
  readonly numberClass: Chance;
  readonly latency: Chance;
  readonly connection: Chance;
}

/** The streams of a day, far from one another. */
export function streams(seed: number): Streams {
  return {
    call: sfc32(seed * 7919 + 1),
    service: sfc32(seed * 104_729 + 2),
    rest: sfc32(seed * 1_299_709 + 3),
    numberClass: sfc32(seed * 15_485_863 + 4),
    latency: sfc32(seed * 32_452_843 + 5),
    connection: sfc32(seed * 49_979_687 + 6),
  };
}
