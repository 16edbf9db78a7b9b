/**
 * A day of calls as Asterisk and the engine would have written it: the text of cel.csv, queue_log and
 * decisions.ndjson. What happens is drawn from a seed; nothing of the engine's code is used but the call's id.
 */
import { callIdOf } from "../../apps/engine/call-id.ts";

export interface Cast {
  /** Keys as the dialplan knows them, phones as PJSIP does; ids are those of the rows. */
  readonly agents: readonly { id: string; phone: string }[];
  readonly queues: readonly { id: string; key: string }[];
  readonly lines: readonly { id: string; key: string; number: string; queueId: string }[];
}

export interface Written {
  readonly cel: string;
  readonly queueLog: string;
  readonly decisions: string;
}

/** A seeded source of chance (mulberry32). */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
  /** A whole number in [from, to]. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.roll() * (to - from + 1));
  }
  one<Thing>(things: readonly Thing[]): Thing {
    return things[this.whole(0, things.length - 1)] as Thing;
  }
  chance(of: number): boolean {
    return this.roll() < of;
  }
}

/** Around the borders of the wait buckets, where counting goes wrong. */
const EDGES = [0, 1, 4999, 5000, 5001, 9999, 10_000, 19_999, 20_000, 20_001, 29_999, 30_000, 60_000, 120_000];

/** Writes so many calls that arrive in [since, until); some of them never end. */
export function syntheticDay(cast: Cast, seed: number, count: number, since: number, until: number): Written {
  const pen = new Pen(cast, new Dice(seed));
  for (let each = 0; each < count; each++) pen.call(since, until);
  return pen.written();
}

interface Line {
  readonly at: number;
  readonly text: string;
}

class Pen {
  readonly #cast: Cast;
  readonly #dice: Dice;
  readonly #cel: Line[] = [];
  readonly #queue: Line[] = [];
  readonly #engine: Line[] = [];
  #serial = 0;

  constructor(cast: Cast, dice: Dice) {
    this.#cast = cast;
    this.#dice = dice;
  }

