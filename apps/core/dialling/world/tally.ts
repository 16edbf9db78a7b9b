/** What a day in the dialler's world came to. Shares are between 0 and 1, times in seconds. */

/** A minute of the day. */
export interface Minute {
  /** Calls classified as live, and those of them that found nobody in time, by the moment of the answer. */
  answered: number;
  abandoned: number;
  /** Agent-seconds busy with customers, and signed in without breaks. */
  busy: number;
  present: number;
}

export interface DayResult {
  /** (Talk + wrap-up) / time signed in without breaks. */
  readonly utilisation: number;
  /** Classified as live: the denominator of abandonment; a missed machine is one too. */
  readonly answered: number;
  readonly abandoned: number;
  readonly connected: number;
  readonly dialled: number;
  /** An agent's idle time per connected call. */
  readonly idlePerConnected: number;
  readonly ringingMean: number;
  readonly ringingPeak: number;
  readonly linesPeak: number;
  readonly shed: number;
  /** What the pacer asked for and the world refused: calls hung up too early, and dials beyond the room it was told. */
  readonly shedTooEarly: number;
  readonly beyondRoom: number;
  /** Persons taken for machines, and machines that an agent had to listen to. */
  readonly personsMissed: number;
  readonly machinesMissed: number;
  readonly evaluations: number;
  readonly minutes: readonly Minute[];
}

type Counted = Exclude<
  keyof DayResult,
  "utilisation" | "idlePerConnected" | "ringingMean" | "ringingPeak" | "linesPeak" | "minutes"
>;

/** Adds a day up as it goes. */
export class Tally {
  readonly minutes: Minute[] = [];
  /** How many there are of each now; whoever changes them has called `until` before. */
  busy = 0;
  present = 0;
  ringing = 0;
  readonly #counts: Record<Counted, number> = {
    ...{ answered: 0, abandoned: 0, connected: 0, dialled: 0, shed: 0, shedTooEarly: 0 },
    ...{ beyondRoom: 0, personsMissed: 0, machinesMissed: 0, evaluations: 0 },
  };
  #now = 0;
  #ringingSeconds = 0;
  #ringingPeak = 0;
  #linesPeak = 0;

  /** Time goes on to this moment with everything as it was. */
  until(now: number): void {
    this.#ringingSeconds += this.ringing * (now - this.#now);
    while (this.#now < now) {
      const minute = this.minute(this.#now);
      const end = Math.min(now, (Math.floor(this.#now / 60) + 1) * 60);
      minute.busy += this.busy * (end - this.#now);
      minute.present += this.present * (end - this.#now);
      this.#now = end;
    }
  }

  /** The minute to which a moment belongs. */
  minute(at: number): Minute {
    const place = Math.floor(at / 60);
    while (this.minutes.length <= place)
      this.minutes.push({ answered: 0, abandoned: 0, busy: 0, present: 0 });
    return this.minutes[place] as Minute;
  }

  count(what: Counted, by = 1): void {
    this.#counts[what] += by;
  }

  /** @param lines calls in flight, waiting and talking */
  peaks(lines: number): void {
    this.#ringingPeak = Math.max(this.#ringingPeak, this.ringing);
    this.#linesPeak = Math.max(this.#linesPeak, lines);
  }

  result(): DayResult {
    const sum = (of: "busy" | "present"): number => this.minutes.reduce((total, one) => total + one[of], 0);
    const busy = sum("busy");
    const present = sum("present");
    return {
      ...this.#counts,
      utilisation: busy / present,
      idlePerConnected: (present - busy) / Math.max(1, this.#counts.connected),
      ringingMean: this.#ringingSeconds / this.#now,
      ringingPeak: this.#ringingPeak,
      linesPeak: this.#linesPeak,
      minutes: this.minutes,
    };
  }
}
