/**
 * Which carrier says nothing? A dial that has had no answer of any kind for some seconds, not even 100 Trying, tells of
 * its trunk long before its ring time is over: the next dials go elsewhere. The dial itself is left to its ring time:
 * whoever may not be reached twice at once cannot be given up for certain while a carrier keeps silent (RFC 3261, 9.1:
 * before a provisional answer there is no CANCEL, and silence does not say whether the INVITE arrived).
 */
import type { Attempt } from "../../core/dialling/floor.ts";
import type { DiallerPorts } from "./ports.ts";

/** By then an INVITE was sent four times (RFC 3261, timer A: 0, 0.5, 1.5 and 3.5 s). */
const QUIET_MS = 4000;

/** Looks now and then; asks about one dial of each trunk, once. */
export class QuietTrunks {
  readonly #ports: Pick<DiallerPorts, "floor" | "hear" | "spoken" | "log">;
  /** Since when we have seen these dials on these trunks, and whether they were asked about. */
  readonly #seen = new Map<string, { readonly since: number; asked: boolean }>();

  constructor(ports: Pick<DiallerPorts, "floor" | "hear" | "spoken" | "log">) {
    this.#ports = ports;
  }

  /** @param at milliseconds since 1970 */
  async look(at: number): Promise<void> {
    const floor = this.#ports.floor();
    const resting = new Set<string>();
    for (const { id, key } of floor.trunks.values())
      if ((floor.rests.get(id)?.until ?? 0) > at) resting.add(key);
    const names = new Set<string>();
    const oldest = new Map<string, Attempt>();
    for (const attempt of floor.attempts.values()) {
      const { stage, ended, trunkKey } = attempt;
      if (stage !== "ringing" || ended || trunkKey === "") continue;
      const name = nameOf(attempt);
      names.add(name);
      const seen = this.#seen.get(name);
      if (!seen) this.#seen.set(name, { since: at, asked: false });
      else if (!seen.asked && at - seen.since >= QUIET_MS && !resting.has(trunkKey) && !oldest.has(trunkKey))
        oldest.set(trunkKey, attempt);
    }
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name);
    await Promise.all([...oldest.values()].map((attempt) => this.#ask(attempt)));
  }

  async #ask(attempt: Attempt): Promise<void> {
    const seen = this.#seen.get(nameOf(attempt));
    if (seen) seen.asked = true;
    const { hear, spoken, log } = this.#ports;
    try {
      if (await spoken(attempt.id)) return;
    } catch (error) {
      log.warn({ error: String(error), attempt: attempt.id }, "Asterisk did not say whether a carrier did.");
      return;
    }
    hear({ kind: "carrierQuiet", at: Date.now(), attempt: attempt.id, trunkKey: attempt.trunkKey });
  }
}

/** A dial that goes on through the next trunk is another one. */
function nameOf({ id, trunkKey }: Attempt): string {
  return `${id} ${trunkKey}`;
}
