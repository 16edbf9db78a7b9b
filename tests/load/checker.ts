/**
 * The invariants N1-N6 (reliability), judged from what SIPp saw on the wire and from plain SQL. It imports nothing of
 * apps/: whoever is checked does not help checking. tests/unit/checker.test.ts proves that it finds what is wrong.
 */
import type { Client } from "pg";
import type { Offered, Ring } from "./wire.ts";

export type Invariant = "N1" | "N2" | "N3" | "N4" | "N5" | "N6";

/** Something that must not be. */
export interface Finding {
  readonly invariant: Invariant;
  /** A caller's number, an agent's account or a process. */
  readonly about: string;
  readonly what: string;
}

/** A call's row, as SQL has it. */
export interface CallRow {
  readonly id: string;
  readonly from: string | null;
  readonly endedAt: number | null;
  readonly waitMs: number | null;
  readonly talkMs: number | null;
  readonly ending: string | null;
  /** The account of the agent's phone. */
  readonly account: string | null;
}

const CLOSED_WITHIN_MS = 30_000;
const TIMES_OFF_MS = 1000;
/** So short a talk may have been none for one of the sides. */
export const CROSSED_MS = 700;

/** The rows of customers' calls since then. */
export async function readCalls(db: Client, since: number): Promise<CallRow[]> {
  const { rows } = await db.query(
    `select c.id, c.from_number as "from", extract(epoch from c.ended_at)::float8 * 1000 as "endedAt",
            c.wait_ms as "waitMs", c.talk_ms as "talkMs", c.ending, a.phone as account
       from call c left join agent a on a.id = c.agent_id
      where c.arrived_at >= $1 and c.type in ('inbound', 'missed')`,
    [new Date(since)],
  );
  return rows as CallRow[];
}

/** N1: one offered call is exactly one record; none missing, none doubled, none made up. */
export function oneRecordEach(offered: readonly Offered[], rows: readonly CallRow[]): Finding[] {
  const counts = new Map<string, number>();
  for (const { from } of rows) counts.set(from ?? "?", (counts.get(from ?? "?") ?? 0) + 1);
  const known = new Set(offered.map(({ caller }) => caller));
  return [
    ...offered.flatMap(({ caller }) => {
      const found = counts.get(caller) ?? 0;
      return found === 1 ? [] : [finding("N1", caller, `${found} records`)];
    }),
    ...[...counts.keys()]
      .filter((from) => !known.has(from))
      .map((from) => finding("N1", from, "never called")),
  ];
}

/**
 * N2: every record is closed within 30 s of the last BYE, says what happened on the wire, and how long it took.
 * @param closedAt when a record was first seen closed, by call id
 */
export function recordsAreTrue(
  offered: readonly Offered[],
  rings: readonly Ring[],
  rows: readonly CallRow[],
  closedAt: ReadonlyMap<string, number>,
): Finding[] {
  const ofCaller = groupBy(rings, ({ caller }) => caller);
  const rowOf = new Map(rows.map((row) => [row.from, row]));
  return offered.flatMap((call) => {
    const row = rowOf.get(call.caller);
    const own = ofCaller.get(call.caller) ?? [];
    if (!row || call.endedAt === undefined) return [];
    const lastBye = Math.max(call.endedAt, ...own.map(({ endedAt = 0 }) => endedAt));
    const closed = closedAt.get(row.id);
    const wrong = [
      ...(row.endedAt === null || closed === undefined
        ? ["not closed"]
        : closed - lastBye > CLOSED_WITHIN_MS
          ? [`closed ${seconds(closed - lastBye)} after the last BYE`]
          : []),
      ...(row.endedAt === null ? [] : storyOff(call, own, row)),
    ];
    return wrong.map((what) => finding("N2", call.caller, what));
  });
}

function storyOff(call: Offered, rings: readonly Ring[], row: CallRow): string[] {
  // A talk whose end SIPp did not see cannot be compared; the soak bounds how many there may be.
  if (rings.some(unseen)) return [];
  const brief = row.ending === "answered" && (row.talkMs ?? 0) < CROSSED_MS;
  if (brief && rings.some((ring) => tookWhileLeaving(call, ring))) return [];
  const talks = talksOf(call, rings);
  const talkMs = talks.reduce((sum, [from, to]) => sum + to - from, 0);
  const first = talks[0]?.[0];
  const crossed = talks.length > 0 && talkMs < CROSSED_MS;
  if (crossed && row.ending !== "answered") return [];
  const expected =
    first !== undefined ? "answered" : call.endedBy === "customer" ? "abandoned" : "not answered";
  const said = row.ending === "answered" || row.ending === "abandoned" ? row.ending : "not answered";
  if (said !== expected && !(crossed && said === "abandoned"))
    return [`${row.ending} in the record, ${expected} on the wire`];
  const waitMs = (first ?? call.endedAt ?? call.calledAt) - call.calledAt;
  const last = rings.filter(({ answeredAt }) => answeredAt !== undefined).at(-1);
  return [
    ...off("wait", row.waitMs, waitMs),
    ...(first === undefined ? [] : off("talk", row.talkMs, talkMs)),
    ...(first !== undefined && last && row.account !== last.account
      ? [`${row.account} in the record, ${last.account} on the wire`]
      : []),
  ];
}

/**
 * The customer's CANCEL crossed the 200 that the agent's answer brought about: for Asterisk they talked for a moment,
 * and the customer never knew (RFC 3261, 9.1).
 */
