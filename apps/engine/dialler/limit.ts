/**
 * The abandonment limit by the rows, over the policy's window backwards from now, whatever the pacers believe: beyond it
 * a campaign dials one for one.
 */
import type { Campaign } from "../../core/dialling/campaign.ts";
import type { OpenAttempt } from "../../store/open-attempts.ts";
import type { DiallerStore } from "./ports.ts";

const HOUR_MS = 3_600_000;
/** The rows say something of the limit when they allow at least so many abandoned calls; before that the pacer does. */
const SURE_OF = 3;

export class Limit {
  readonly #store: Pick<DiallerStore, "abandonment" | "openAttempts">;
  #over: ReadonlySet<Campaign["id"]> = new Set();
  /**
   * Beyond the limit when we came back: what was lost while nobody paced is no chance, however few they are, so it is
   * made up for first.
   */
  readonly #owing = new Set<Campaign["id"]>();

  constructor(store: Pick<DiallerStore, "abandonment" | "openAttempts">) {
    this.#store = store;
  }

  /** Whether this campaign may dial one for one only. */
  isOver(campaign: Campaign["id"]): boolean {
    return this.#over.has(campaign);
  }

  /** After a restart, before the first decision. @throws when the database is away */
  recover(campaigns: readonly Campaign[], now: number): Promise<void> {
    return this.#look(campaigns, now, true);
  }

  /** @throws when the database is away; what was known stays */
  measure(campaigns: readonly Campaign[], now: number): Promise<void> {
    return this.#look(campaigns, now, false);
  }

  async #look(campaigns: readonly Campaign[], now: number, back: boolean): Promise<void> {
    const over = new Set<Campaign["id"]>();
    const open = campaigns.length > 0 ? await this.#store.openAttempts() : [];
    for (const campaign of campaigns) {
      const { id, policy } = campaign;
      const { limitPercent, windowHours } = policy.abandonment;
      const rows = await this.#store.abandonment(campaign, now - windowHours * HOUR_MS);
      const air = inTheAir(open.filter(({ campaignId }) => campaignId === id));
      const allowed = (limitPercent / 100) * (rows.live + air.live);
      const beyond = rows.lost + air.lost > allowed;
      if (beyond && back) this.#owing.add(id);
      if (!beyond) this.#owing.delete(id);
      if (beyond && (allowed >= SURE_OF || this.#owing.has(id))) over.add(id);
    }
    this.#over = over;
  }
}

/** Whose ending is not written yet: an agent has been there, or the message is played. */
function inTheAir(open: readonly OpenAttempt[]): { live: number; lost: number } {
  const lost = open.filter(({ leaving }) => leaving === "ABANDONED").length;
  const talked = open.filter(({ recorded }) => recorded?.connectedAt !== undefined).length;
  return { live: lost + talked, lost };
}
