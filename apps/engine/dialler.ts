/**
 * The dialler: every second, and soon after anything that matters, each running campaign's pacer says how many to dial.
 *
 *   floor ─▶ view ─▶ pacer ─▶ take (one transaction: gate, attempts' rows) ─▶ attemptsCommitted ─▶ core ─▶ originate
 *     ▲                                                                                              │
 *     └──────────────────────── what becomes of it: Asterisk's record, the floor ◀───────────────────┘
 *
 * Without the database nothing is taken, so nobody is dialled; without Asterisk nothing is asked for.
 */
import { randomInt } from "node:crypto";
import { freeFor } from "../core/dialling/agents.ts";
import type { Campaign } from "../core/dialling/campaign.ts";
import type { Taken } from "../core/dialling/floor.ts";
import type { PacingView } from "../core/dialling/pacer.ts";
import { scoreClass } from "../core/dialling/pacing.ts";
import { roomFor, shownFor, trunkOf, turnOf } from "../core/dialling/trunks.ts";
import { viewsOf } from "../core/dialling/view.ts";
import { ONE_FOR_ONE, whyIdle } from "../core/dialling/why-idle.ts";
import { zonesOf } from "../core/dialling/zones.ts";
import type { Effect } from "../core/effects.ts";
import type { DomainEvent } from "../core/events.ts";
import { DIALLED } from "../core/records/attempt.ts";
import { localTime } from "../core/routing/wall-clock.ts";
import type { ClosedCall } from "../store/intake.ts";
import type { Taken as TakenRow } from "../store/take.ts";
import { Arrivals } from "./dialler/arrivals.ts";
import { CampaignCounts } from "./dialler/counts.ts";
import { PacersEars } from "./dialler/heard.ts";
import { Limit } from "./dialler/limit.ts";
import type { Decided, DiallerPorts } from "./dialler/ports.ts";
import { type PreviewDeeds, Previews } from "./dialler/previews.ts";
import { QuietTrunks } from "./dialler/quiet-trunks.ts";
import { CampaignRun } from "./dialler/run.ts";
import { createSettling, type Settling } from "./dialler/settling.ts";
import { Teams } from "./dialler/teams.ts";

const TICK_MS = 1000;
/** What happens within this time is thought about once. */
const SOON_MS = 100;
const SNAPSHOT_MS = 10_000;
const SWEEP_MS = 15_000;
const END_MS = 5000;
const HOUR_MS = 3_600_000;

export class Dialler {
  readonly #ports: DiallerPorts;
  readonly #runs = new Map<Campaign["id"], CampaignRun>();
  readonly #ears: PacersEars;
  readonly #settling: Settling;
  readonly #arrivals: Arrivals;
  readonly #counts: CampaignCounts;
  readonly #previews: Previews;
  readonly #teams: Teams;
  readonly #limit: Limit;
  readonly #quiet: QuietTrunks;
  readonly #timers: NodeJS.Timeout[] = [];
  #soon: NodeJS.Timeout | undefined;
  #snapshots = new Map<string, unknown>();
  #loading: Promise<void> = Promise.resolve();

  constructor(ports: DiallerPorts) {
    this.#ports = ports;
    this.#ears = new PacersEars(ports.floor, this.#runs);
    this.#settling = createSettling(ports);
    this.#arrivals = new Arrivals(Date.now());
    this.#counts = new CampaignCounts(ports);
    this.#quiet = new QuietTrunks(ports);
    this.#previews = new Previews({ ...ports, store: ports.previews });
    this.#teams = new Teams(ports);
    this.#limit = new Limit(ports.store);
  }

  /** After a restart, when the floor is rebuilt: campaigns go on by themselves. @throws when the database is away */
  async recover(): Promise<void> {
    this.#snapshots = new Map(await this.#ports.store.snapshots());
    await this.#load();
    await this.#settling.recover();
    await this.#limit.recover(this.#campaigns(), Date.now());
    this.#ears.recovered(this.#ports.floor().attempts.values());
    await this.#previews.recover();
  }

  /** From now on agents of preview campaigns are shown whom they may call. */
  open(deeds: PreviewDeeds): void {
    this.#previews.open(deeds);
  }

  /** Somebody who was shown is called or skipped. */
  previewOver(id: string): void {
    this.#previews.over(id);
    this.#stepSoon();
  }

