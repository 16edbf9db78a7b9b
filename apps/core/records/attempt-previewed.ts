/**
 * What a preview call came to, out of its facts (law L5): the agent's phone was called first, so the customer's is the
 * channel that was dialled after the dialplan said which number (CELGenUserEvent EXTERNAL).
 */
import type { AttemptEnding } from "../dialling/campaign.ts";
import { unansweredEnding } from "../dialling/endings.ts";
import type { Millis } from "../floor.ts";
import type { AttemptRecord } from "./attempt.ts";
import type { ChannelFact, Fact } from "./facts.ts";

/** How the channels of agents begin who call somebody that was shown to them. */
export const PREVIEWED = "preview-";

/**
 * The record of one preview call that is over.
 * @param channel the agent's
 * @param ordered the call's facts in the order in which they happened
 * @param connectedAt when the customer and an agent first heard each other
 */
export function foldPreviewed(
  channel: string,
  ordered: readonly Fact[],
  { connectedAt, endedAt }: { connectedAt: Millis | undefined; endedAt: Millis },
): AttemptRecord {
  const theirs = customersChannel(ordered, channel);
  const answeredAt = theirs && of(ordered, theirs.uniqueId, "ANSWER")?.at;
  const hangup = theirs && (of(ordered, theirs.uniqueId, "HANGUP")?.data as ChannelFact | undefined);
  const cause = hangup?.extra?.hangupcause;
  return {
    ending: endingOf(ordered, channel, { theirs, hangup, answeredAt, connectedAt }),
    cause: typeof cause === "number" ? cause : undefined,
    answeredAt,
    connectedAt,
    trunkKey: theirs && /^PJSIP\/(.+)-[0-9a-f]{8,}$/.exec(theirs.channel)?.[1],
    callerNumber: shownNumber(ordered),
    endedAt,
    // Nobody listens for machines or plays anything where an agent is there from the beginning.
    ...{ greetingEndedAt: undefined, abandonedAt: undefined, messagePlayedAt: undefined },
    ...{ amd: undefined, pressed: undefined, refused: false },
  };
}

function endingOf(
  ordered: readonly Fact[],
  channel: string,
  known: {
    theirs: ChannelFact | undefined;
    hangup: ChannelFact | undefined;
    answeredAt: Millis | undefined;
    connectedAt: Millis | undefined;
  },
): AttemptEnding {
  if (known.connectedAt !== undefined) return "answered";
  const own = of(ordered, channel, "HANGUP")?.data as ChannelFact | undefined;
  // The agent's phone was not answered, or the customer's could not be dialled.
  if (!known.theirs) return own ? "not_placed" : "lost";
  if (known.answeredAt !== undefined) return known.hangup ? "hung_up" : "lost";
  if (!known.hangup) return "lost";
  const status = own?.extra?.dialstatus;
  if (status === "CANCEL") return "cancelled";
  if (status === "NOANSWER") return "no_answer";
  const cause = known.hangup.extra?.hangupcause;
  return unansweredEnding(typeof cause === "number" ? cause : undefined);
}

function customersChannel(ordered: readonly Fact[], own: string): ChannelFact | undefined {
  let dialled = false;
  for (const { source, kind, data } of ordered) {
    if (source !== "cel") continue;
    const fact = data as unknown as ChannelFact;
    if (fact.userEvent === "EXTERNAL") dialled = true;
    else if (dialled && kind === "CHAN_START" && fact.uniqueId !== own) return fact;
  }
  return undefined;
}

function of(ordered: readonly Fact[], channel: string, kind: string): Fact | undefined {
  return ordered.find(
    (fact) => fact.source === "cel" && fact.kind === kind && fact.data.uniqueId === channel,
  );
}

/** What the customer saw. */
function shownNumber(ordered: readonly Fact[]): string | undefined {
  const dialled = ordered.findLast(({ source, kind }) => source === "engine" && kind === "ExternalDialled");
  const callerId = (dialled?.data.step as { callerId?: unknown } | undefined)?.callerId;
  return typeof callerId === "string" ? callerId : undefined;
}
