/**
 * Asterisk is told whom it may ring for each campaign while no engine answers: written when it changes, and all of it at
 * every connection, since an Asterisk that was started again knows nothing.
 */
import { teamAlone } from "../../core/dialling/alone.ts";
import type { Floor } from "../../core/floor.ts";
import type { Log } from "../ports.ts";

/** What happens within this time is written once; nobody dies so fast that it matters. */
const GATHER_MS = 50;

export interface TeamPorts {
  floor(): Floor;
  /** Sets a global variable of the dialplan's. @throws when Asterisk is away */
  tell(name: string, value: string): Promise<void>;
  /** Whether Asterisk is there. */
  ready(): boolean;
  readonly log: Log;
}

export class Teams {
  readonly #ports: TeamPorts;
  /** What Asterisk knows, by campaign key. */
  #told = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(ports: TeamPorts) {
    this.#ports = ports;
  }

  /** Something has happened that may concern an agent or a campaign. */
  changed(): void {
    this.#timer ??= setTimeout(() => this.#tell(), GATHER_MS);
  }

  /** Asterisk is there again, and has forgotten or has never known. */
  connected(): void {
    this.#told = new Map([...this.#told.keys()].map((key) => [key, "?"]));
    this.changed();
  }

  /** What has just happened is told still: who stays alone has to know it. */
  async stop(): Promise<void> {
    if (this.#timer !== undefined) this.#tell();
    await this.#writing;
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const { floor, tell, ready, log } = this.#ports;
    if (!ready()) return;
    const wanted = new Map([...this.#told.keys()].map((key) => [key, ""]));
    for (const campaign of floor().campaigns.values())
      if (campaign.mode !== "agentless" && campaign.mode !== "preview")
        wanted.set(campaign.key, teamAlone(floor(), campaign).join("&"));
    for (const [key, team] of wanted) {
      if (this.#told.get(key) === team) continue;
      // Whoever was rung without us after this moment is not in it (DZ_SERVED_<phone>).
      const value = team === "" ? "" : `${Math.floor(Date.now() / 1000)}&${team}`;
      try {
        await tell(`DZ_TEAM_${key}`, value);
        this.#told.set(key, team);
      } catch (error) {
        this.#told.set(key, "?");
        log.warn({ error: String(error), campaign: key }, "Asterisk does not know a campaign's agents.");
        return;
      }
    }
    for (const [key, team] of this.#told) if (team === "" && !isKnown(floor(), key)) this.#told.delete(key);
  }
}

function isKnown(floor: Floor, key: string): boolean {
  return [...floor.campaigns.values()].some((campaign) => campaign.key === key);
}
