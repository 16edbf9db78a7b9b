/**
 * Does finding the owner slow down with the number of contacts? The look-up that every call makes, from the
 * trunk's text to the contact, with ten thousand and with a million numbers.
 */
import { identify } from "../apps/phone/identify.ts";
import { PhoneDirectory } from "../apps/store/directory.ts";

const LOOKUPS = 400_000;

/** Runs both sizes in turns and returns the one line. */
export async function run(): Promise<Record<string, unknown>> {
  const small = filled(10_000);
  const large = filled(1_000_000);
  const rounds = Array.from({ length: 5 }, () => ({
    small: p99(small, 10_000),
    large: p99(large, 1_000_000),
  }));
  const [few, many] = [
    median(rounds.map((round) => round.small)),
    median(rounds.map((round) => round.large)),
  ];
  const memoryMb = Math.round(process.memoryUsage().arrayBuffers / 1_048_576);
  return {
    bench: "directory",
    ratioP99: Math.round((many / few) * 100) / 100,
    p99UsSmall: few,
    p99UsLarge: many,
    memoryMb,
  };
}

function filled(size: number): PhoneDirectory {
  const directory = new PhoneDirectory();
  const owners = Array.from({ length: 50 }, (_, n) => id(n));
  for (let n = 0; n < size; n++) directory.set(numberOf(n), { id: id(n), ownerId: owners[n % 50] });
  return directory;
}

/** The 99th percentile of one look-up in microseconds: half of them known numbers, in random order. */
function p99(directory: PhoneDirectory, size: number): number {
  const times = new Float64Array(LOOKUPS);
  let seed = 12_345;
  for (let look = 0; look < LOOKUPS; look++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const text = numberOf(seed % (size * 2)).replace("+7", "8");
    const since = process.hrtime.bigint();
    identify(text, "RU", directory);
    times[look] = Number(process.hrtime.bigint() - since) / 1000;
  }
  times.sort();
  return Math.round((times[Math.floor(LOOKUPS * 0.99)] ?? 0) * 10) / 10;
}

function numberOf(n: number): string {
  return `+79${String(100_000_000 + ((n * 7919) % 899_999_999)).padStart(9, "0")}`;
}

function id(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