function tookWhileLeaving({ answeredAt, endedAt, endedBy }: Offered, ring: Ring): boolean {
  if (answeredAt !== undefined || endedAt === undefined || endedBy !== "customer") return false;
  return ring.answeredAt !== undefined && Math.abs(endedAt - ring.answeredAt) < CROSSED_MS;
}

function off(what: string, recorded: number | null, wire: number): string[] {
  if (recorded !== null && Math.abs(recorded - wire) <= TIMES_OFF_MS) return [];
  return [`${what} ${recorded} ms in the record, ${Math.round(wire)} ms on the wire`];
}

/** When the customer and an agent both were in the call, in order. */
export function talksOf(call: Offered, rings: readonly Ring[]): [from: number, to: number][] {
  const { answeredAt, endedAt } = call;
  if (answeredAt === undefined || endedAt === undefined) return [];
  return rings
    .flatMap((ring): [number, number][] =>
      ring.answeredAt === undefined || ring.endedAt === undefined
        ? []
        : [[Math.max(ring.answeredAt, answeredAt), Math.min(ring.endedAt, endedAt)]],
    )
    .filter(([from, to]) => to > from)
    .sort((a, b) => a[0] - b[0]);
}

/**
 * N3: [200, BYE] of an agent do not overlap, nor does a phone ring while its agent talks; a customer is with one
 * agent at a time, and with one only unless the call was transferred.
 * @param transferred callers who were handed over
 */
export function oneCallPerAgent(rings: readonly Ring[], transferred: ReadonlySet<string>): Finding[] {
  const findings: Finding[] = [];
  const overlap = (
    about: string,
    list: readonly Ring[],
    start: (ring: Ring) => number,
    what: string,
  ): void => {
    let until = Number.NEGATIVE_INFINITY;
    for (const ring of [...list].sort((a, b) => start(a) - start(b))) {
      if (start(ring) < until) findings.push(finding("N3", about, `${what} (${ring.caller})`));
      until = Math.max(until, ring.endedAt ?? start(ring));
    }
  };
  for (const [account, list] of groupBy(rings, (ring) => ring.account)) {
    overlap(account, list.filter(talked), (ring) => ring.answeredAt ?? 0, "in two calls");
    overlap(account, list, (ring) => ring.rangAt, "rings for two calls");
  }
  for (const [caller, list] of groupBy(rings.filter(talked), (ring) => ring.caller)) {
    overlap(caller, list, (ring) => ring.answeredAt ?? 0, "with two agents");
    if (list.length > 1 && !transferred.has(caller))
      findings.push(finding("N3", caller, `${list.length} agents, and nobody transferred the call`));
  }
  return findings;
}

/** N4: after quiet each of N agents takes one of N probe calls. */
export function everyAgentTakesOne(
  accounts: readonly string[],
  probes: readonly string[],
  rings: readonly Ring[],
): Finding[] {
  const wanted = new Set(probes);
  const taken = groupBy(
    rings.filter((ring) => wanted.has(ring.caller) && talked(ring)),
    (ring) => ring.account,
  );
  return accounts.flatMap((account) => {
    const count = taken.get(account)?.length ?? 0;
    return count === 1 ? [] : [finding("N4", account, `took ${count} probe calls`)];
  });
}

/** What one process of an instance holds. */
export interface Holding {
  readonly files: number;
  readonly memoryMb: number;
}

/** What processes held, and later held. */
export interface Growth {
  readonly before: Readonly<Record<string, Holding>>;
  readonly after: Readonly<Record<string, Holding>>;
}

/** What must be nothing after quiet, and what must not have grown. */
export interface Leaks {
  /** Things that are counted by name: channels, bridges, agents that are still reserved, waiting callers. */
  readonly left: Readonly<Record<string, number>>;
  /** Before any call, and after quiet. */
  readonly files: Growth;
  /** Two times under the same load, both after warming up. */
  readonly memory: Growth;
  /** More than this share, and more than so many, is a leak. */
  readonly bound: { readonly share: number; readonly files: number; readonly memoryMb: number };
}

/** N5: nothing is left, and file handles and memory are flat. */
export function nothingLeaks({ left, files, memory, bound }: Leaks): Finding[] {
  const grown = (was: number, is: number, least: number): boolean =>
    is - was > Math.max(was * bound.share, least);
  const growth = ({ before, after }: Growth, tell: (was: Holding, is: Holding) => string[]): Finding[] =>
    Object.entries(before).flatMap(([name, was]) => {
      const is = after[name];
      const found = is ? tell(was, is) : ["the process is gone"];
      return found.map((what) => finding("N5", name, what));
    });
  return [
    ...Object.entries(left).flatMap(([what, count]) =>
      count === 0 ? [] : [finding("N5", what, `${count} left`)],
    ),
    ...growth(files, (was, is) =>
      grown(was.files, is.files, bound.files) ? [`files ${was.files} → ${is.files}`] : [],
    ),
    ...growth(memory, (was, is) =>
      grown(was.memoryMb, is.memoryMb, bound.memoryMb) ? [`memory ${was.memoryMb} → ${is.memoryMb} MB`] : [],
    ),
  ];
}

/** Answered, and SIPp lost sight of its end. */
export function unseen({ answeredAt, endedAt }: Ring): boolean {
  return answeredAt !== undefined && endedAt === undefined;
}

function talked(ring: Ring): boolean {
  return ring.answeredAt !== undefined;
}

export function finding(invariant: Invariant, about: string, what: string): Finding {
  return { invariant, about, what };
}

export function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
