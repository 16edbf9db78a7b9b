/**
 * Kept places between the core and the database: written down first, then heard of by the core (law L4).
 */
import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Callback } from "../core/floor.ts";
import type { Input } from "../core/inputs.ts";
import { CALLED_BACK } from "../core/records/fold.ts";
import { isDataFault } from "../store/database.ts";
import type { NewNotice } from "../store/intake.ts";
import type { CallbackEffect, CallbackKeeper, Log } from "./ports.ts";

/** An attempt younger than this may still be on its way to Asterisk. */
const SURE_AFTER_MS = 15_000;
const AGAIN_MS = 5000;
/** An agent is kept free for an attempt, and idle, until it is written down: no longer than this. */
const COMMIT_MS = 3000;

export interface CallbackPorts {
  readonly store: {
    keep(callback: Callback): Promise<void>;
    commit(callback: Callback, dial: { channel: string; call: string }): Promise<void>;
    settle(
      callback: Callback,
      state: Extract<CallbackEffect, { kind: "settleCallback" }>["state"],
      reason: string,
    ): Promise<readonly NewNotice[]>;
    spokenTo(call: string): Promise<boolean>;
  };
  /** Whether Asterisk has this channel now; throws when it cannot say. */
  alive(channel: string): Promise<boolean>;
  callIdOf(channel: string): string;
  hear(input: Input): void;
  tell(kind: string, data: object): void;
  /** Somebody should look at these. */
  onNotices(notices: readonly NewNotice[]): void;
  readonly log: Log;
}

type Settling = Pick<Extract<CallbackEffect, { kind: "settleCallback" }>, "callback" | "state" | "reason">;

export interface Callbacks extends CallbackKeeper {
  /** After a restart: finds out what became of attempts in flight. Never dials. */
  look(recovered: readonly (Callback & { readonly dialledAt: number })[]): void;
}

export function createCallbacks(ports: CallbackPorts): Callbacks {
  const { store, hear, log } = ports;

  async function keep(callback: Callback): Promise<void> {
    try {
      await store.keep(callback);
    } catch (error) {
      log.warn({ error: String(error), call: callback.call }, "A place could not be kept.");
      hear({ kind: "callbackNotKept", at: Date.now(), callback });
      return;
    }
    hear({ kind: "callbackKept", at: Date.now(), callback });
    ports.tell("callback.created", view(callback));
  }

  /** @param late whether the core has been told already that there was no commit */
  async function commit(callback: Callback, late: () => boolean, fail: (refused: boolean) => void) {
    if (late()) return;
    const channel = `${CALLED_BACK}${Math.floor(Date.now() / 1000)}.${randomInt(1e9)}`;
    const call = ports.callIdOf(channel);
    try {
      await store.commit(callback, { channel, call });
    } catch (error) {
      log.warn({ error: String(error), callback: callback.id }, "An attempt could not be written down.");
      fail(isDataFault(error));
      return;
    }
    if (late()) {
      // It says that the customer is being called, and nobody is going to.
      const before = { ...callback, attempts: callback.attempts - 1 };
      await settle({ callback: before, state: "waiting", reason: "the attempt was written down too late" });
      return;
    }
    hear({ kind: "callbackCommitted", at: Date.now(), id: callback.id, call, channel });
    ports.tell("callback.calling", { ...view(callback), callId: call });
  }

  /** Told to the core within a time limit, whatever the database and this call-back's earlier writes do. */
  function commitInTime(callback: Callback): void {
    let told = false;
    const fail = (refused: boolean): void => {
      if (told) return;
      told = true;
      hear({ kind: "callbackNotCommitted", at: Date.now(), id: callback.id, refused });
    };
    const limit = setTimeout(() => fail(false), COMMIT_MS);
    inOrder(callback.id, () => commit(callback, () => told, fail).finally(() => clearTimeout(limit)));
  }

  /** Until the database has it, unless it refuses it for ever: the floor has moved already. */
  async function settle({ callback, state, reason }: Settling): Promise<void> {
    for (;;) {
      try {
        const notices = await store.settle(callback, state, reason);
        if (notices.length > 0) ports.onNotices(notices);
        break;
      } catch (error) {
        const fields = { error: String(error), callback: callback.id };
        if (isDataFault(error)) {
          log.error(fields, "The database refuses a call-back's state; its row stays as it was.");
          break;
        }
        log.warn(fields, "A call-back's state waits for the database.");
        await pause(AGAIN_MS, undefined, { ref: false });
      }
    }
    ports.tell(`callback.${state}`, { ...view(callback), reason });
  }

  async function find(callback: Callback & { readonly dialledAt: number }): Promise<void> {
    const { id, dialled, dialledAt } = callback;
    await pause(Math.max(0, dialledAt + SURE_AFTER_MS - Date.now()), undefined, { ref: false });
    for (;;) {
      try {
        if (dialled && (await ports.alive(dialled.channel))) return;
        const talked = dialled !== undefined && (await store.spokenTo(dialled.call));
        hear({ kind: "callbackLost", at: Date.now(), id, talked });
        return;
      } catch {
        await pause(AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  /** One call-back's writes in their order, which do not wait for another one's. */
  const last = new Map<Callback["id"], Promise<void>>();
  function inOrder(id: Callback["id"], work: () => Promise<void>): void {
    const done: Promise<void> = (last.get(id) ?? Promise.resolve()).then(work, work).finally(() => {
      if (last.get(id) === done) last.delete(id);
    });
    last.set(id, done);
  }

  return {
    perform(effect) {
      if (effect.kind === "keepPlace") void keep(effect.callback);
      else if (effect.kind === "commitCallback") commitInTime(effect.callback);
      else inOrder(effect.callback.id, () => settle(effect));
    },
    look(recovered) {
      for (const callback of recovered) if (callback.state === "calling") void find(callback);
    },
  };
}

function view({ id, call, queueId, lineId, number, contactId, attempts, nextAt }: Callback): object {
  const next = new Date(nextAt).toISOString();
  return { id, fromCallId: call, queueId, lineId, number, contactId, attempts, nextAt: next };
}
