/** Where the engine's desk is joined: what is due, what came of calls, and what is placed by itself. */
import type { Handlers } from "../commands/handlers.ts";
import type { Asker } from "../commands/port.ts";
import type { Floor } from "../core/floor.ts";
import { notFree } from "../core/outgoing/place.ts";
import { announceDue, announceDueOrder } from "../engine/announcer.ts";
import { type AutoCall, createDesk, type Desk } from "../engine/desk.ts";
import type { LiveSink, Log } from "../engine/ports.ts";
import { settleAttempts } from "../store/attempts.ts";
import { pendingItems } from "../store/call-lists.ts";
import type { Db } from "../store/database.ts";
import { takeDue } from "../store/deferred.ts";
import { settleErrands } from "../store/errands.ts";
import { takeDueOrders } from "../store/orders.ts";

export interface DeskParts {
  readonly db: Db;
  readonly live: LiveSink;
  readonly log: Log;
  floor(): Floor;
  /** Whether Asterisk has this channel now; throws when it cannot say. */
  alive(channel: string): Promise<boolean>;
}

/** The desk of one engine; it is opened with `byCommands`. */
export function prepareDesk({ db, live, log, floor, alive }: DeskParts): Desk {
  return createDesk({
    log,
    isFree: (agent) => notFree(floor(), agent) === undefined,
    async look() {
      await settleAttempts(db, alive).catch((error: unknown) =>
        log.warn({ error: String(error) }, "Attempts are looked at again later."),
      );
      await settleErrands(db);
      const { due, auto, next } = await takeDue(db);
      for (const call of due) announceDue(call, live);
      const orders = await takeDueOrders(db);
      for (const order of orders.due) announceDueOrder(order, live);
      const listed = await pendingItems(db);
      const later = [next, orders.next, ...listed.later].filter((at) => at !== undefined);
      // What was promised for a time goes before the next of a list.
      return {
        auto: [...auto.map(forErrand("deferred")), ...listed.now.map(forErrand("list"))],
        next: later.sort((one, other) => one.getTime() - other.getTime())[0],
      };
    },
  });
}

function forErrand(kind: AutoCall["errand"]["kind"]) {
  return ({ id, agentId }: { id: string; agentId: string }): AutoCall => ({ agentId, errand: { kind, id } });
}

/** Places what is due as its agent would. */
export function byCommands(commands: Handlers) {
  return async ({ agentId, errand }: AutoCall): Promise<void> => {
    const by: Asker = { keyId: "engine", role: "agent", agentId };
    if (errand.kind === "deferred") await commands["deferred.call"]({ id: errand.id, byItself: true }, by);
    if (errand.kind === "list") await commands["list.call"]({ itemId: errand.id, byItself: true }, by);
  };
}
