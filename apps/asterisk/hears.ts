/**
 * What Asterisk says → what the core hears. The only place that knows both vocabularies.
 */
import { OPEN_LINE } from "../core/agents/open-line.ts";
import type { Device } from "../core/floor.ts";
import type { Input } from "../core/inputs.ts";
import { phoneOfChannel } from "../core/records/fold.ts";
import type { AriEvent } from "./ari/port.ts";
import type { CelEvent } from "./spool/cel.ts";
import type { QueueLogEvent } from "./spool/queue-log.ts";

/** What hearing needs besides the event: time, chance, the directory and the derivation of ids. */
export interface Senses {
  now(): number;
  draw(): number;
  callIdOf(linkedId: string): string;
  /** An id that nothing has yet (UUID). */
  newId(): string;
  /** Whether the company lets this number (E.164) be called. */
  mayDial(number: string): boolean;
  /** Whether this number (E.164) is on the refusal list now. */
  refused(number: string): boolean;
  /** E.164 and the directory's contact for a caller's number as the trunk gave it. */
  identify(number: string): {
    from?: string | undefined;
    contact?: { id: string; ownerId?: string | undefined } | undefined;
  };
}

/** Event types that the engine's ARI application receives; everything else is filtered out by Asterisk. */
export const ARI_EVENTS = ["StasisStart", "DeviceStateChanged", "ApplicationReplaced"] as const;

/** An ARI event as an input; undefined when it is of no interest. */
export function hearAri(event: AriEvent, senses: Senses): Input | undefined {
  if (event.type === "StasisStart") return hearStasisStart(event, senses);
  if (event.type === "DeviceStateChanged") return hearDeviceState(event, senses);
  return undefined;
}

interface StasisChannel {
  readonly id: string;
  readonly caller?: { readonly number?: string };
}

/** The dialplan asks: Stasis(dozvon,<what>,…), dialplan/30-decide.conf and 20-from-agent.conf. */
function hearStasisStart(event: AriEvent, senses: Senses): Input | undefined {
  const channel = event.channel as StasisChannel | undefined;
  const args = (event.args as string[] | undefined) ?? [];
  if (!channel) return undefined;
  return hearQuestion(channel.id, channel.caller?.number ?? "", args, senses);
}

/** The question of a channel that waits in Stasis; also used for those found waiting after a reconnect. */
export function hearQuestion(
  channel: string,
  caller: string,
  args: readonly string[],
  senses: Senses,
): Input | undefined {
  const [question = "", first = "", second = "", third = ""] = args;
  const common = { at: senses.now(), call: callOf(channel, args, senses), channel };
  switch (question) {
    case "inbound":
      return {
        kind: "callerArrived",
        ...common,
        lineKey: first,
        ...senses.identify(caller),
        draw: senses.draw(),
      };
    case "offered":
      return {
        kind: "offerEnded",
        ...common,
        lineKey: first,
        phone: second,
        result: third,
        draw: senses.draw(),
      };
    case "lost":
      return { kind: "phoneVanished", ...common, lineKey: first, phone: second, draw: senses.draw() };
    case "welcomed":
      return { kind: "welcomed", ...common, lineKey: first, draw: senses.draw() };
    case "awaited":
      return { kind: "ownerAwaited", ...common, lineKey: first, draw: senses.draw() };
    case "menu":
      return hearChoice(second, third, { ...common, lineKey: first, draw: senses.draw() });
    case "external":
      return {
        kind: "externalEnded",
        ...common,
        lineKey: first,
        trunkKey: second,
        result: third,
        draw: senses.draw(),
      };
    case "queued":
      return {
        kind: "queueLeft",
        ...common,
        lineKey: first,
        queueKey: second,
        result: third,
        draw: senses.draw(),
      };
    case "callback": {
      const known = senses.identify(caller);
      const allowed = known.from?.startsWith("+") === true && senses.mayDial(known.from);
      return {
        kind: "callbackAsked",
        ...common,
        lineKey: first,
        queueKey: second,
        ...known,
        allowed,
        id: senses.newId(),
      };
    }
    case "called-back":
      return { kind: "calledBack", ...common, lineKey: first, draw: senses.draw() };
    case "dialled":
      return {
        kind: "customerAnswered",
        ...common,
        lineKey: first,
        campaignKey: second,
        number: senses.identify(caller).from,
        leftMs: secondsOf(third),
      };
    case "outside": {
      const dialled = senses.identify(first);
      if (!dialled.from?.startsWith("+"))
        return { kind: "colleagueDialled", ...common, shortNumber: first, byPhone: second };
      const { from: number, contact } = dialled;
      const [allowed, refused] = [senses.mayDial(number), senses.refused(number)];
      return { kind: "numberDialled", ...common, byPhone: second, number, contact, allowed, refused };
    }
    case "parted":
      return { kind: "partnerGone", ...common, lineKey: first, draw: senses.draw() };
    case "blind": {
      const { from } = senses.identify(second);
      // What may not be dialled is no number: then the target is unknown, and the customer goes back (LINE-13).
      const outside = from?.startsWith("+") && senses.mayDial(from) && !senses.refused(from);
      const number = outside ? from : undefined;
      const parts = { shortNumber: second, number, byPhone: third };
      return { kind: "phoneTransferred", ...common, lineKey: first, ...parts, draw: senses.draw() };
    }
    case "internal":
      return { kind: "colleagueDialled", ...common, shortNumber: first, byPhone: second };
    default:
      return undefined;
  }
}

