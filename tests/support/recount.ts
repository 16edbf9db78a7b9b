/**
 * The figures once more, counted from the raw lines by the sentences of core/statistics/definitions.ts alone: plain
 * loops over everything, nothing of the fold, the SQL or the figures' code.
 */
import { callIdOf } from "../../apps/engine/call-id.ts";
import type { Cast, Written } from "./synthetic-day.ts";

interface Cel {
  readonly kind: string;
  readonly at: number;
  readonly name: string;
  readonly id: string;
  readonly exten: string;
  readonly context: string;
  readonly account: string;
  readonly userEvent: string;
  readonly extra: Record<string, unknown>;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

interface Leg {
  readonly agent: string | undefined;
  readonly id: string;
  readonly startedAt: number;
  readonly answeredAt: number | undefined;
  /** Undefined: still up. */
  readonly endedAt: number | undefined;
  /** With the customer; a talk that goes on counts as nothing so far. */
  readonly talk: Stretch[] | undefined;
}

export interface Counted {
  readonly internal: boolean;
  readonly ours: boolean;
  readonly line: string | undefined;
  readonly queue: string | undefined;
  readonly owner: string | undefined;
  readonly agent: string | undefined;
  readonly first: string | undefined;
  readonly arrivedAt: number;
  readonly outcome:
    | "answered"
    | "waiting"
    | "abandoned"
    | "called back"
    | "no answer"
    | "failed"
    | "out of hours";
  readonly over: boolean;
  readonly waitMs: number | undefined;
  readonly talkMs: number;
  readonly transfers: number;
  readonly legs: readonly Leg[];
  /** Infinity: not completed. */
  readonly wrapUps: readonly (Stretch & { readonly agent: string })[];
}

/** Reads every call of a written day. */
export function countDay({ cel, queueLog, decisions }: Written, cast: Cast): Counted[] {
  const channels = new Map<string, Cel[]>();
  for (const text of cel.trimEnd().split("\n")) {
    const [linkedId, line] = readCel(text);
    channels.set(linkedId, [...(channels.get(linkedId) ?? []), line]);
  }
  const queued = new Map<string, { at: number; key: string }[]>();
  for (const text of queueLog.trimEnd().split("\n")) {
    const [seconds, call = "", key = "", , event] = text.split("|");
    if (event === "ENTERQUEUE")
      queued.set(call, [...(queued.get(call) ?? []), { at: Number(seconds) * 1000, key }]);
  }
  const decided = new Map<string, Record<string, unknown>[]>();
  for (const text of decisions.trimEnd().split("\n")) {
    const line = JSON.parse(text) as Record<string, unknown>;
    const call = String(line.call);
    decided.set(call, [...(decided.get(call) ?? []), line]);
  }
  return [...channels].map(([linkedId, lines]) =>
    countCall(linkedId, lines, queued.get(linkedId) ?? [], decided.get(callIdOf(linkedId)) ?? [], cast),
  );
}

function readCel(text: string): [string, Cel] {
  const fields = JSON.parse(
    `[${text.replaceAll('""', '\\"').replaceAll(',\\"', ',""')}]`.replace(',\\"]', ',""]'),
  ) as string[];
  const [kind = "", time = "0", name = "", id = "", linkedId = "", exten = "", context = ""] = fields;
  const extra = fields[16] ? (JSON.parse(fields[16]) as Record<string, unknown>) : {};
  const [seconds, micros] = time.split(".").map(Number);
  const at = (seconds ?? 0) * 1000 + (micros ?? 0) / 1000;
  return [
    linkedId,
    { kind, at, name, id, exten, context, account: fields[11] ?? "", userEvent: fields[15] ?? "", extra },
  ];
}

function countCall(
  linkedId: string,
  lines: readonly Cel[],
  queued: readonly { at: number; key: string }[],
  decided: readonly Record<string, unknown>[],
  cast: Cast,
): Counted {
  const start = lines.find((line) => line.kind === "CHAN_START" && line.id === linkedId) as Cel;
  const lostAt = decided.find((line) => line.kind === "CallLost")?.at as number | undefined;
  const endLine = lines.find((line) => line.kind === "LINKEDID_END");
  const hangUp = lines.find((line) => line.kind === "HANGUP" && line.id === linkedId);
  const over = endLine !== undefined || lostAt !== undefined;
  const endedAt = over ? (hangUp?.at ?? endLine?.at ?? lostAt) : undefined;
  const stays = staysIn(lines);
  const legs = lines
    .filter((line) => line.kind === "CHAN_START")
    .map((line) => legOf(line, lines, stays, linkedId, endedAt, cast));
  const others = legs.filter((leg) => leg.id !== linkedId && leg.talk !== undefined);
  const met = others.flatMap((leg) => leg.talk ?? []);
  const connectedAt = met.length > 0 ? Math.min(...met.map((stretch) => stretch.from)) : undefined;
  const last = others.toSorted((a, b) => lastFrom(b) - lastFrom(a))[0];
  const arrival = decided.find((line) => line.kind === "CallArrived");
  const said = lines.findLast((line) => line.userEvent === "ENDING")?.extra.extra;
  const account = lines.find((line) => line.id === linkedId && line.account !== "")?.account;
  const [queue] = [
    ...decided.filter((line) => typeof line.queue === "string").map((line) => [line.at, line.queue] as const),
    ...queued.map(({ at, key }) => [at + 0.5, cast.queues.find((each) => each.key === key)?.id] as const),
  ].toSorted((a, b) => (b[0] as number) - (a[0] as number));
  return {
    internal: start.context === "from-agent",
    ours: said !== "not_in_service",
    line: (arrival?.lineId as string | undefined) ?? cast.lines.find((line) => line.key === account)?.id,
    queue: queue?.[1] as string | undefined,
    owner: arrival?.ownerId as string | undefined,
    agent: last?.agent,
    first:
      (decided.find((line) => line.kind === "AgentOffered")?.agent as string | undefined) ??
      legs.find((leg) => leg.id !== linkedId && leg.agent)?.agent,
    arrivedAt: start.at,
    outcome: outcomeOf(
      connectedAt !== undefined,
      over,
      said,
      hangUp?.extra.hangupcause,
      lostAt !== undefined,
    ),
    over,
    waitMs:
      connectedAt !== undefined
        ? connectedAt - start.at
        : endedAt === undefined
          ? undefined
          : endedAt - start.at,
    talkMs: lengthOf(met),
    transfers: lines.filter((line) => /^(BLIND|ATTENDED)TRANSFER$/.test(line.kind)).length,
    legs,
    wrapUps: decided
      .filter((line) => line.kind === "WrapUpStarted")
      .map((line) => ({
        agent: String(line.agent),
        from: Number(line.at),
        to: Number(decided.find((end) => end.kind === "WrapUpEnded")?.at ?? Number.POSITIVE_INFINITY),
      })),
  };
}

/** Completed wrap-ups of these calls; of one agent, or of all. */
function wrapUpOf(calls: readonly Counted[], agent?: string): number {
  const all = calls
    .flatMap((call) => call.wrapUps)
    .filter((each) => agent === undefined || each.agent === agent);
  return sum(all.filter((each) => Number.isFinite(each.to)).map((each) => each.to - each.from));
}

function outcomeOf(
  met: boolean,
  over: boolean,
  said: unknown,
  cause: unknown,
  lost: boolean,
): Counted["outcome"] {
  if (met) return "answered";
  if (!over) return "waiting";
  if (lost) return "failed";
  if (said === "out_of_hours") return "out of hours";
  if (said === "no_answer") return "no answer";
  if (said === "callback") return "called back";
  return cause === 34 ? "failed" : "abandoned";
}

/** Who was in which bridge from when to when; an end that is not written is undefined. */
function staysIn(lines: readonly Cel[]) {
  const stays: { id: string; bridge: string; from: number; to: number | undefined }[] = [];
  lines.forEach((line, index) => {
    if (line.kind !== "BRIDGE_ENTER") return;
    const out = lines
      .slice(index + 1)
      .find((each) => each.id === line.id && (each.kind === "BRIDGE_EXIT" || each.kind === "HANGUP"));
    stays.push({ id: line.id, bridge: String(line.extra.bridge_id), from: line.at, to: out?.at });
  });
  return stays;
}

function legOf(
  start: Cel,
  lines: readonly Cel[],
  stays: ReturnType<typeof staysIn>,
  linkedId: string,
  callEndedAt: number | undefined,
  cast: Cast,
): Leg {
  const own = lines.filter((line) => line.id === start.id);
  const phone = start.name.replace(/^PJSIP\//, "").replace(/-[0-9a-f]+$/, "");
  const together = stays.flatMap((mine) =>
    stays.flatMap((theirs): Stretch[] => {
      const pair = start.id === linkedId ? theirs.id !== linkedId : theirs.id === linkedId;
      if (mine.id !== start.id || !pair || mine.bridge !== theirs.bridge) return [];
      const ends = [mine.to, theirs.to].filter((end) => end !== undefined);
      const from = Math.max(mine.from, theirs.from);
      // While it goes on, nothing is counted yet; when the call is over, what was left open ended with it.
      const to = ends.length > 0 ? Math.min(...ends) : (callEndedAt ?? from);
      return to < from ? [] : [{ from, to }];
    }),
  );
  return {
    agent: cast.agents.find((each) => each.phone === phone)?.id,
    id: start.id,
    startedAt: start.at,
    answeredAt: own.find((line) => line.kind === "ANSWER")?.at,
    endedAt: own.find((line) => line.kind === "HANGUP")?.at ?? callEndedAt,
    talk: together.length > 0 ? together : undefined,
  };
}

function lastFrom(leg: Leg): number {
  return Math.max(...(leg.talk ?? []).map((stretch) => stretch.from));
}

/** The length of what these stretches cover, where they overlap once. */
export function lengthOf(stretches: readonly Stretch[]): number {
  const ends = stretches.flatMap(({ from, to }) => [[from, 1] as const, [to, -1] as const]);
  ends.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  let [depth, since, length] = [0, 0, 0];
  for (const [at, step] of ends) {
    if (depth > 0) length += at - since;
    depth += step;
    since = at;
  }
  return length;
}

const average = (whole: number, parts: number) => (parts > 0 ? Math.round(whole / parts) : null);
const share = (part: number, whole: number) => (whole > 0 ? Math.round((part / whole) * 10_000) / 100 : null);
const mean = (all: readonly number[]) =>
  all.length > 0 ? Math.round(all.reduce((sum, each) => sum + each, 0) / all.length) : null;
const most = (all: readonly number[]) => (all.length > 0 ? Math.max(...all) : null);
const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0);

/** The figures of a queue or a line over these calls of its own. @param targetMs the service level's, of each call */
export function recountCalls(calls: readonly Counted[], targetMs: (call: Counted) => number) {
  const mine = calls.filter((call) => !call.internal && call.ours);
  const offered = mine.filter((call) => call.outcome !== "out of hours");
  const of = (outcome: Counted["outcome"]) => offered.filter((call) => call.outcome === outcome);
  const waits = (some: readonly Counted[]) => some.map((call) => call.waitMs as number);
  const answered = of("answered");
  const abandoned = of("abandoned");
  const between = (from: number, to: number) =>
    abandoned.filter((call) => (call.waitMs as number) >= from * 1000 && (call.waitMs as number) < to * 1000)
      .length;
  const inTime = answered.filter((call) => (call.waitMs as number) <= targetMs(call));
  const owned = offered.filter((call) => call.owner !== undefined);
  const hits = answered.filter((call) => call.owner !== undefined && call.owner === call.agent);
  const others = answered.filter((call) => call.owner !== undefined && call.owner !== call.agent);
  const done = offered.filter((call) => call.outcome !== "waiting");
  return {
    offered: offered.length,
    answered: answered.length,
    waiting: of("waiting").length,
    abandoned: abandoned.length,
    shortAbandoned: between(0, 5),
    abandonedByWait: {
      under5: between(0, 5),
      from5to10: between(5, 10),
      from10to20: between(10, 20),
      from20to30: between(20, 30),
      from30to60: between(30, 60),
      from60to120: between(60, 120),
      from120: between(120, 1e9),
    },
    calledBack: of("called back").length,
    noAnswer: of("no answer").length,
    failed: of("failed").length,
    outOfHours: mine.length - offered.length,
    missed: mine.filter((call) => call.over && call.outcome !== "answered").length,
    answeredInTime: inTime.length,
    serviceLevelPercent: share(
      inTime.length,
      offered.length - between(0, 5) - of("called back").length - of("waiting").length,
    ),
    averageAnswerMs: mean(waits(answered)),
    longestAnswerMs: most(waits(answered)),
    averageWaitMs: mean(waits(done)),
    longestWaitMs: most(waits(done)),
    talkMs: sum(answered.map((call) => call.talkMs)),
    averageTalkMs: mean(answered.map((call) => call.talkMs)),
    wrapUpMs: wrapUpOf(offered),
    handleMs: sum(answered.map((call) => call.talkMs)) + wrapUpOf(offered),
    averageHandleMs: average(sum(answered.map((call) => call.talkMs)) + wrapUpOf(offered), answered.length),
    transfers: sum(offered.map((call) => call.transfers)),
    ownerCalls: owned.length,
    ownerAnswered: hits.length,
    ownerHitPercent: share(hits.length, owned.length),
    averageOwnerAnswerMs: mean(waits(hits)),
    averageOtherAnswerMs: mean(waits(others)),
  };
}

export interface Stay {
  readonly state: "offline" | "break" | "inbound" | "outbound";
  readonly from: number;
  readonly to: number;
}

/**
 * The figures of an agent.
 * @param arrived the calls that arrived in the interval
 * @param all every call, because a talk may reach into the interval from before
 */
export function recountAgent(
  agent: string,
  arrived: readonly Counted[],
  all: readonly Counted[],
  states: readonly Stay[],
  within: Stretch,
) {
  const legsOf = (call: Counted) => call.legs.filter((leg) => leg.agent === agent);
  const customers = arrived.filter((call) => !call.internal);
  const first = (call: Counted) => call.legs[0] as Leg;
  const rang = customers.filter((call) => legsOf(call).length > 0);
  const spoke = (call: Counted) => legsOf(call).some((leg) => leg.talk !== undefined);
  const answered = rang.filter(spoke);
  const talks = answered.flatMap((call) => legsOf(call).map((leg) => lengthOf(leg.talk ?? [])));
  const rings = rang.flatMap((call) =>
    legsOf(call).flatMap((leg) => (leg.answeredAt === undefined ? [] : [leg.answeredAt - leg.startedAt])),
  );
  const mine = customers.filter(
    (call) => call.ours && call.owner === agent && call.outcome !== "out of hours",
  );
  const hits = mine.filter((call) => call.outcome === "answered" && call.agent === agent);
  const cut = ({ from, to }: Stretch): Stretch => ({
    from: Math.max(from, within.from),
    to: Math.min(to, within.to),
  });
  const wrapped = all.flatMap((call) => call.wrapUps.filter((each) => each.agent === agent).map(cut));
  const busy = all.flatMap((call) =>
    legsOf(call).flatMap((leg) => {
      if (leg.answeredAt === undefined) return [];
      const stretch = cut({ from: leg.answeredAt, to: leg.endedAt ?? Number.POSITIVE_INFINITY });
      return stretch.to > stretch.from ? [stretch] : [];
    }),
  );
  const busyMs = lengthOf([...busy, ...wrapped.filter((stretch) => stretch.to > stretch.from)]);
  const inState = (state: Stay["state"]) =>
    sum(
      states.filter((stay) => stay.state === state).map((stay) => Math.max(0, cut(stay).to - cut(stay).from)),
    );
  const [onLine, outbound, pause] = [inState("inbound"), inState("outbound"), inState("break")];
  return {
    offered: rang.length,
    answered: answered.length,
    notAnswered: rang.length - answered.length,
    missed: customers.filter(
      (call) => call.over && call.outcome !== "answered" && (call.first === agent || legsOf(call).length > 0),
    ).length,
    outbound: 0,
    internal: arrived.filter(
      (call) => call.internal && (spoke(call) || (first(call).agent === agent && spoke(call))),
    ).length,
    talkMs: sum(talks),
    averageTalkMs: average(sum(talks), answered.length),
    wrapUpMs: wrapUpOf(arrived, agent),
    handleMs: sum(talks) + wrapUpOf(arrived, agent),
    averageHandleMs: average(sum(talks) + wrapUpOf(arrived, agent), answered.length),
    averageRingMs: mean(rings),
    ownerCalls: mine.length,
    ownerAnswered: hits.length,
    ownerHitPercent: share(hits.length, mine.length),
    onLineMs: onLine,
    outboundMs: outbound,
    breakMs: pause,
    workingMs: onLine + outbound + pause,
    busyMs,
    occupancyPercent: share(busyMs, onLine + outbound),
  };
}

/** The borders of an interval by looking at the wall clock minute by minute. */
export function recountBorders(
  since: number,
  until: number,
  interval: "hour" | "day" | "total",
  zone: string,
): number[] {
  const clock = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    ...(interval === "hour" ? { timeStyle: "long" } : {}),
  } as Intl.DateTimeFormatOptions);
  const face = (at: number) => clock.format(at).replace(/:\d\d:\d\d/, "");
  const borders = [since];
  if (interval !== "total")
    for (let at = Math.ceil((since + 1) / 60_000) * 60_000; at < until; at += 60_000)
      if (face(at) !== face(at - 1)) borders.push(at);
  return [...borders, until];
}
