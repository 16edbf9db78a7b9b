/**
 * Asterisk's Queue() in virtual time, as far as its settings here reach (apps/app_queue.c, Asterisk 22;
 * asterisk-conf/generated/queues.conf.mustache).
 *
 * Each caller looks once per `recheckMs` whether it is their turn: whether fewer callers stand before them, not
 * counting those for whom a phone rings, than agents are available (`is_our_turn`). Instead of a look per second
 * and caller, a look is planned only when it can succeed: the first callers' next one after an agent became free.
 */
import type { AgentId, Millis, Strategy } from "../floor.ts";
import type { Agenda } from "./agenda.ts";
import type { Dice } from "./dice.ts";
import { isAvailable, type Phone } from "./phones.ts";

export interface QueueRules {
  readonly strategy: Strategy;
  readonly answerMs: number;
  readonly members: readonly Phone[];
  /** Members of a lower penalty are rung first; none: 0. */
  readonly penalties?: ReadonlyMap<AgentId, number> | undefined;
}

/** A caller in the queue. */
export interface Entry {
  readonly call: string;
  /** Higher goes before lower, whoever came first. */
  readonly priority: number;
  /** When the longest wait is over. */
  readonly expireAt: Millis;
  /** Looks come a whole number of `recheckMs` after this. */
  looksFrom: Millis;
  looking: boolean;
  /** A phone rings for this caller. */
  ringing: boolean;
  /** Where `linear` goes on (app_queue's `linpos`). */
  next: number;
  rings: number;
  gone: boolean;
}

/** What the queue needs of the switch around it. */
export interface QueueDeeds {
  /** Lets the phone ring; `ringEnded` must be called unless somebody answers or the caller leaves. */
  ring(entry: Entry, phone: Phone, limitMs: number): void;
  timedOut(entry: Entry): void;
}

/** `retry` in queues.conf: a caller whose agent let it ring waits this long. */
const RETRY_MS = 1000;
/** More than any other difference: app_queue's is a million, but its `lastcall` is relative. */
const PENALTY = 1e12;

export class VirtualQueue {
  readonly rules: QueueRules;
  readonly #agenda: Agenda;
  readonly #deeds: QueueDeeds;
  readonly #dice: Dice;
  readonly #recheckMs: number;
  readonly #entries: Entry[] = [];

  constructor(rules: QueueRules, agenda: Agenda, deeds: QueueDeeds, dice: Dice, recheckMs: number) {
    this.rules = rules;
    this.#agenda = agenda;
    this.#deeds = deeds;
    this.#dice = dice;
    this.#recheckMs = recheckMs;
  }

  join(call: string, waitMs: number, priority: number): Entry {
    const { now } = this.#agenda;
    const entry: Entry = {
      ...{ call, priority, expireAt: now + waitMs, looksFrom: now, looking: false, ringing: false },
      ...{ next: 0, rings: 0, gone: false },
    };
    const place = this.#entries.findIndex((other) => other.priority < priority);
    this.#entries.splice(place < 0 ? this.#entries.length : place, 0, entry);
    this.#agenda.plan(entry.expireAt, () => this.#expire(entry));
    this.#look(entry);
    return entry;
  }

  /** The caller is answered, hangs up, or has waited too long. */
  leave(entry: Entry): void {
    if (entry.gone) return;
    entry.gone = true;
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.wake();
  }

  /** The phone rang in vain. @param refused: another is tried at once, and not this one */
  ringEnded(entry: Entry, phone: Phone, refused: boolean): void {
    entry.ringing = false;
    entry.next = this.rules.members.indexOf(phone) + 1;
    if (this.#agenda.now >= entry.expireAt) this.#deeds.timedOut(entry);
    else if (refused && this.#ringBest(entry, phone)) return;
    else {
      entry.looksFrom = this.#agenda.now + RETRY_MS;
      this.#lookAgain(entry, entry.looksFrom);
    }
  }

  /** Somebody became available, or the order changed: the callers whose turn it may be look next time. */
  wake(): void {
    if (this.#entries.length === 0) return;
    let turns = this.#available();
    for (const entry of this.#entries) {
      if (turns === 0) return;
      if (entry.ringing) continue;
      turns--;
      if (!entry.looking) this.#lookAgain(entry, nextLook(entry, this.#agenda.now, this.#recheckMs));
    }
  }

  /** A digit, as if from the caller: they look at once, and every so often from then on. */
  nudge(entry: Entry): void {
    if (entry.gone || entry.ringing) return;
    entry.looksFrom = this.#agenda.now;
    this.#look(entry);
  }

  #lookAgain(entry: Entry, at: Millis): void {
    entry.looking = true;
    this.#agenda.plan(at, () => {
      entry.looking = false;
      if (!entry.gone && !entry.ringing) this.#look(entry);
    });
  }

  #look(entry: Entry): void {
    let turns = this.#available();
    for (const other of this.#entries) {
      if (turns <= 0) return;
      if (other === entry) break;
      if (!other.ringing) turns--;
    }
    if (turns > 0) this.#ringBest(entry);
  }

  #ringBest(entry: Entry, except?: Phone): boolean {
    const { now } = this.#agenda;
    if (now >= entry.expireAt) return false;
    let best: Phone | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [place, phone] of this.rules.members.entries()) {
      if (phone === except || !isAvailable(phone)) continue;
      const metric = this.#metric(entry, phone, place);
      if (metric < least) [best, least] = [phone, metric];
    }
    if (!best) return false;
    entry.ringing = true;
    entry.rings++;
    this.#deeds.ring(entry, best, Math.min(this.rules.answerMs, entry.expireAt - now));
    return true;
  }

  /** Who rings first: the least (`calc_metric`). */
  #metric(entry: Entry, phone: Phone, place: number): number {
    return (this.rules.penalties?.get(phone.agent) ?? 0) * PENALTY + this.#order(entry, phone, place);
  }

  #order(entry: Entry, phone: Phone, place: number): number {
    switch (this.rules.strategy) {
      case "sequential":
        return place < entry.next ? 1000 + place : place;
      case "random":
        return this.#dice("member", entry.call, entry.rings, phone.agent);
      case "most-idle":
        return phone.lastCall;
    }
  }

  #available(): number {
    let count = 0;
    for (const phone of this.rules.members) if (isAvailable(phone)) count++;
    return count;
  }

  /** A phone that rings then is given up by its own limit. */
  #expire(entry: Entry): void {
    if (!entry.gone && !entry.ringing) this.#deeds.timedOut(entry);
  }
}

function nextLook(entry: Entry, now: Millis, everyMs: number): Millis {
  if (everyMs === 0) return now;
  return entry.looksFrom + Math.ceil((now - entry.looksFrom) / everyMs) * everyMs;
}