/** Seconds of the dialplan's clock in milliseconds; nonsense is no time. */
function secondsOf(text: string): number {
  return Math.max(0, Math.round(Number(text) * 1000)) || 0;
}

/** The call that asks: of its first channel's id, which a channel that was called does not have itself. */
export function callOf(channel: string, args: readonly string[], senses: Pick<Senses, "callIdOf">): string {
  const first = args.find((arg) => arg.startsWith("call="))?.slice("call=".length);
  return senses.callIdOf(first || channel);
}

/** What a menu of generated/menus.conf says: `m1.2`, and `queue.q1`, `agent.<phone>` or `external.<number>`. */
function hearChoice(
  where: string,
  what: string,
  common: { at: number; call: string; channel: string; lineKey: string; draw: number },
): Input | undefined {
  const [menuKey = "", digit = ""] = where.split(".");
  const [action = "", target = ""] = what.split(".");
  if (action !== "agent" && action !== "queue" && action !== "external") return undefined;
  return { kind: "menuChose", ...common, menuKey, digit, action, target };
}

function hearDeviceState(event: AriEvent, senses: Senses): Input | undefined {
  const state = event.device_state as { name?: string; state?: string } | undefined;
  if (!state?.name?.startsWith("PJSIP/")) return undefined;
  return {
    kind: "deviceChanged",
    at: senses.now(),
    phone: state.name.slice(6),
    device: deviceOf(state.state ?? ""),
  };
}

/** Asterisk's device state as ours. */
export function deviceOf(state: string): Device {
  switch (state) {
    case "NOT_INUSE":
      return "idle";
    case "RINGING":
      return "ringing";
    case "INUSE":
    case "BUSY":
    case "RINGINUSE":
    case "ONHOLD":
      return "busy";
    default:
      return "unreachable";
  }
}

/** A CEL event as an input: talk begins and ends with bridges, a call ends with its last channel. */
export function hearCel(event: CelEvent, callIdOf: (linkedId: string) => string): Input | undefined {
  if (event.linkedId.startsWith(OPEN_LINE)) return hearOpenLine(event);
  switch (event.eventType) {
    case "CHAN_START": {
      const phone = event.uniqueId === event.linkedId ? undefined : phoneOfChannel(event.channel);
      return phone === undefined
        ? undefined
        : {
            kind: "phoneCalled",
            at: event.at,
            call: callIdOf(event.linkedId),
            phone,
            channel: event.uniqueId,
          };
    }
    case "BRIDGE_ENTER":
    case "BRIDGE_EXIT":
    case "HANGUP": {
      const phone = phoneOfChannel(event.channel);
      if (phone === undefined) return undefined;
      const common = { at: event.at, call: callIdOf(event.linkedId), phone, channel: event.uniqueId };
      if (event.eventType === "BRIDGE_ENTER") return { kind: "talkStarted", ...common };
      if (event.eventType === "BRIDGE_EXIT") return { kind: "talkEnded", ...common, gone: false };
      const { hangupcause } = event.extra;
      const cause = typeof hangupcause === "number" ? hangupcause : undefined;
      return { kind: "talkEnded", ...common, gone: true, cause };
    }
    case "USER_DEFINED":
      return hearUserEvent(event, callIdOf);
    case "ATTENDEDTRANSFER": {
      // The colleague's channel stays where it is and the customer comes to it: only this event says so.
      const { transfer_target_channel_name: name, transfer_target_channel_uniqueid: channel } = event.extra;
      const phone = phoneOfChannel(String(name));
      return phone === undefined
        ? undefined
        : {
            kind: "talkStarted",
            at: event.at,
            call: callIdOf(event.linkedId),
            phone,
            channel: String(channel),
          };
    }
    case "LINKEDID_END":
      return { kind: "callGone", at: event.at, call: callIdOf(event.linkedId) };
    default:
      return undefined;
  }
}

/** A line that an agent keeps open (69-open-line.conf). */
function hearOpenLine({ eventType, at, channel: name, uniqueId: channel }: CelEvent): Input | undefined {
  const phone = phoneOfChannel(name);
  if (phone === undefined) return undefined;
  if (eventType === "BRIDGE_ENTER") return { kind: "openLineStands", at, phone, channel };
  return eventType === "HANGUP" ? { kind: "openLineGone", at, phone, channel } : undefined;
}

/** What the dialplan says of a campaign's call (68-campaign.conf). */
function hearUserEvent(
  { userEvent, at, linkedId, extra }: CelEvent,
  callIdOf: (linkedId: string) => string,
): Input | undefined {
  const common = { at, call: callIdOf(linkedId) };
  if (userEvent === "ABANDONED") return { kind: "abandonHeard", ...common };
  if (userEvent === "ANNOUNCED") return { kind: "announcementHeard", ...common };
  if (userEvent === "SILENT") return { kind: "carrierSilent", ...common };
  if (userEvent === "MACHINE") return { kind: "machineHeard", ...common, cause: String(extra.extra ?? "") };
  return undefined;
}

/** A queue_log event as an input: who waits, also when the dialplan put them there without us. */
export function hearQueueLog(
  event: QueueLogEvent,
  callIdOf: (linkedId: string) => string,
): Input | undefined {
  if (event.event !== "ENTERQUEUE") return undefined;
  return {
    kind: "queueJoined",
    at: event.at,
    call: callIdOf(event.callId),
    channel: event.callId,
    queueKey: event.queue,
  };
}
