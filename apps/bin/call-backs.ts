/** Where kept places are joined: their rows, the engine, the live stream. */
import { announceNotices } from "../engine/announcer.ts";
import { type CallbackPorts, type Callbacks, createCallbacks } from "../engine/callbacks.ts";
import type { LiveSink } from "../engine/ports.ts";
import { commitAttempt, keepPlace, settleCallback, wasSpokenTo } from "../store/callbacks.ts";
import type { Db } from "../store/database.ts";

type Parts = Omit<CallbackPorts, "store" | "tell" | "onNotices"> & {
  readonly db: Db;
  readonly live: LiveSink;
};

/** The call-backs of one engine. */
export function prepareCallbacks({ db, live, ...parts }: Parts): Callbacks {
  return createCallbacks({
    ...parts,
    store: {
      keep: (callback) => keepPlace(db, callback),
      commit: (callback, dial) => commitAttempt(db, callback, dial),
      settle: (callback, state, reason) => settleCallback(db, callback, state, reason),
      spokenTo: (call) => wasSpokenTo(db, call),
    },
    tell: (kind, data) => live.push("queues", kind, data),
    onNotices: (notices) => announceNotices(notices, live),
  });
}
