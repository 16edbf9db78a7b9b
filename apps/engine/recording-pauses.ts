/**
 * Pausing a recording while a card number is said, and going on by itself.
 *
 *   pause:   row, then Asterisk         resume: Asterisk, then row
 *
 * So wherever we die, what is marked as paused covers what is not recorded, and an open row is muted again after a
 * restart; while we are away it stays muted. The clock is ours and is set anew from the rows.
 */
import { recordedChannel } from "../core/conversation/sides.ts";
import type { Floor } from "../core/floor.ts";
import type { Db } from "../store/database.ts";
import { type Actor, audit } from "../store/writes/audit.ts";
import { closePause, dropPause, openPause, openPauses } from "../store/writes/recording-pauses.ts";
import type { Log } from "./ports.ts";

/** Mutes and unmutes what is recorded of a channel. */
export interface RecordingMuter {
  /** @returns false when the channel is gone or nothing of it is recorded. @throws when Asterisk did not answer */
  mute(channel: string, muted: boolean): Promise<boolean>;
}

/** Why a pause is refused, if it is. */
export type PauseRefusal = "unknown" | "not-talking" | "not-recorded" | "not-paused";

export interface RecordingPauses {
  pause(call: string, seconds: number, by: Actor, reason?: string): Promise<Date | PauseRefusal>;
  resume(call: string, by: Actor): Promise<Date | PauseRefusal>;
  /** After a start, and after a new connection to Asterisk: what is open is muted again, or its time is over. */
  recover(): Promise<void>;
  stop(): void;
}

export interface PauseOptions {
  readonly db: Db;
  floor(): Floor;
  readonly muter: RecordingMuter;
  tell(kind: "recording.paused" | "recording.resumed", data: object): void;
  readonly log: Log;
}

/** Asterisk was away when the time was over: asked again this much later. */
const RETRY_MS = 1000;

export function createRecordingPauses(options: PauseOptions): RecordingPauses {
  const { db, floor, muter, tell, log } = options;
  const timers = new Map<string, NodeJS.Timeout>();
  const turns = new Map<string, Promise<unknown>>();
  /** One wish about a call at a time: Asterisk and the row must end up saying the same. */
  const inTurn = <Result>(call: string, work: () => Promise<Result>): Promise<Result> => {
    const turn = (turns.get(call) ?? Promise.resolve()).then(work, work);
    const settled = turn
      .catch(() => {})
      .then(() => {
        if (turns.get(call) === settled) turns.delete(call);
      });
    turns.set(call, settled);
    return turn;
  };

  const disarm = (call: string): void => {
    clearTimeout(timers.get(call));
    timers.delete(call);
  };
  const arm = (call: string, at: number): void => {
    disarm(call);
    timers.set(
      call,
      setTimeout(() => void expire(call), Math.max(0, at - Date.now())),
    );
  };

  async function expire(call: string): Promise<void> {
    timers.delete(call);
    await inTurn(call, () => resume(call, "house")).catch((error: unknown) => {
      log.warn({ call, error: String(error) }, "A recording could not be resumed; it is tried again.");
      if (!timers.has(call)) arm(call, Date.now() + RETRY_MS);
    });
  }

  async function pause(
    call: string,
    seconds: number,
    by: Actor,
    reason?: string,
  ): Promise<Date | PauseRefusal> {
    const known = floor().calls.get(call);
    if (!known) return "unknown";
    if (!isTalking(floor(), call)) return "not-talking";
    const line = known.lineId ? floor().lines.get(known.lineId) : undefined;
    // A call that the fallback routed is recorded by the line's setting, which the floor knows.
    if (!known.recorded && (line?.recording ?? "off") === "off") return "not-recorded";
    const from = new Date();
    const until = new Date(from.getTime() + seconds * 1000);
    const already = await openPause(db, { call, from, until, by, reason });
    const muted = await muter.mute(recordedChannel(known), true).catch(async (error: unknown) => {
      // Perhaps it is muted, perhaps not: the row says paused, and the clock puts it right.
      arm(call, until.getTime());
      throw error;
    });
    if (!muted) {
      if (!already) await dropPause(db, call);
      return "not-recorded";
    }
    arm(call, until.getTime());
    const detail = { untilAt: until.toISOString(), ...(reason && { reason }) };
    await audit(db, { by, action: "recording.paused", subjectType: "call", subjectId: call, detail });
    tell("recording.paused", { id: call, agentId: agentIn(floor(), call), resumesAt: until.toISOString() });
    return until;
  }

  async function resume(call: string, by: Actor): Promise<Date | PauseRefusal> {
    const known = floor().calls.get(call);
    if (known) await muter.mute(recordedChannel(known), false);
    const at = new Date();
    if (!(await closePause(db, call, at, by))) return "not-paused";
    disarm(call);
    if (known) tell("recording.resumed", { id: call, agentId: agentIn(floor(), call) });
    return at;
  }

  async function recover(): Promise<void> {
    for (const { call, untilAt } of await openPauses(db)) {
      const known = floor().calls.get(call);
      await inTurn(call, async () => {
        if (known && untilAt.getTime() > Date.now()) await muter.mute(recordedChannel(known), true);
        if (!timers.has(call)) arm(call, untilAt.getTime());
      });
    }
  }

  return {
    pause: (call, seconds, by, reason) => inTurn(call, () => pause(call, seconds, by, reason)),
    resume: (call, by) => inTurn(call, () => resume(call, by)),
    recover,
    stop() {
      for (const call of timers.keys()) disarm(call);
    },
  };
}

function isTalking(floor: Floor, call: string): boolean {
  return floor.calls.get(call)?.phase === "talking" || agentIn(floor, call) !== undefined;
}

/** The agent who talks in this call. */
export function agentIn(floor: Floor, call: string): string | undefined {
  for (const agent of floor.agents.values())
    if (agent.call?.id === call && agent.call.phase === "talking") return agent.id;
  return undefined;
}
