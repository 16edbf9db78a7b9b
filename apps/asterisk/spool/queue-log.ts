/**
 * Asterisk's queue_log: `epoch|call|queue|agent|event|data1|…`, one line per event (main/logger.c).
 *
 * Nothing in this file is quoted, so a `|` or a newline in the caller's number would forge fields and whole lines.
 * The dialplan must let only `0-9+*#` and letters of a caller's number come to `Queue()`; `log-caller-id-name`
 * must stay off. What is read here is believed as far as its shape goes.
 */

interface Common {
  /** Milliseconds since the epoch; Asterisk writes whole seconds. */
  readonly at: number;
  /** The caller's `uniqueId`; `NONE`, `MANAGER`, `CLI` or `REALTIME` where there is no caller. */
  readonly callId: string;
  readonly queue: string;
  /** The member's name; `NONE` where there is none. */
  readonly agent: string;
}

interface Place {
  readonly position: number;
  readonly originalPosition: number;
  readonly waitMs: number;
}

interface Talk {
  readonly holdMs: number;
  readonly talkMs: number;
  readonly originalPosition: number;
}

type Details =
  | { readonly event: "ENTERQUEUE"; readonly callerNumber: string; readonly position: number }
  | {
      readonly event: "CONNECT";
      readonly holdMs: number;
      readonly ringMs: number;
      /** The `uniqueId` of the agent's channel. */
      readonly agentCallId: string;
    }
  | ({ readonly event: "ABANDON" | "EXITWITHTIMEOUT" | "EXITEMPTY" | "WITHDRAW" } & Place)
  | ({ readonly event: "EXITWITHKEY"; readonly key: string } & Place)
  | ({ readonly event: "COMPLETEAGENT" | "COMPLETECALLER" } & Talk)
  | ({ readonly event: "BLINDTRANSFER"; readonly exten: string; readonly context: string } & Talk)
  | ({ readonly event: "ATTENDEDTRANSFER"; readonly to: readonly string[] } & Talk)
  | { readonly event: "RINGNOANSWER" | "RINGCANCELED"; readonly ringMs: number }
  | { readonly event: "PAUSE" | "UNPAUSE" | "PAUSEALL" | "UNPAUSEALL"; readonly reason: string }
  | { readonly event: "ADDMEMBER"; readonly paused: boolean }
  | { readonly event: "REMOVEMEMBER" }
  | { readonly event: "other"; readonly name: string; readonly data: readonly string[] };

/** One line of queue_log. `to` of an attended transfer is `BRIDGE|id`, `APP|name` or `LINK|channel|channel`. */
export type QueueLogEvent = Common & Details;

/** Reads one line; undefined when it has not the format, or not the fields that its event must have. */
export function parseQueueLog(line: string): QueueLogEvent | undefined {
  const [epoch, callId, queue, agent, event, ...data] = line.split("|");
  if (!epoch || !/^\d{1,11}$/.test(epoch) || callId === undefined || queue === undefined) return undefined;
  if (agent === undefined || !event || !/^\w+$/.test(event)) return undefined;
  const details = parseDetails(event, data);
  return details && { at: Number(epoch) * 1000, callId, queue, agent, ...details };
}

/** The order of the data is that of the `ast_queue_log` calls in apps/app_queue.c, Asterisk 22. */
function parseDetails(event: string, data: readonly string[]): Details | undefined {
  switch (event) {
    case "ENTERQUEUE":
      return enter(data);
    case "CONNECT":
      return connect(data);
    case "ABANDON":
    case "EXITWITHTIMEOUT":
    case "EXITEMPTY":
    case "WITHDRAW":
      return withPlace(data, (place) => ({ event, ...place }));
    case "EXITWITHKEY":
      return withPlace(data.slice(1), (place) => ({ event, key: data[0] ?? "", ...place }));
    case "COMPLETEAGENT":
    case "COMPLETECALLER":
      return withTalk(data, (talk) => ({ event, ...talk }));
    case "BLINDTRANSFER":
      return withTalk(data, (talk, [context = "", ...exten]) => ({
        ...{ event, context, exten: exten.reverse().join("|") },
        ...talk,
      }));
    case "ATTENDEDTRANSFER":
      return withTalk(data, (talk, to) => ({ event, to: to.reverse(), ...talk }));
    case "RINGNOANSWER":
    case "RINGCANCELED": {
      const ringMs = count(data[0]);
      return ringMs === undefined ? undefined : { event, ringMs };
    }
    case "PAUSE":
    case "UNPAUSE":
    case "PAUSEALL":
    case "UNPAUSEALL":
      return { event, reason: data.join("|") };
    case "ADDMEMBER":
      return { event, paused: data[0] === "PAUSED" };
    case "REMOVEMEMBER":
      return { event };
    default:
      return { event: "other", name: event, data };
  }
}

/** `url|number|position`; the number is whatever stands between the first and the last field. */
function enter(data: readonly string[]): Details | undefined {
  const position = count(data.at(-1));
  if (position === undefined || data.length < 3) return undefined;
  return { event: "ENTERQUEUE", callerNumber: data.slice(1, -1).join("|"), position };
}

/** `hold|uniqueid of the agent's channel|ring`, seconds. */
function connect(data: readonly string[]): Details | undefined {
  const [holdMs, ringMs] = [seconds(data[0]), seconds(data[2])];
  if (holdMs === undefined || ringMs === undefined) return undefined;
  return { event: "CONNECT", holdMs, ringMs, agentCallId: data[1] ?? "" };
}

/** `position|original position|seconds`; WITHDRAW adds a text that we do not use. */
function withPlace(data: readonly string[], make: (place: Place) => Details): Details | undefined {
  const [position, originalPosition, waitMs] = [count(data[0]), count(data[1]), seconds(data[2])];
  if (position === undefined || originalPosition === undefined || waitMs === undefined) return undefined;
  return make({ position, originalPosition, waitMs });
}

/** `…|hold|talk|original position`, read from the end; what stands before comes last field first. */
function withTalk(
  data: readonly string[],
  make: (talk: Talk, before: string[]) => Details,
): Details | undefined {
  const [last, talked, held, ...before] = data.toReversed();
  const [holdMs, talkMs, originalPosition] = [seconds(held), seconds(talked), count(last)];
  if (holdMs === undefined || talkMs === undefined || originalPosition === undefined) return undefined;
  return make({ holdMs, talkMs, originalPosition }, before);
}

function count(text: string | undefined): number | undefined {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function seconds(text: string | undefined): number | undefined {
  const whole = count(text);
  return whole === undefined ? undefined : whole * 1000;
}