  written(): Written {
    const textOf = (lines: Line[]) =>
      lines
        .sort((a, b) => a.at - b.at)
        .map(({ text }) => `${text}\n`)
        .join("");
    return { cel: textOf(this.#cel), queueLog: textOf(this.#queue), decisions: textOf(this.#engine) };
  }

  call(since: number, until: number): void {
    const at = since + this.#dice.whole(0, until - since - 1);
    const serial = this.#serial++;
    const story = new Story(this.#cast, this.#dice, at, `dozvon-${Math.floor(at / 1000)}.${serial}`, {
      cel: (line) => this.#cel.push(line),
      queue: (line) => this.#queue.push(line),
      engine: (line) => this.#engine.push(line),
    });
    if (this.#dice.chance(0.12)) story.colleagues();
    else story.customer();
  }
}

interface Sink {
  cel(line: Line): void;
  queue(line: Line): void;
  engine(line: Line): void;
}

/** One call. `t` is the time so far. */
class Story {
  readonly #cast: Cast;
  readonly #dice: Dice;
  readonly #linkedId: string;
  readonly #sink: Sink;
  readonly #call: string;
  #t: number;
  #legs = 0;
  #bridges = 0;
  #account = "";

  constructor(cast: Cast, dice: Dice, at: number, linkedId: string, sink: Sink) {
    this.#cast = cast;
    this.#dice = dice;
    this.#t = at;
    this.#linkedId = linkedId;
    this.#sink = sink;
    this.#call = callIdOf(linkedId);
  }

  /** A customer calls a line: closed, unknown, or to be distributed with or without the engine. */
  customer(): undefined {
    const dice = this.#dice;
    const line = dice.one(this.#cast.lines);
    const unknown = dice.chance(0.03);
    this.#account = unknown ? "" : line.key;
    const trunk = { name: "PJSIP/t1-0000000a", uniqueId: this.#linkedId };
    this.#cel("CHAN_START", trunk, { context: "from-trunk", exten: line.number });
    const owner = dice.chance(0.3) ? dice.one(this.#cast.agents).id : undefined;
    const alone = !unknown && dice.chance(0.1);
    if (alone) this.#cel("USER_DEFINED", trunk, { userEvent: "FALLBACK", extra: { extra: line.key } });
    else {
      const known = unknown ? {} : { lineId: line.id, queue: line.queueId };
      this.#decide("CallArrived", {
        channel: this.#linkedId,
        from: "+79160000001",
        ownerId: owner,
        ...known,
      });
    }
    if (unknown) return this.#refuse(trunk, "not_in_service", 1);
    if (!alone && dice.chance(0.08)) return this.#refuse(trunk, "out_of_hours", 16);
    const queue = this.#cast.queues.find((each) => each.id === line.queueId) as Cast["queues"][number];
    this.#distribute(trunk, alone, queue, owner);
  }

  #distribute(
    trunk: Channel,
    alone: boolean,
    queue: Cast["queues"][number],
    owner: string | undefined,
  ): undefined {
    const dice = this.#dice;
    const rounds = alone ? 0 : dice.whole(0, 2);
    for (let round = 0; round < rounds; round++) {
      const agent = round === 0 && owner ? this.#agent(owner) : dice.one(this.#cast.agents);
      this.#decide("AgentOffered", { agent: agent.id, queue: queue.id });
      const end = dice.roll();
      if (end < 0.45)
        return this.#answer(trunk, agent, dice.chance(0.4) ? dice.one(EDGES) : dice.whole(0, 25_000));
      if (end < 0.6)
        return this.#giveUp(trunk, agent, dice.chance(0.5) ? dice.one(EDGES) : dice.whole(0, 90_000));
      this.#ring(agent, dice.whole(1000, 20_000), 16);
      this.#decide("OfferEnded", { agent: agent.id });
    }
    if (dice.chance(0.15)) return this.#refuse(trunk, "no_answer", 19);
    let waits = queue;
    if (!alone) this.#decide("CallQueued", { queue: queue.id });
    this.#log(waits.key, "NONE", "ENTERQUEUE||+79160000001|1");
    if (dice.chance(0.15)) {
      this.#t += dice.whole(2000, 40_000);
      waits = dice.one(this.#cast.queues);
      this.#decide("CallQueued", { queue: waits.id });
      this.#log(waits.key, "NONE", "ENTERQUEUE||+79160000001|1");
    }
    const end = dice.roll();
    if (end < 0.55) {
      this.#t += dice.whole(0, 60_000);
      return this.#answer(trunk, dice.one(this.#cast.agents), dice.whole(500, 9000));
    }
    if (end < 0.85)
      return this.#giveUp(trunk, undefined, dice.chance(0.5) ? dice.one(EDGES) : dice.whole(0, 200_000));
    if (end < 0.9) return this.#lost(trunk);
    if (end < 0.94) return; // Waits still.
    this.#t += dice.whole(5000, 90_000);
    if (end < 0.97) return this.#over(trunk, [], 34);
    this.#refuse(trunk, "no_answer", 19);
  }

  /** One colleague dials another; answered or not. */
  colleagues(): undefined {
    const dice = this.#dice;
    const [by, to] = [dice.one(this.#cast.agents), dice.one(this.#cast.agents)];
    const own = { name: `PJSIP/${by.phone}-0000000b`, uniqueId: this.#linkedId };
    this.#account = "internal";
    this.#cel("CHAN_START", own, { context: "from-agent", exten: "101" });
    this.#decide("CallArrived", { channel: this.#linkedId, type: "internal" });
    this.#decide("AgentOffered", { agent: to.id });
    if (dice.chance(0.3)) return this.#giveUp(own, to, dice.whole(0, 30_000));
    this.#answer(own, to, dice.whole(200, 20_000));
  }

  /** The agent picks up after `ringMs`; then the talk, with what can happen in it. */
  #answer(first: Channel, agent: Cast["agents"][number], ringMs: number): undefined {
    const dice = this.#dice;
    const leg = this.#start(agent.phone);
    this.#t += ringMs;
    this.#cel("ANSWER", leg);
    this.#cel("ANSWER", first);
    this.#join(leg, first);
    const end = dice.roll();
    if (end < 0.04) return; // Talks still.
    this.#t += dice.whole(1, dice.chance(0.05) ? 4 * 3_600_000 : 400_000);
    if (end < 0.08) return this.#lost(first);
    if (end < 0.2) return this.#transfer(first, leg);
    if (end < 0.28) return this.#consult(first, leg, agent);
    this.#over(first, [leg], 16);
    this.#wrapUp(leg);
  }

  /** The customer goes to music and then to another agent; the first one is gone. */
  #transfer(first: Channel, leg: Channel): undefined {
    this.#cel("BLINDTRANSFER", leg, { extra: { extension: "102" } });
    this.#leave(leg);
    this.#leave(first);
    this.#cel("HANGUP", leg, { extra: { hangupcause: 16 } });
    this.#t += this.#dice.whole(500, 8000);
    const other = this.#start(this.#dice.one(this.#cast.agents).phone);
    this.#t += this.#dice.whole(500, 8000);
    this.#cel("ANSWER", other);
    this.#join(other, first);
    this.#t += this.#dice.whole(1000, 200_000);
    this.#over(first, [other], 16);
    this.#wrapUp(other);
  }

  /** The agent asks a colleague on a second channel of the same phone, comes back, and goes on. */
  #consult(first: Channel, leg: Channel, agent: Cast["agents"][number]): undefined {
    const [mine, theirs] = [this.#start(agent.phone), this.#start(this.#dice.one(this.#cast.agents).phone)];
    this.#leave(leg);
    this.#t += this.#dice.whole(500, 5000);
    this.#cel("ANSWER", mine);
    this.#cel("ANSWER", theirs);
    this.#join(mine, theirs);
    this.#t += this.#dice.whole(500, 30_000);
    for (const each of [mine, theirs]) this.#cel("HANGUP", each, { extra: { hangupcause: 16 } });
    this.#cel("BRIDGE_ENTER", leg, { extra: { bridge_id: `${this.#linkedId}-1` } });
    this.#t += this.#dice.whole(1000, 60_000);
    if (this.#dice.chance(0.5)) this.#cel("ATTENDEDTRANSFER", leg, { extra: {} });
    this.#over(first, [leg], 16);
    this.#wrapUp(leg);
  }

  #giveUp(first: Channel, agent: Cast["agents"][number] | undefined, afterMs: number): undefined {
    const leg = agent && this.#start(agent.phone);
    this.#t += afterMs;
    this.#over(first, leg ? [leg] : [], 16);
  }

  #ring(agent: Cast["agents"][number], ms: number, cause: number): void {
    const leg = this.#start(agent.phone);
    this.#t += ms;
    this.#cel("HANGUP", leg, { extra: { hangupcause: cause } });
  }

  #refuse(first: Channel, ending: string, cause: number): undefined {
    if (ending !== "not_in_service") this.#decide("CallRefused", {});
    this.#t += this.#dice.whole(1, 300);
    this.#cel("USER_DEFINED", first, { userEvent: "ENDING", extra: { extra: ending } });
    this.#t += this.#dice.whole(0, 4000);
    this.#over(first, [], cause);
  }

  /** Asterisk died: no more lines of its own. */
  #lost(_first: Channel): undefined {
    this.#t += this.#dice.whole(1000, 9000);
    this.#decide("CallLost", {});
  }

  #over(first: Channel, legs: readonly Channel[], cause: number): undefined {
    for (const each of [first, ...legs]) this.#cel("HANGUP", each, { extra: { hangupcause: cause } });
    this.#cel("LINKEDID_END", first);
  }

