/**
 * An agent's outbound work that nobody has to ask for: calls for later that are due (DEFER-01), the next of a list
 * (DIAL-09). The rows are the truth: they are looked at when the next one is due, after every change, and every minute,
 * so a restart loses nothing. What is placed by itself is placed when its agent is free, one call at a time.
 */
import type { DomainEvent } from "../core/events.ts";
import type { AgentId } from "../core/floor.ts";
import type { Errand } from "../core/outgoing/errand.ts";
import type { Log } from "./ports.ts";

const LOOK_MS = 60_000;
/** Changes that come together are looked at together. */
const TOGETHER_MS = 50;

/** A call that is placed as soon as its agent is free. */
export interface AutoCall {
  readonly agentId: AgentId;
  readonly errand: Errand;
}

export interface DeskPorts {
  /** Does what is due, and answers what is to be placed, the most urgent of an agent first, and when to look again. */
  look(): Promise<{ readonly auto: readonly AutoCall[]; readonly next: Date | undefined }>;
  /** Whether nothing else is going on for this agent. */
  isFree(agent: AgentId): boolean;
  readonly log: Log;
}

export interface Desk {
  /** From here on it looks, and places what is to be placed. */
  open(place: Place): void;
  /** Something changed: look now. */
  soon(): void;
  /** The floor has moved: somebody may have become free. */
  moved(event: DomainEvent): void;
  stop(): void;
}

type Place = (call: AutoCall) => Promise<unknown>;

/** After these an agent may be free who was not before. */
const FREEING: ReadonlySet<DomainEvent["kind"]> = new Set([
  ...["CallGone", "WrapUpEnded", "TalkEnded", "StateChosen", "DeviceChanged"],
  ...["OfferEnded", "QueueRingEnded", "CallbackPutBack", "CallbackOver", "SettingsLoaded"],
] as DomainEvent["kind"][]);

/** A desk that is not open yet. */
export function createDesk({ look, isFree, log }: DeskPorts): Desk {
  const waiting = new Map<AgentId, AutoCall>();
  const placing = new Set<AgentId>();
  let place: Place | undefined;
  let timer: NodeJS.Timeout | undefined;
  let working = false;
  let again = false;
  let stopped = false;

  async function work(): Promise<void> {
    if (working) {
      again = true;
      return;
    }
    working = true;
    let wait = LOOK_MS;
    try {
      const { auto, next } = await look();
      waiting.clear();
      for (const call of auto) if (!waiting.has(call.agentId)) waiting.set(call.agentId, call);
      if (next) wait = Math.max(0, Math.min(LOOK_MS, next.getTime() - Date.now()));
    } catch (error) {
      log.warn({ error: String(error) }, "Calls for later wait for the database.");
    }
    working = false;
    serve();
    if (again) wait = TOGETHER_MS;
    again = false;
    later(wait);
  }

  function later(ms: number): void {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => void work(), ms).unref();
  }

  /** One that could not be placed comes back with the next look, and not before. */
  function serve(): void {
    for (const [agent, call] of waiting) {
      if (!place || stopped || placing.has(agent) || !isFree(agent)) continue;
      waiting.delete(agent);
      placing.add(agent);
      place(call)
        .catch((error: unknown) =>
          log.warn({ error: String(error), agent, ...call.errand }, "A call was not placed by itself."),
        )
        .finally(() => placing.delete(agent));
    }
  }

  const soon = (): void => {
    if (working) again = true;
    else if (place) later(TOGETHER_MS);
  };
  return {
    open(deed) {
      place = deed;
      soon();
    },
    soon,
    moved(event) {
      if (waiting.size > 0 && FREEING.has(event.kind)) serve();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
