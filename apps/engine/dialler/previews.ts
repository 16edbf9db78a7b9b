/**
 * Preview campaigns: free agents are shown the next whom they may call. The rows are the truth (store/previews.ts), so
 * a restart forgets nothing: what is shown goes on being shown, or goes back when its agent is gone.
 */
import { type PreviewEnd, previewEnd, readyForPreview, type Shown } from "../../core/dialling/preview.ts";
import type { AgentId, Floor, Millis } from "../../core/floor.ts";
import type { NewlyShown } from "../../store/previews.ts";
import type { LiveSink, Log } from "../ports.ts";

export interface PreviewStore {
  show(wanted: { campaign: string; agentId: AgentId }): Promise<NewlyShown | undefined>;
  /** All that is shown now. */
  open(): Promise<readonly Shown[]>;
  /** @returns false: it was over already */
  giveBack(id: string, outcome: "returned" | "timed-out", now: Millis): Promise<boolean>;
}

/** What is done as the agent would do it. */
export interface PreviewDeeds {
  pause(agent: AgentId): Promise<unknown>;
  /** @throws when it cannot be placed, or may not */
  call(shown: string, agent: AgentId): Promise<unknown>;
}

export interface PreviewPorts {
  floor(): Floor;
  readonly store: PreviewStore;
  readonly live: LiveSink;
  readonly log: Log;
}

/** After a campaign had nobody for an agent. */
const EMPTY_MS = 3000;
/** So often the rows are read anew: a contact may be deleted while it is shown. */
const AGAIN_MS = 15_000;

export class Previews {
  readonly #ports: PreviewPorts;
  readonly #shown = new Map<Shown["id"], Shown>();
  /** Agents of whom something is being done: they are shown nobody meanwhile. */
  readonly #engaged = new Set<AgentId>();
  /** When this agent was last shown somebody of that campaign, and until when it has nobody for them. */
  readonly #last = new Map<string, Millis>();
  readonly #emptyUntil = new Map<string, Millis>();
  #deeds: PreviewDeeds | undefined;
  #working = false;
  #readAt = 0;

  constructor(ports: PreviewPorts) {
    this.#ports = ports;
  }

  /** What was shown before a restart is shown still; whoever was deleted since is not. @throws when the database is away */
  async recover(): Promise<void> {
    const open = await this.#ports.store.open();
    this.#readAt = Date.now();
    this.#shown.clear();
    for (const shown of open) this.#shown.set(shown.id, shown);
  }

  /** From now on agents are shown somebody, and the time passes. */
  open(deeds: PreviewDeeds): void {
    this.#deeds = deeds;
  }

  /** Campaigns or their lists have changed: somebody may be due. */
  changed(): void {
    this.#emptyUntil.clear();
  }

  /** It was called or skipped. */
  over(id: Shown["id"]): void {
    this.#shown.delete(id);
  }

  /** Who is shown somebody, and of which campaign. */
  looking(): Map<AgentId, Shown["campaignId"]> {
    const looking = new Map<AgentId, Shown["campaignId"]>();
    for (const { agentId, campaignId } of this.#shown.values())
      if (agentId !== undefined) looking.set(agentId, campaignId);
    return looking;
  }

  /** Whether anything has to be done about anybody; one pass at a time. */
  async step(): Promise<void> {
    if (!this.#deeds || this.#working) return;
    this.#working = true;
    try {
      if (Date.now() - this.#readAt > AGAIN_MS) await this.recover();
      await this.#end(this.#deeds);
      await this.#showAll();
    } catch (error) {
      this.#ports.log.warn({ error: String(error) }, "Nobody is shown to agents until the database answers.");
    } finally {
      this.#working = false;
    }
  }

  async #end(deeds: PreviewDeeds): Promise<void> {
    for (const shown of [...this.#shown.values()]) {
      const at = Date.now();
      const end = previewEnd(this.#ports.floor(), shown, at);
      if (end && (shown.agentId === undefined || !this.#engaged.has(shown.agentId)))
        await this.#endOne(shown, end, deeds, at);
    }
  }

  async #endOne(shown: Shown, end: PreviewEnd, deeds: PreviewDeeds, at: Millis): Promise<void> {
    const { id, agentId } = shown;
    if (end.kind === "return" || agentId === undefined) return void (await this.#back(shown, "returned", at));
    if (end.kind === "pause") {
      const back = this.#back(shown, "timed-out", at);
      this.#during(
        agentId,
        back.then((done) => done && deeds.pause(agentId)),
      );
      return void (await back);
    }
    const called = deeds.call(id, agentId).catch(async (error: unknown) => {
      this.#ports.log.info({ error: String(error), agent: agentId }, "Nobody was called by itself.");
      await this.#back(shown, "timed-out", Date.now());
    });
    this.#during(agentId, called);
  }

  async #back(shown: Shown, outcome: "returned" | "timed-out", at: Millis): Promise<boolean> {
    const { store, live } = this.#ports;
    const { id, agentId } = shown;
    const done = await store.giveBack(id, outcome, at);
    this.#shown.delete(id);
    if (done && agentId !== undefined)
      live.push("agents", "preview.over", { id: agentId, previewId: id, outcome });
    return done;
  }

  #during(agent: AgentId, deed: Promise<unknown>): void {
    this.#engaged.add(agent);
    deed
      .catch((error: unknown) => {
        this.#ports.log.warn(
          { error: String(error), agent },
          "An agent who let the time pass was not paused.",
        );
      })
      .finally(() => this.#engaged.delete(agent));
  }

  async #showAll(): Promise<void> {
    const busy = new Set(this.#engaged);
    for (const { agentId } of this.#shown.values()) if (agentId !== undefined) busy.add(agentId);
    const last = (agent: AgentId, campaign: string) => this.#last.get(`${agent} ${campaign}`) ?? 0;
    for (const { agent, campaigns } of readyForPreview(this.#ports.floor(), busy, last))
      for (const campaign of campaigns) if (await this.#show(agent, campaign)) break;
  }

  async #show(agentId: AgentId, campaign: string): Promise<boolean> {
    const { store, live } = this.#ports;
    const key = `${agentId} ${campaign}`;
    const now = Date.now();
    if ((this.#emptyUntil.get(key) ?? 0) > now) return false;
    const shown = await store.show({ campaign, agentId });
    if (!shown) {
      this.#emptyUntil.set(key, now + EMPTY_MS);
      return false;
    }
    this.#last.set(key, now);
    this.#shown.set(shown.id, shown);
    const { id, campaignId, campaignName, contactId, name, until } = shown;
    live.push("agents", "preview.shown", {
      ...{ id: agentId, previewId: id, campaignId, campaignName, contactId, name },
      until: new Date(until).toISOString(),
    });
    return true;
  }
}
