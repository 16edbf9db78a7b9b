/**
 * What a campaign's dial came to, out of its call's facts (law L5): the ending, and the evidence of when somebody
 * answered, when the greeting ended, when an agent was there, when the message was played.
 */
import type { AttemptEnding } from "../dialling/campaign.ts";
import { unansweredEnding } from "../dialling/endings.ts";
import type { Millis } from "../floor.ts";
import type { ChannelFact, Fact } from "./facts.ts";

/** How the channels of customers begin whom a campaign dials. */
export const DIALLED = "campaign-";

/** What app_amd thought, and how long it took. */
export interface AmdVerdict {
  readonly verdict: "person" | "machine" | "unsure";
  /** AMDCAUSE: `HUMAN-800-800`, `LONGGREETING-2500-2500`. */
  readonly cause: string;
}

export interface AttemptRecord {
  readonly ending: AttemptEnding;
  /** Q.850 of the customer's channel. */
  readonly cause: number | undefined;
  readonly answeredAt: Millis | undefined;
  /** Known only where somebody listened for machines. */
  readonly greetingEndedAt: Millis | undefined;
  /** An agent was there. */
  readonly connectedAt: Millis | undefined;
  readonly abandonedAt: Millis | undefined;
  readonly messagePlayedAt: Millis | undefined;
  readonly amd: (AmdVerdict & { readonly ms: number }) | undefined;
  /** Keys that were pressed while something was played. */
  readonly pressed: string | undefined;
  /** One of them meant "do not call again". */
  readonly refused: boolean;
  /** Asterisk's name for the trunk that carried it. */
  readonly trunkKey: string | undefined;
  /** The number that was shown, where it was not known when the attempt was written. */
  readonly callerNumber?: string | undefined;
  readonly endedAt: Millis;
}

/** What the dialplan says after AMD(): `<AMDSTATUS>_<AMDCAUSE>`; undefined: the customer hung up meanwhile. */
export function amdVerdict(said: unknown): AmdVerdict | undefined {
  const [status = "", cause = ""] = typeof said === "string" ? said.split("_") : [];
  const verdict = VERDICTS[status];
  return verdict && { verdict, cause };
}

const VERDICTS: Readonly<Record<string, AmdVerdict["verdict"]>> = {
  HUMAN: "person",
  MACHINE: "machine",
  NOTSURE: "unsure",
};

/**
 * The record of one attempt whose call is over.
 * @param ordered the call's facts in the order in which they happened
 * @param connectedAt when the customer and an agent first heard each other
 */
export function foldAttempt(
  channel: string,
  ordered: readonly Fact[],
  { connectedAt, endedAt }: { connectedAt: Millis | undefined; endedAt: Millis },
): AttemptRecord {
  const answeredAt = ofChannel(ordered, channel, "ANSWER")?.at;
  const hangup = ofChannel(ordered, channel, "HANGUP")?.data as ChannelFact | undefined;
  const cause = hangup?.extra?.hangupcause;
  const heard = said(ordered, "AMD");
  const verdict = amdVerdict(heard?.text);
  const amd =
    heard && verdict && answeredAt !== undefined
      ? { ...verdict, ms: whole(heard.at - answeredAt) }
      : undefined;
  const known: Omit<AttemptRecord, "ending"> = {
    cause: typeof cause === "number" ? cause : undefined,
    answeredAt,
    greetingEndedAt: heard && amd && amd.verdict === "person" ? heard.at - silenceIn(amd.cause) : undefined,
    connectedAt,
    abandonedAt: said(ordered, "ABANDONED")?.at,
    messagePlayedAt: said(ordered, "MESSAGE")?.at,
    amd,
    pressed: said(ordered, "PRESSED")?.text || undefined,
    refused: said(ordered, "REFUSED") !== undefined,
    trunkKey: trunkOf(ordered, channel),
    endedAt,
  };
  return { ...known, ending: endingOf(known, ordered, hangup !== undefined) };
}

function endingOf(
  { connectedAt, answeredAt, abandonedAt, cause }: Omit<AttemptRecord, "ending">,
  ordered: readonly Fact[],
  complete: boolean,
): AttemptEnding {
  if (connectedAt !== undefined) return "answered";
  const why = ordered.find(({ source, kind }) => source === "engine" && kind === "AttemptHungUp")?.data.why;
  const hungUp = why === "shed" || why === "cancelled" ? why : undefined;
  if (answeredAt === undefined) {
    // The carrier said nothing at all: its doing, and nobody's phone rang.
    const silent = said(ordered, "SILENT") !== undefined;
    return hungUp ?? (silent ? "failed" : complete ? unansweredEnding(cause) : "lost");
  }
  if (said(ordered, "MACHINE")) return "machine";
  if (abandonedAt !== undefined) return "abandoned";
  if (said(ordered, "ANNOUNCED")) return "self_service";
  if (!complete) return "lost";
  // We hung up on somebody who had just answered: nobody was there for them.
  return hungUp ? "abandoned" : "hung_up";
}

function ofChannel(ordered: readonly Fact[], channel: string, kind: string): Fact | undefined {
  return ordered.find(
    (fact) => fact.source === "cel" && fact.kind === kind && fact.data.uniqueId === channel,
  );
}

function trunkOf(ordered: readonly Fact[], channel: string): string | undefined {
  const name = ofChannel(ordered, channel, "CHAN_START")?.data.channel;
  return typeof name === "string" ? /^PJSIP\/(.+)-[0-9a-f]{8,}$/.exec(name)?.[1] : undefined;
}

/** The last event of this name that the dialplan wrote. */
function said(ordered: readonly Fact[], name: string): { at: Millis; text: string } | undefined {
  const fact = ordered.findLast(({ source, data }) => source === "cel" && data.userEvent === name);
  if (!fact) return undefined;
  const { extra } = fact.data as unknown as ChannelFact;
  return { at: fact.at, text: typeof extra?.extra === "string" ? extra.extra : "" };
}

/** AMDCAUSE of a person: how long it had been silent when app_amd was sure. */
function silenceIn(cause: string): Millis {
  const ms = Number(/^HUMAN-(\d+)-/.exec(cause)?.[1] ?? 0);
  return Number.isFinite(ms) ? ms : 0;
}

function whole(ms: number): number {
  return Math.max(0, Math.round(ms));
}
