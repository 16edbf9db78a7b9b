/**
 * Agents' phones as Asterisk sees them: in use or not, and paused or not as a member of queues.
 */
import type { Agent, AgentId, Device } from "../floor.ts";
import type { VirtualQueue } from "./virtual-queue.ts";

export interface Phone {
  readonly agent: AgentId;
  readonly name: string;
  /** The queues that it is a member of. */
  readonly queues: VirtualQueue[];
  /** Calls that ring or talk here, and other uses of the phone. */
  inUse: number;
  paused: boolean;
  /** When a call from a queue ended here last, in whole seconds (app_queue's `lastcall`); 0: never. */
  lastCall: number;
}

export class Phones {
  readonly #byName = new Map<string, Phone>();
  readonly #byAgent = new Map<AgentId, Phone>();
  readonly #onDevice: (phone: Phone, device: Device) => void;

  /** @param onDevice hears what Asterisk would say of the phone's state */
  constructor(agents: readonly Agent[], onDevice: (phone: Phone, device: Device) => void) {
    this.#onDevice = onDevice;
    for (const { id, phone, state } of agents) {
      const made = { agent: id, name: phone, queues: [], inUse: 0, paused: state !== "inbound", lastCall: 0 };
      this.#byName.set(phone, made);
      this.#byAgent.set(id, made);
    }
  }

  named(name: string): Phone | undefined {
    return this.#byName.get(name);
  }

  of(agent: AgentId): Phone | undefined {
    return this.#byAgent.get(agent);
  }

  use(phone: Phone, device: "ringing" | "busy"): void {
    phone.inUse++;
    this.#onDevice(phone, device);
  }

  release(phone: Phone): void {
    phone.inUse--;
    if (phone.inUse > 0) return;
    this.#onDevice(phone, "idle");
    for (const queue of phone.queues) queue.wake();
  }

  pause(phone: Phone, paused: boolean): void {
    phone.paused = paused;
    if (!paused) for (const queue of phone.queues) queue.wake();
  }
}

/** Whether a queue may ring it (`ringinuse = no`, generated/queues.conf). */
export function isAvailable(phone: Phone): boolean {
  return phone.inUse === 0 && !phone.paused;
}
