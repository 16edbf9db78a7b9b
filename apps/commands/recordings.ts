/** Recordings: paused and resumed, deleted, held, and their keys changed. */
import type { Deletion } from "../store/writes/deletions.ts";
import { holdRecording } from "../store/writes/deletions.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { type Asker, CommandProblem } from "./port.ts";

type PauseRefusal = "unknown" | "not-talking" | "not-recorded" | "not-paused";

/** The engine's side of it, as far as commands need it. */
export interface RecordingDeeds {
  /** When recording goes on by itself, or why it is not paused. */
  pause(call: string, seconds: number, by: Asker, reason?: string): Promise<Date | PauseRefusal>;
  resume(call: string, by: Asker): Promise<Date | PauseRefusal>;
  /** Whether this agent talks in this call now. */
  talks(agent: string, call: string): boolean;
  erase(id: string, by: Asker): Promise<Deletion>;
  /** The retention's run, now. */
  eraseExpired(by: Asker): Promise<{ startedAt: string; endedAt: string; deleted: number; failed: number }>;
  rotate(by: Asker): Promise<{ keyId: string; recordings: number }>;
}

export function recordingCommands({
  db,
  recordings,
}: Context): Pick<
  Handlers,
  | "recording.pause"
  | "recording.resume"
  | "recording.delete"
  | "recording.hold"
  | "recording.rotateKeys"
  | "recording.eraseExpired"
> {
  /** An agent's own call and no other; for others it does not exist. */
  const allowed = (call: string, by: Asker): void => {
    if (by.role === "agent" && !(by.agentId && recordings.talks(by.agentId, call))) throw refused("unknown");
  };
  return {
    "recording.pause": async ({ callId, seconds, reason }, by) => {
      allowed(callId, by);
      const resumesAt = settled(await recordings.pause(callId, seconds, by, reason).catch(asAway));
      return { resumesAt: resumesAt.toISOString() };
    },
    "recording.resume": async ({ callId }, by) => {
      allowed(callId, by);
      const resumedAt = settled(await recordings.resume(callId, by).catch(asAway));
      return { resumedAt: resumedAt.toISOString() };
    },
    "recording.delete": async ({ id }, by) => {
      const done = isId(id) ? await recordings.erase(id, by) : "unknown";
      required(done === "unknown" ? undefined : done, "recording");
      if (done === "held")
        throw new CommandProblem(409, "held", "a legal hold is on this recording; lift it first");
      if (done === "nothing")
        throw new CommandProblem(409, "no-sound", "there is no sound of this recording to delete");
      return {};
    },
    "recording.hold": async ({ id, held, reason }, by) => {
      const done = isId(id) ? await holdRecording(db, id, held, by, reason) : "unknown";
      required(done === "unknown" ? undefined : done, "recording");
      if (done === "nothing")
        throw new CommandProblem(409, "no-sound", "there is no sound of this recording to hold");
      return {};
    },
    "recording.eraseExpired": (_args, by) => recordings.eraseExpired(by),
    "recording.rotateKeys": (_args, by) => recordings.rotate(by),
  };
}

function settled(answer: Date | PauseRefusal): Date {
  if (answer instanceof Date) return answer;
  throw refused(answer);
}

function refused(why: PauseRefusal): CommandProblem {
  switch (why) {
    case "unknown":
      return new CommandProblem(404, "not-found", "there is no such call");
    case "not-talking":
      return new CommandProblem(409, why, "nobody talks in this call now");
    case "not-recorded":
      return new CommandProblem(409, why, "this call is not recorded");
    case "not-paused":
      return new CommandProblem(409, why, "the recording of this call is not paused");
  }
}

function asAway(error: unknown): never {
  if ((error as Error).name !== "AmiError") throw error;
  throw new CommandProblem(
    503,
    "asterisk-away",
    "Asterisk does not answer; look at the call before you ask again",
  );
}