  /** Sometimes; and sometimes it is never completed. */
  #wrapUp(leg: Channel): void {
    const agent = this.#cast.agents.find(({ phone }) => leg.name.startsWith(`PJSIP/${phone}-`));
    if (this.#dice.chance(0.4)) return;
    this.#decide("WrapUpStarted", { agent: agent?.id });
    if (this.#dice.chance(0.04)) return;
    this.#t += this.#dice.whole(1, 90_000);
    this.#decide("WrapUpEnded", { agent: agent?.id, how: "completed" });
  }

  #start(phone: string): Channel {
    const serial = ++this.#legs;
    const leg = { name: `PJSIP/${phone}-000000${10 + serial}`, uniqueId: `${this.#linkedId}00${serial}` };
    this.#cel("CHAN_START", leg, { context: "from-agent" });
    return leg;
  }

  #join(...channels: Channel[]): void {
    const bridge = `${this.#linkedId}-${++this.#bridges}`;
    for (const each of channels) this.#cel("BRIDGE_ENTER", each, { extra: { bridge_id: bridge } });
  }

  #leave(channel: Channel): void {
    this.#cel("BRIDGE_EXIT", channel, { extra: { bridge_id: `${this.#linkedId}-${this.#bridges}` } });
  }

  #agent(id: string): Cast["agents"][number] {
    return this.#cast.agents.find((each) => each.id === id) as Cast["agents"][number];
  }

  #cel(kind: string, { name, uniqueId }: Channel, more: CelMore = {}): void {
    const { exten = "", context = "", userEvent = "", extra } = more;
    const time = `${Math.floor(this.#t / 1000)}.${String(this.#t % 1000).padStart(3, "0")}000`;
    const account = uniqueId === this.#linkedId ? this.#account : "";
    const caller = kind === "CHAN_START" ? "+79160000001" : "";
    const fields = [kind, time, name, uniqueId, this.#linkedId, exten, context, "", caller, "", "", account];
    const rest = ["", "", "", userEvent, extra ? JSON.stringify(extra) : ""];
    const text = [...fields, ...rest].map((field) => `"${field.replaceAll('"', '""')}"`).join(",");
    this.#sink.cel({ at: this.#t, text });
  }

  #log(queue: string, agent: string, rest: string): void {
    const seconds = Math.floor(this.#t / 1000);
    this.#sink.queue({ at: seconds, text: `${seconds}|${this.#linkedId}|${queue}|${agent}|${rest}` });
  }

  #decide(kind: string, more: object): void {
    this.#sink.engine({
      at: this.#t,
      text: JSON.stringify({ kind, at: this.#t, call: this.#call, ...more }),
    });
  }
}

interface Channel {
  readonly name: string;
  readonly uniqueId: string;
}

interface CelMore {
  readonly exten?: string;
  readonly context?: string;
  readonly userEvent?: string;
  readonly extra?: object;
}
