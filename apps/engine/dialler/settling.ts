/**
 * Attempts get their endings from Asterisk's record (law L5): when it is complete, or by looking, when we were away.
 * Nothing here ever dials (law L4).
 */
import { setTimeout as pause } from "node:timers/promises";
import type { AttemptEnding } from "../../core/dialling/campaign.ts";
import type { Attempt } from "../../core/dialling/floor.ts";
import type { Call } from "../../core/floor.ts";
import { PREVIEWED } from "../../core/records/attempt-previewed.ts";
import { isDataFault } from "../../store/database.ts";
import type { ClosedCall } from "../../store/intake.ts";
import type { OpenAttempt } from "../../store/open-attempts.ts";
import type { DiallerPorts, Settlement } from "./ports.ts";

/** A younger one is perhaps being placed right now, or its record is on its way. */
const SURE_AFTER_MS = 15_000;
const AGAIN_MS = 2000;
/** All that is known of a call that is over is in the database after this. */
const WHOLE_MS = 800;

export interface Settling {
  /** Calls whose records are complete. */
  closed(calls: readonly ClosedCall[]): void;
  /** One that never rang. */
  settle(attempt: string, ending: AttemptEnding, at: number): void;
  /** After a restart: what is in flight comes back onto the floor. */
  recover(): Promise<void>;
  /** Looks for attempts that were left behind. */
  sweep(): Promise<void>;
}

export function createSettling(ports: DiallerPorts): Settling {
  const { store, log } = ports;

  /** Until the database has it, unless it refuses it for ever; the sweep finds what was given up. */
  async function write(attempt: string, how: Settlement): Promise<void> {
    for (let tries = 0; tries < 5; tries++) {
      try {
        await store.settle(attempt, how);
        ports.live.push("queues", "attempt.ended", { id: attempt, ending: how.ending });
        return;
      } catch (error) {
        const fields = { error: String(error), attempt };
        if (isDataFault(error)) {
          log.error(fields, "The database refuses an attempt's ending.");
          return;
        }
        log.warn(fields, "An attempt's ending waits for the database.");
        await pause(AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  async function find(open: OpenAttempt): Promise<void> {
    const { id, callId, createdAt, recorded } = open;
    if (recorded?.endedAt !== undefined) {
      const { record, agentId } = (await store.recordOf(id, callId)) ?? {};
      const endedAt = record?.endedAt ?? recorded.endedAt;
      // One that has just ended is on its way to its ending.
      if (Date.now() - endedAt > 2 * WHOLE_MS)
        await write(id, { ending: record?.ending ?? "lost", endedAt, record, agentId });
      return;
    }
    if (recorded || ports.floor().attempts.has(id) || Date.now() - createdAt < SURE_AFTER_MS) return;
    // No channel, and nothing of it in the record: no INVITE was sent.
    if (!(await ports.caughtUp()) || (await ports.alive(id))) return;
    // A take that waited long for its locks has been written down and is dialled at this moment.
    if (ports.floor().attempts.has(id)) return;
    await write(id, { ending: "not_placed", endedAt: Date.now() });
  }

  /** Our own decisions are taken in from another file, perhaps a moment after Asterisk's record. */
  async function later(attempt: string, call: string): Promise<void> {
    await pause(WHOLE_MS, undefined, { ref: false });
    const read = await store.recordOf(attempt, call).catch(() => undefined);
    // What cannot be read now is found by the sweep.
    if (read) await write(attempt, { ending: read.record.ending, endedAt: read.record.endedAt, ...read });
  }

  return {
    closed(calls) {
      for (const { id, linkedId, record } of calls) if (record.attempt) void later(linkedId, id);
    },
    settle(attempt, ending, at) {
      void write(attempt, { ending, endedAt: at });
    },
    async recover() {
      const open = await store.openAttempts();
      // Whom an agent calls waits for nobody else.
      const dialled = open.filter(({ id }) => !id.startsWith(PREVIEWED));
      const attempts = dialled.flatMap((each) => inFlight(each, ports.floor().calls.get(each.callId)) ?? []);
      ports.hear({ kind: "attemptsRecovered", at: Date.now(), attempts });
    },
    async sweep() {
      if (!ports.ready()) return;
      for (const open of await store.openAttempts()) await find(open);
    },
  };
}

/** An attempt whose call goes on according to the record; who waits for an agent asks again (reconciliation). */
function inFlight(open: OpenAttempt, call: Call | undefined): Attempt | undefined {
  if (!call) return undefined;
  return {
    ...{ id: open.id, call: open.callId, campaignId: open.campaignId, number: open.phone },
    trunkKey: open.trunkKey ?? "",
    dialledAt: open.createdAt,
    agentId: open.agentId ?? undefined,
    stage: open.leaving ? "leaving" : (STAGES[call.phase] ?? "ringing"),
    left: open.leaving ? LEFT[open.leaving] : call.phase === "ending" ? "abandoned" : undefined,
    turn: 0,
    refusedBy: [],
  };
}

/** The dialplan's words, and why nobody is wanted for the call any more. */
const LEFT = { ANNOUNCED: "self_service", MACHINE: "machine", ABANDONED: "abandoned" } as const;

const STAGES: Readonly<Partial<Record<Call["phase"], Attempt["stage"]>>> = {
  offered: "connecting",
  talking: "talking",
  ending: "leaving",
};
