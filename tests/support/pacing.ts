/** Small parts for tests of pacing: seeded chance, agents, and a floor of calls that a pacer is driven with. */
import {
  type PacedAgent,
  type PacedCall,
  type Pacer,
  type PacingDecision,
  type PacingView,
  type Resolution,
  shareAgents,
} from "../../apps/core/dialling/pacing.ts";

/** Numbers in [0, 1) that are the same at each run (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** So many agents in a state, since 3590 unless told. */
export function agents(
  count: number,
  state: PacedAgent["state"],
  more: Partial<PacedAgent> = {},
): PacedAgent[] {
  return Array.from({ length: count }, () => ({ state, since: 3590, ...more }));
}

export function calls(count: number, t0: number): PacedCall[] {
  return Array.from({ length: count }, (_, index) => ({ id: `c${t0}-${index}`, t0 }));
}

/** A view at a moment; what is not given is empty, in a window of eight hours. */
export function view(now: number, given: Partial<PacingView> = {}): PacingView {
  return { now, idle: 0, waiting: 0, agents: [], inFlight: [], windowEnd: 28_800, ...given };
}

interface Played {
  readonly random: () => number;
  readonly seconds: number;
  readonly team: number;
  readonly answerRate: (cls: number) => number;
  /** Seconds from the dial to a live answer. */
  readonly ring?: (() => number) | undefined;
  readonly classOf?: (() => number) | undefined;
  readonly from?: number | undefined;
  /** Sees each view and what was decided. */
  readonly seen?: ((view: PacingView, decision: PacingDecision) => void) | undefined;
}

interface Counted {
  live: number;
  lost: number;
  dials: number;
  /** Seconds that the campaign's agents were busy. */
  busy: number;
}

interface Agent extends PacedAgent {
  state: PacedAgent["state"];
  since: number;
  until: number;
  /** Whose call the agent has. */
  campaign: number;
}

interface Call extends PacedCall {
  readonly ends: number;
  readonly kind: Resolution;
}

/** One campaign of a game: its pacer, its calls and who waits. */
class Campaign {
  readonly flight = new Map<number, Call>();
  readonly waiting: number[] = [];
  readonly counted: Counted = { live: 0, lost: 0, dials: 0, busy: 0 };
  readonly pacer: Pacer;
  readonly given: Played;
  readonly #next: number[];

  constructor(pacer: Pacer, given: Played) {
    this.pacer = pacer;
    this.given = given;
    this.#next = Array.from({ length: 200 }, () => given.classOf?.() ?? 0);
  }

  /** Calls that ring no longer. */
  resolve(now: number): void {
    for (const [id, call] of this.flight) {
      if (call.ends > now) continue;
      this.flight.delete(id);
      this.pacer.onResolved(call, call.kind, now - call.t0);
      if (call.kind !== "live") continue;
      this.counted.live++;
      this.waiting.push(now);
    }
  }

  /** Who has waited for 2 s goes. */
  lose(now: number): void {
    while (this.waiting[0] !== undefined && now - this.waiting[0] >= 2) {
      this.waiting.shift();
      this.counted.lost++;
      this.pacer.onLive(true);
    }
  }

  dial(now: number, team: readonly Agent[]): void {
    const { classOf, seen } = this.given;
    const looked = view(now, {
      idle: team.filter(({ state }) => state === "idle").length,
      waiting: this.waiting.length,
      agents: team,
      inFlight: [...this.flight.values()],
      next: classOf && this.#next,
    });
    const decision = this.pacer.decide(looked);
    seen?.(looked, decision);
    for (const id of decision.shed ?? []) {
      const call = this.flight.get(id as number);
      this.flight.delete(id as number);
      if (call) this.pacer.onResolved(call, "shed", now - call.t0);
    }
    for (let index = 0; index < decision.dial; index++) this.#place(now);
  }

  #place(now: number): void {
    const { random, classOf, answerRate, ring = () => 6 + 12 * random() } = this.given;
    const cls = this.#next.shift() ?? 0;
    this.#next.push(classOf?.() ?? 0);
    const live = random() < answerRate(cls);
    const id = this.counted.dials++;
    const ends = now + (live ? ring() : 25);
    this.flight.set(id, { id, t0: now, cls, ends, kind: live ? "live" : "noanswer" });
    this.pacer.onDial({ id, t0: now, cls });
  }
}

/**
 * Plays campaigns that share one team, in steps of a second: calls are answered after `ring`, or ring out after 25 s;
 * talk and wrap-up are exponential, 60 s and 10 s; who finds nobody within 2 s is lost.
 */
export function playShared(pacers: readonly Pacer[], given: Played): Counted[] {
  const { random, seconds, team, from = 0 } = given;
  const campaigns = pacers.map((pacer) => new Campaign(pacer, given));
  const floor = Array.from(
    { length: team },
    (): Agent => ({ state: "idle", since: from, until: 0, campaign: 0 }),
  );
  const become = (one: Agent, state: PacedAgent["state"], now: number, mean: number): void => {
    Object.assign(one, { state, since: now, until: now - mean * Math.log(1 - random()) });
  };
  const end = (one: Agent, now: number): void => {
    const { pacer } = campaigns[one.campaign] as Campaign;
    if (one.state === "talk") {
      pacer.onTalkEnd(now - one.since);
      become(one, "wrap", now, 10);
    } else {
      pacer.onWrapEnd(now - one.since, "ready");
      Object.assign(one, { state: "idle", since: now });
    }
  };
  const connect = (campaign: Campaign, now: number): void => {
    while (campaign.waiting.length > 0) {
      const one = floor.find(({ state }) => state === "idle");
      if (!one) return;
      campaign.waiting.shift();
      campaign.pacer.onLive(false);
      one.campaign = campaigns.indexOf(campaign);
      become(one, "talk", now, 60);
    }
  };
  const serves = campaigns.map((_, index) => index);
  for (let now = from; now < from + seconds; now++) {
    for (const one of floor) if (one.state !== "idle" && one.until <= now) end(one, now);
    for (const campaign of campaigns) {
      campaign.resolve(now);
      connect(campaign, now);
      campaign.lose(now);
    }
    for (const one of floor) if (one.state !== "idle") (campaigns[one.campaign] as Campaign).counted.busy++;
    const claims = campaigns.map(({ waiting, flight, pacer }) => ({
      waiting: waiting.length,
      expected: flight.size * pacer.explain().pHat,
    }));
    const shares =
      campaigns.length > 1
        ? shareAgents(
            floor.map((agent) => ({ agent, serves })),
            claims,
          )
        : [floor];
    for (const [index, campaign] of campaigns.entries()) campaign.dial(now, shares[index] ?? []);
  }
  return campaigns.map(({ counted }) => counted);
}

/** The same with one campaign. */
export function play(pacer: Pacer, given: Played): Counted {
  return playShared([pacer], given)[0] as Counted;
}