  /** From now on it dials. */
  start(): void {
    const { log, store } = this.#ports;
    const every = (ms: number, what: string, work: () => unknown): void => {
      const run = async (): Promise<void> => void (await work());
      const failed = (error: unknown) => log.warn({ error: String(error) }, what);
      this.#timers.push(setInterval(() => run().catch(failed), ms));
    };
    every(TICK_MS, "Campaigns were not thought about.", () => this.#step());
    every(TICK_MS, "Carriers that say nothing were not looked for.", () => this.#quiet.look(Date.now()));
    every(SNAPSHOT_MS, "What the pacers know was not kept.", () => this.#save());
    every(SWEEP_MS, "Attempts that were left behind are looked for again.", () => this.#settling.sweep());
    every(END_MS, "Campaigns that are through are looked for again.", async () => {
      await this.#limit.measure(this.#campaigns(), Date.now());
      if (this.#runs.size > 0 && (await store.endCampaigns(Date.now()))) await this.changed();
    });
  }

  /** Campaigns' rows have changed, or their lists have. */
  changed(): Promise<void> {
    this.#loading = this.#loading.then(
      () => this.#load(),
      () => this.#load(),
    );
    return this.#loading;
  }

  /** Asterisk is there, or there again. */
  connected(): void {
    this.#teams.connected();
  }

  /** Everything that happens on the floor. */
  heard(event: DomainEvent): void {
    this.#teams.changed();
    this.#arrivals.hear(event);
    if (event.kind === "AttemptDialled") this.#placed(event.attempt, event.trunkKey);
    if (this.#ears.hear(event)) this.#stepSoon();
  }

  /** A campaign that was thought about a moment ago is thought about as soon as it may be, not at the next tick. */
  #stepSoon(ms = SOON_MS): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      const left = this.#step();
      if (left !== undefined && left < TICK_MS) this.#stepSoon(left);
    }, ms);
  }

  /** Calls whose record is complete. */
  closed(calls: readonly ClosedCall[]): void {
    this.#settling.closed(calls);
  }

  settle({ attempt, ending, at }: Extract<Effect, { kind: "settleAttempt" }>): void {
    this.#settling.settle(attempt, ending, at);
  }

  /** Keeps what the pacers know; nothing is dialled any more. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#soon);
    await this.#teams.stop();
    await this.#save().catch(() => {});
  }

  async #load(): Promise<void> {
    const campaigns = await this.#ports.store.campaigns();
    const known = new Set(campaigns.map(({ id }) => id));
    for (const [id, run] of this.#runs) {
      if (known.has(id)) continue;
      // It may be started again, and has forgotten nothing then.
      this.#snapshots.set(id, run.snapshot());
      this.#runs.delete(id);
    }
    for (const campaign of campaigns) {
      const run = this.#runs.get(campaign.id);
      run?.change(campaign);
      run?.listChanged();
      if (!run) this.#runs.set(campaign.id, new CampaignRun(campaign, this.#snapshots.get(campaign.id)));
    }
    this.#previews.changed();
    this.#ports.hear({ kind: "campaignsLoaded", at: Date.now(), campaigns });
  }

  /** @returns in how many milliseconds the first of those may be thought about for whom it was too early */
  #step(): number | undefined {
    const { hear, ready } = this.#ports;
    const floor = this.#ports.floor();
    const at = Date.now();
    this.#counts.tell(this.#campaigns());
    if (!ready()) return undefined;
    void this.#previews.step();
    const runs = [...this.#runs.values()].filter(({ campaign: { state } }) => state === "running");
    const all = runs.reduce((sum, { taking }) => sum + taking, 0);
    const outlooks = runs.map((run) => ({
      campaign: run.campaign,
      pHat: run.explain().pHat,
      windowEnd: windowEnd(run.campaign, at),
      room: roomFor(floor, run.campaign, at, { own: run.taking, all }),
      listEmpty: run.isListEmpty(at),
    }));
    const arrivals = (queue: string) => this.#arrivals.of(queue, at);
    const views = viewsOf(floor, outlooks, at, arrivals, this.#previews.looking());
    let reserved = 0;
    let left: number | undefined;
    for (const [place, run] of runs.entries()) {
      const view = views[place];
      if (!view) continue;
      const dueIn = run.dueIn(at);
      const over = this.#limit.isOver(run.campaign.id);
      if (dueIn !== 0) {
        run.pacer.tick(view);
        if (run.isListEmpty(at)) this.#idle(run, view, at, over);
        left = Math.min(left ?? TICK_MS, dueIn ?? TICK_MS);
        continue;
      }
      const room = Math.max(0, (view.room ?? 0) - reserved);
      const { dial, shed } = run.decide({ ...view, room }, at, over);
      reserved += dial;
      if (shed.length > 0)
        hear({
          kind: "attemptsUnwanted",
          at,
          attempts: shed.map(String),
          why: "shed",
          text: "too many of the calls in flight would be answered at once",
        });
      const why = whyDialled(run, over);
      if (shed.length > 0) this.#decided(run, at, { dialled: 0, shed: shed.length, because: why });
      if (dial > 0) void this.#take(run, dial, why);
      else if (shed.length === 0) this.#idle(run, { ...view, room }, at, over);
    }
    return left;
  }

  /** Rows first, then the dials (law L4). */
  async #take(run: CampaignRun, most: number, because: object): Promise<void> {
    const { store, hear, log, floor } = this.#ports;
    const { campaign } = run;
    /** How often each number was tried before. */
    const tries = new Map<string, number>();
    run.taking = most;
    try {
      const rows = await store.take({
        campaign: campaign.id,
        most,
        agents: freeFor(floor(), campaign).map(({ id }) => id),
        nextId: (number) => {
          const minted = this.#mint(campaign, number);
          tries.set(minted.id, number.attempt);
          return minted;
        },
      });
      const at = Date.now();
      if (rows.length === 0) run.listEmpty(at);
      else {
        run.busy();
        this.#decided(run, at, { dialled: rows.length, shed: 0, because });
        hear({
          kind: "attemptsCommitted",
          at,
          campaign: campaign.id,
          attempts: rows.map((row) => takenOf(row, tries.get(row.id) ?? 0, at)),
        });
      }
    } catch (error) {
      run.listEmpty(Date.now());
      log.warn(
        { error: String(error), campaign: campaign.name },
        "Nobody was taken from the list; nobody is dialled.",
      );
    } finally {
      run.taking = 0;
    }
  }

  /** The names of an attempt, and the number that is shown: the pool's next for this number. */
  #mint(campaign: Campaign, { phone, attempt }: { phone: string; attempt: number }) {
    const floor = this.#ports.floor();
    const at = Date.now();
    const id = `${DIALLED}${Math.floor(at / 1000)}.${randomInt(1e9)}`;
    const trunk = trunkOf(floor, campaign, at);
    const line = floor.lines.get(campaign.lineId);
    const callerNumber = trunk && shownFor(trunk, campaign, line, turnOf(phone, attempt));
    return { id, callId: this.#ports.callIdOf(id), callerNumber };
  }

  #placed(attempt: string, trunkKey: string): void {
    this.#ports.store.placed(attempt, trunkKey).catch((error: unknown) => {
      this.#ports.log.warn({ error: String(error), attempt }, "An attempt is marked as placed when it ends.");
    });
  }

  #decided(run: CampaignRun, at: number, decision: Pick<Decided, "dialled" | "shed" | "because">): void {
    this.#ports.store.decided({ campaign: run.campaign.id, at, ...decision }).catch((error: unknown) => {
      this.#ports.log.warn({ error: String(error) }, "Why so many were dialled was not kept.");
    });
  }

  /** A reason to dial nobody that stands is a decision too. */
  #idle(run: CampaignRun, view: PacingView, at: number, over: boolean): void {
    const why = whyIdle(this.#ports.floor(), run.campaign, view, { over, listEmpty: run.isListEmpty(at) });
    if (!run.idle(why, at)) return;
    const because = { ...run.explain(), ...why };
    const { store, log } = this.#ports;
    const telling =
      why.code === "nobody-due" ? store.listBlocked(run.campaign, at) : Promise.resolve(undefined);
    telling
      .then((list) => this.#decided(run, at, { dialled: 0, shed: 0, because: { ...because, ...list } }))
      .catch((error: unknown) => log.warn({ error: String(error) }, "Why nobody was dialled was not kept."));
  }

  #campaigns(): Campaign[] {
    return [...this.#runs.values()].map(({ campaign }) => campaign);
  }

  async #save(): Promise<void> {
    for (const [id, run] of this.#runs)
      if (run.campaign.mode !== "agentless") await this.#ports.store.saveSnapshot(id, run.snapshot());
  }
}

function whyDialled(run: CampaignRun, over: boolean): object {
  const because = run.explain();
  const only = over || because.guard ? { code: "one-for-one", text: ONE_FOR_ONE } : {};
  return { ...because, ...only };
}

/** When the window ends in which the pacer counts: windows follow each other from the campaign's start. */
function windowEnd({ startedAt = 0, policy }: Campaign, at: number): number {
  const length = policy.abandonment.windowHours * HOUR_MS;
  return startedAt + (Math.floor(Math.max(0, at - startedAt) / length) + 1) * length;
}

/** @param tries how often the number was tried before */
function takenOf(row: TakenRow, tries: number, at: number): Taken {
  const { id, callId: call, phone: number, contactId, agentId, score } = row;
  const hour = Math.floor(localTime(zonesOf(number)[0] ?? "UTC", at).minute / 60);
  return {
    ...{ id, call, number, contactId: contactId ?? undefined, agentId: agentId ?? undefined },
    cls: scoreClass({ attempt: tries + 1, hour, score: score ?? undefined }),
    turn: turnOf(number, tries),
  };
}
