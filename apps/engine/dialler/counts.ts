/** How a campaign stands at this moment → the live stream, when it has changed. */
import type { Campaign } from "../../core/dialling/campaign.ts";
import { attemptsOf } from "../../core/dialling/trunks.ts";
import type { DiallerPorts } from "./ports.ts";

export class CampaignCounts {
  readonly #ports: Pick<DiallerPorts, "floor" | "live">;
  readonly #told = new Map<Campaign["id"], string>();

  constructor(ports: Pick<DiallerPorts, "floor" | "live">) {
    this.#ports = ports;
  }

  tell(campaigns: readonly Campaign[]): void {
    for (const { id, name, state, mode } of campaigns) {
      const attempts = attemptsOf(this.#ports.floor(), id);
      const at = (stage: string) => attempts.filter((attempt) => attempt.stage === stage).length;
      const counts = {
        ...{ id, name, state, mode },
        ...{ ringing: at("ringing"), waiting: at("waiting"), connecting: at("connecting") },
        ...{ talking: at("talking"), leaving: at("leaving") },
      };
      const text = JSON.stringify(counts);
      if (this.#told.get(id) === text) continue;
      this.#told.set(id, text);
      this.#ports.live.push("queues", "campaign.changed", counts);
    }
  }
}
