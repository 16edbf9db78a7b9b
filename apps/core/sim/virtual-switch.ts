/**
 * Asterisk in virtual time: carries out what the core decides, and tells the core what came of it, in the words in
 * which the real one is heard (apps/asterisk/hears.ts). It decides nothing itself but what Queue() decides.
 *
 *   arrival ─▶ core ─▶ offer ── rings ──▶ talk ─▶ gone
 *               ▲        │ in vain │        ▲
 *               └────────┘         │        │
 *               └─▶ queue ── VirtualQueue ──┘ ── too long ─▶ core ─▶ ending
 *   and at any moment before the talk: the caller's patience is over.
 */
import { decide } from "../decide.ts";
import type { Effect, Step } from "../effects.ts";
import type { Ending } from "../ending.ts";
import { type AgentId, type AgentState, emptyFloor, type Floor, type Millis, type Queue } from "../floor.ts";
import type { Input } from "../inputs.ts";
import type { DayCall } from "../records/day.ts";
import type { Agenda } from "./agenda.ts";
import { type Dice, dice } from "./dice.ts";
import type { Outcome } from "./outcome.ts";
import type { People } from "./people.ts";
import { type Phone, Phones } from "./phones.ts";
import type { Rows } from "./rows.ts";
import { type Entry, VirtualQueue } from "./virtual-queue.ts";

export interface SwitchTiming {
  /** How often a caller in Queue() looks whether it is their turn; 0: an agent is handed over at once. */
  readonly recheckMs: number;
  /** How long a nudge of the engine takes until the caller's look (agents/freed.ts), on a day that does not tell. */
  readonly nudgeMs: number;
  /** How long an arrival prompt plays, on a day that does not tell. */
  readonly promptMs: number;
}

/** app_queue's RECHECK is one second; a nudge as `npm run bench -- queue` measures it. */
export const ASTERISK_TIMING: SwitchTiming = { recheckMs: 1000, nudgeMs: 15, promptMs: 4000 };

/** A call that is going on. */
interface Live {
  readonly call: DayCall;
  readonly lineKey: string;
  readonly promptMs: number;
  phase: "deciding" | "ringing" | "waiting" | "talking" | "gone";
  /** The phone that rings. */
  phone?: Phone | undefined;
  place?: { readonly queue: VirtualQueue; readonly entry: Entry } | undefined;
  /** How often each agent's phone rang. */
  readonly rang: Map<AgentId, number>;
  draws: number;
  /** Where the dialplan has been sent to so far. */
  steps: number;
}

/** What an ending in the dialplan is in the record. */
const ENDINGS: Readonly<Record<string, Ending>> = {
  "out-of-hours": "out_of_hours",
  "not-in-service": "not_in_service",
  unavailable: "unavailable",
};

export class VirtualSwitch {
  readonly floor: Floor = emptyFloor();
  readonly outcomes: Outcome[] = [];
  readonly #agenda: Agenda;
  readonly #people: People;
  readonly #dice: Dice;
  readonly #timing: SwitchTiming;
  readonly #phones: Phones;
  readonly #queues = new Map<string, VirtualQueue>();
  readonly #calls = new Map<string, Live>();

