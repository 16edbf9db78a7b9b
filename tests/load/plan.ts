/** What happens in a soak, from one seed: who calls when, who loses patience, how long agents ring and talk. */

export const KINDS = ["queue", "owner", "menu", "transfer"] as const;
export type Kind = (typeof KINDS)[number];

/** What each kind of customer speaks, and what agents speak, in hertz: recordings are asked for it. */
export const TONES = { queue: 400, owner: 520, menu: 640, transfer: 760, probe: 880, agent: 1000 } as const;

/** Longer than any soak: a day. */
const NEVER_MS = 86_400_000;
const LEAVE_SHARE = 0.25;
/** Of those who leave: while a phone rings, most likely. */
const LEAVE_SOON_SHARE = 0.5;

/** Customers' numbers say what they are: +7916 <kind> <six digits>. */
export function callerOf(kind: Kind | "probe", index: number): string {
  return `+7916${[...KINDS, "probe"].indexOf(kind)}${String(index).padStart(6, "0")}`;
}

export function kindOf(caller: string): Kind | "probe" {
  return ([...KINDS, "probe"] as const)[Number(caller[5])] ?? "probe";
}

/** Shares in percent, as `60,20,10,10` in the order of KINDS. @throws Error when they are no hundred */
export function readMix(text: string): Record<Kind, number> {
  const shares = text.split(",").map(Number);
  if (shares.length !== KINDS.length || shares.reduce((sum, share) => sum + share, 0) !== 100)
    throw new Error(`the mix ${text} is not ${KINDS.length} shares that make 100`);
  return Object.fromEntries(KINDS.map((kind, index) => [kind, shares[index] ?? 0])) as Record<Kind, number>;
}

/** Rows for `customers`: caller, number, patience and delay in ms. A quarter leaves, half of them at once. */
export function customerRows(
  kind: Kind | "probe",
  number: string,
  count: number,
  draw: () => number,
): string[] {
  return Array.from({ length: count }, (_, index) => {
    const leaves = kind !== "probe" && draw() < LEAVE_SHARE;
    const soon = draw() < LEAVE_SOON_SHARE;
    const patience = leaves ? Math.round(soon ? 200 + 2300 * draw() : 2500 + 9500 * draw()) : NEVER_MS;
    const delay = kind === "probe" ? 0 : Math.round(3000 * draw());
    return `${callerOf(kind, index)};${number};${patience};${delay}`;
  });
}

/** Rows for `phones`: ring and talk in ms. Rings for 0.25 to 2.5 s; talks for 5 to 20 s. */
export function phoneRows(count: number, draw: () => number): string[] {
  return Array.from(
    { length: count },
    () => `${Math.round(250 + 2250 * draw())};${Math.round(5000 + 15_000 * draw())}`,
  );
}

/** Chance that can be repeated (Lehmer's generator, Park and Miller's numbers). */
export function chance(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