  constructor(rows: Rows, agenda: Agenda, people: People, seed: number, timing: SwitchTiming) {
    this.#agenda = agenda;
    this.#people = people;
    this.#dice = dice(seed);
    this.#timing = timing;
    this.#phones = new Phones(rows.agents, (phone, device) =>
      this.#hear({ kind: "deviceChanged", at: agenda.now, phone: phone.name, device }),
    );
    for (const queue of rows.queues) this.#addQueue(queue);
    this.#hear({ kind: "settingsLoaded", at: agenda.now, ...rows });
  }

  #addQueue({ key, strategy, answerSeconds, agents, penalties }: Queue): void {
    const members = agents.flatMap((id) => this.#phones.of(id) ?? []);
    const rules = { strategy, answerMs: answerSeconds * 1000, members, penalties };
    const deeds = {
      ring: (entry: Entry, phone: Phone, limitMs: number) => this.#ringFrom(queue, entry, phone, limitMs),
      timedOut: (entry: Entry) => this.#queueLeft(entry, key),
    };
    const queue = new VirtualQueue(rules, this.#agenda, deeds, this.#dice, this.#timing.recheckMs);
    this.#queues.set(key, queue);
    for (const phone of members) phone.queues.push(queue);
  }

  /** A customer calls. */
  arrive(call: DayCall, lineKey: string, promptMs: number): void {
    const live: Live = { call, lineKey, promptMs, phase: "deciding", rang: new Map(), draws: 0, steps: 0 };
    this.#calls.set(call.id, live);
    const patience = this.#people.patience(call);
    if (Number.isFinite(patience)) this.#agenda.plan(call.arrivedAt + patience, () => this.#giveUp(live));
    const { from, contactId, ownerId } = call;
    const contact = contactId === undefined ? undefined : { id: contactId, ownerId };
    this.#hear({ kind: "callerArrived", ...this.#asked(live), from, contact });
  }

  /** An agent chooses a state. */
  chooseState(agent: AgentId, state: AgentState): void {
    this.#hear({ kind: "stateChosen", at: this.#agenda.now, agent, state });
  }

  /** An agent's phone is used for something that is not a customer's call of this day. */
  occupy(agent: AgentId, until: Millis): void {
    const phone = this.#phones.of(agent);
    if (!phone) return;
    this.#phones.use(phone, "busy");
    this.#agenda.plan(until, () => this.#phones.release(phone));
  }

  /** The engine's loop (apps/engine/engine.ts) without its journal and its listeners. */
  #hear(input: Input): void {
    for (const effect of decide(this.floor, input).effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case "pauseMember": {
        const phone = this.#phones.named(effect.phone);
        if (phone) this.#phones.pause(phone, effect.paused);
        break;
      }
      case "continue": {
        const live = this.#calls.get(effect.call);
        if (live) this.#carry(live, effect.step);
        break;
      }
      case "nudge": {
        const place = this.#calls.get(effect.call)?.place;
        if (place)
          this.#agenda.plan(this.#agenda.now + this.#timing.nudgeMs, () => place.queue.nudge(place.entry));
        break;
      }
      case "wake":
        this.#agenda.plan(effect.at, () => this.#hear({ ...effect.input, at: this.#agenda.now }));
        break;
    }
  }

  #carry(live: Live, step: Step): void {
    live.steps++;
    switch (step.kind) {
      case "offer":
        this.#offer(live, step.phone, step.seconds * 1000);
        break;
      case "queue":
        this.#enqueue(live, step.key, step.seconds * 1000, step.priority);
        break;
      case "welcome":
        this.#askAfter(live, live.promptMs, "welcomed");
        break;
      case "await-owner":
        this.#askAfter(live, step.seconds * 1000, "ownerAwaited");
        break;
      case "external":
        // Who answers outside is nobody of ours, and what became of it there is not known.
        this.#end(live, "answered");
        break;
      case "ending":
        this.#end(live, ENDINGS[step.name] ?? "no_answer");
        break;
    }
  }

  /** A step that only takes time; it is over early when the core moves the call on, or the caller has gone. */
  #askAfter(live: Live, ms: number, kind: "welcomed" | "ownerAwaited"): void {
    const { steps } = live;
    this.#agenda.plan(this.#agenda.now + ms, () => {
      if (live.phase !== "gone" && live.steps === steps) this.#hear({ kind, ...this.#asked(live) });
    });
  }

  /** Dial() of one agent (dialplan/50-offer.conf). */
  #offer(live: Live, name: string, limitMs: number): void {
    const phone = this.#phones.named(name);
    const ended = (result: string): void =>
      this.#hear({ kind: "offerEnded", ...this.#asked(live), phone: name, result });
    // Somebody else holds the agent's lock (law L7), or there is no such phone.
    if (!phone || phone.inUse > 0) this.#agenda.plan(this.#agenda.now, () => ended("CHANUNAVAIL"));
    else this.#ring(live, phone, limitMs, (refused) => ended(refused ? "BUSY" : "NOANSWER"));
  }

  #enqueue(live: Live, key: string, limitMs: number, priority: number): void {
    const queue = this.#queues.get(key);
    if (queue) {
      live.phase = "waiting";
      live.place = { queue, entry: queue.join(live.call.id, limitMs, priority) };
    } else this.#end(live, "failed");
  }

  #ringFrom(queue: VirtualQueue, entry: Entry, phone: Phone, limitMs: number): void {
    const live = this.#calls.get(entry.call);
    if (!live) return;
    const about = { call: entry.call, phone: phone.name };
    this.#hear({ kind: "phoneCalled", at: this.#agenda.now, ...about });
    this.#ring(live, phone, limitMs, (refused) => {
      live.phase = "waiting";
      this.#hear({ kind: "talkEnded", at: this.#agenda.now, ...about });
      queue.ringEnded(entry, phone, refused);
    });
  }

  /** A phone rings until it is answered, refused, let ring for too long, or the caller has gone. */
  #ring(live: Live, phone: Phone, limitMs: number, inVain: (refused: boolean) => void): void {
    const attempt = live.rang.get(phone.agent) ?? 0;
    const { afterMs, answers } = this.#people.reaction(live.call, phone.agent, attempt);
    live.rang.set(phone.agent, attempt + 1);
    live.phase = "ringing";
    live.phone = phone;
    this.#phones.use(phone, "ringing");
    const reacts = afterMs < limitMs;
    this.#agenda.plan(this.#agenda.now + Math.min(afterMs, limitMs), () => {
      if (live.phone !== phone) return;
      live.phone = undefined;
      if (reacts && answers) {
        this.#talk(live, phone);
        return;
      }
      live.phase = "deciding";
      this.#phones.release(phone);
      inVain(reacts);
    });
  }

  #talk(live: Live, phone: Phone): void {
    const { call } = live;
    const about = { call: call.id, phone: phone.name };
    const since = this.#agenda.now;
    const talkMs = this.#people.talkMs(call);
    live.phase = "talking";
    live.place?.queue.leave(live.place.entry);
    this.#hear({ kind: "talkStarted", at: since, ...about });
    this.#agenda.plan(since + talkMs, () => {
      this.#hear({ kind: "talkEnded", at: this.#agenda.now, ...about });
      const wrapUpMs = this.#wrapUp(call, phone.agent);
      this.#note(call, "answered", since, { agentId: phone.agent, talkMs, wrapUpMs });
      this.#gone(live);
      if (live.place) phone.lastCall = Math.floor(this.#agenda.now / 1000);
      this.#phones.release(phone);
    });
  }

  /** If the core wants a wrap-up, the agent completes it in time or leaves it to its limit. */
  #wrapUp(call: DayCall, agent: AgentId): number {
    const { now } = this.#agenda;
    const held = this.floor.agents.get(agent)?.call;
    if (held?.id !== call.id || held.phase !== "wrap-up") return 0;
    const limitMs = (held.until ?? Number.POSITIVE_INFINITY) - now;
    const afterMs = this.#people.completesAfterMs(call, held.until !== undefined);
    if (afterMs < limitMs)
      this.#agenda.plan(now + afterMs, () =>
        this.#hear({ kind: "serviceCompleted", at: this.#agenda.now, call: call.id, agent }),
      );
    return Math.min(afterMs, limitMs);
  }

  /** The longest wait is over (D-44). */
  #queueLeft(entry: Entry, queueKey: string): void {
    const live = this.#calls.get(entry.call);
    if (!live) return;
    live.place?.queue.leave(entry);
    live.phase = "deciding";
    this.#hear({ kind: "queueLeft", ...this.#asked(live), queueKey, result: "TIMEOUT" });
  }

  #giveUp(live: Live): void {
    if (live.phase !== "talking" && live.phase !== "gone") this.#end(live, "abandoned");
  }

  #end(live: Live, ending: Ending): void {
    const { phone, place } = live;
    live.phone = undefined;
    place?.queue.leave(place.entry);
    this.#note(live.call, ending, this.#agenda.now, { talkMs: 0, wrapUpMs: 0 });
    this.#gone(live);
    if (phone) this.#phones.release(phone);
  }

  #gone(live: Live): void {
    live.phase = "gone";
    this.#calls.delete(live.call.id);
    this.#hear({ kind: "callGone", at: this.#agenda.now, call: live.call.id });
  }

  /** @param waitedUntil an agent's voice, or the end */
  #note(
    { lineId, arrivedAt }: DayCall,
    ending: Ending,
    waitedUntil: Millis,
    agents: Pick<Outcome, "agentId" | "talkMs" | "wrapUpMs">,
  ): void {
    this.outcomes.push({ lineId, arrivedAt, waitMs: waitedUntil - arrivedAt, ending, ...agents });
  }

  /** What comes with every question of the dialplan. */
  #asked(live: Live) {
    const { call, lineKey } = live;
    const draw = this.#dice("draw", call.id, live.draws++);
    return { at: this.#agenda.now, call: call.id, channel: call.id, lineKey, draw };
  }
}
