/**
 * A number of a campaign is dialled: which trunk, which number is shown, and what the dialplan has to know to do
 * without us (68-campaign.conf).
 */
import type { Floor, Millis, TrunkId } from "../floor.ts";
import { dialThrough, NO_TRUNK } from "../outgoing/trunk.ts";
import type { Turn } from "../turn.ts";
import type { Attempt, Campaign, Taken } from "./floor.ts";
import { shownFor, trunkOf } from "./trunks.ts";

/** Dials through the first trunk that is left; none: nobody's phone rings. */
export function dial(turn: Turn, campaign: Campaign, taken: Taken, at: Millis): void {
  const { floor } = turn;
  const line = floor.lines.get(campaign.lineId);
  const { call, id: channel, number, contactId } = taken;
  turn.happened({
    kind: "CallArrived",
    at,
    call,
    channel,
    type: "outbound",
    lineId: line?.id,
    from: campaign.callerNumbers[taken.turn % (campaign.callerNumbers.length || 1)] ?? line?.number,
    to: number,
    contactId,
    queue: campaign.queueId,
  });
  through(turn, campaign, taken, [], at);
}

/** The trunk did not even take the call: the next one, until none is left. */
export function dialAgain(turn: Turn, attempt: Attempt, at: Millis): void {
  const { floor } = turn;
  const campaign = floor.campaigns.get(attempt.campaignId);
  const trunk = [...floor.trunks.values()].find(({ key }) => key === attempt.trunkKey);
  const refusedBy = trunk ? [...attempt.refusedBy, trunk.id] : attempt.refusedBy;
  const { id, call, number, agentId, cls, turn: shown } = attempt;
  const taken: Taken = { id, call, number, agentId, cls, turn: shown };
  if (campaign && trunk) through(turn, campaign, taken, refusedBy, at);
  else failed(turn, taken, attempt.campaignId, at, "the campaign is gone");
}

function through(
  turn: Turn,
  campaign: Campaign,
  taken: Taken,
  refusedBy: readonly TrunkId[],
  at: Millis,
): void {
  const { floor } = turn;
  const line = floor.lines.get(campaign.lineId);
  const trunk = line && trunkOf(floor, campaign, at, refusedBy);
  if (!trunk) {
    failed(turn, taken, campaign.id, at, refusedBy.length > 0 ? "no trunk took the call" : NO_TRUNK);
    return;
  }
  const { id: attempt, call, number, agentId: asked, cls } = taken;
  const callerId = shownFor(trunk, campaign, line, taken.turn);
  turn.happened({
    kind: "AttemptDialled",
    ...{ at, call, campaign: campaign.id, attempt, number, asked, cls, turn: taken.turn },
    ...{ trunkKey: trunk.key, callerId, refusedBy },
    because: {
      rule: "campaign",
      text: `«${campaign.name}» dials ${number} through ${trunk.name} and shows ${callerId ?? "the carrier's number"}`,
    },
  });
  turn.ask({
    kind: "originate",
    call,
    channel: attempt,
    ...dialThrough(trunk, number, callerId),
    seconds: campaign.ringSeconds,
    place: { context: "campaign", extension: `${line.key}_${campaign.key}` },
    variables: variablesOf(floor, campaign, number, callerId),
  });
}

function failed(turn: Turn, taken: Taken, campaign: Campaign["id"], at: Millis, text: string): void {
  const { id: attempt, call } = taken;
  turn.happened({ kind: "AttemptOver", at, call, campaign, attempt, ending: "not_placed", text });
  turn.happened({ kind: "CallGone", at, call });
  turn.ask({ kind: "settleAttempt", at, attempt, ending: "not_placed", reason: text });
}

/** What the dialplan needs when the engine is away: made of numbers, ids and words of ours only. */
function variablesOf(
  floor: Floor,
  campaign: Campaign,
  number: string,
  callerId: string | undefined,
): Record<string, string> {
  const { amd, deadline, messageSoundId = "", says, refusalKey = "" } = campaign;
  const digits = (callerId ?? "").replace(/[^0-9]/g, "");
  return {
    DZ_NUMBER: number,
    DZ_FROM: [...digits].map((digit) => `&digits/${digit}`).join(""),
    DZ_DEADLINE: String(deadline.ms / 1000),
    DZ_CLOCK: amd ? deadline.clock : "answer",
    DZ_MESSAGE: messageSoundId,
    DZ_SAY: says ? "1" : "0",
    DZ_REFUSAL: refusalKey,
    ...(amd && {
      DZ_AMD: [
        ...[amd.initialSilenceMs, amd.greetingMs, amd.afterGreetingSilenceMs, amd.totalMs],
        ...[amd.minWordMs, amd.betweenWordsMs, amd.maxWords],
      ].join("-"),
      DZ_MACHINE: amd.machine,
      DZ_MACHINE_SOUND: amd.machineSoundId ?? messageSoundId,
    }),
    ...(campaign.mode === "agentless" && announcementOf(floor, campaign)),
  };
}

function announcementOf(floor: Floor, { announcement, refusalKey, messageSoundId }: Campaign) {
  const keys = (announcement?.keys ?? []).map(({ digit, means, queueId = "" }) => {
    const queue = floor.queues.get(queueId)?.key;
    return [`DZ_KEY_${digit}`, means === "queue" && queue ? `queue.${queue}` : means] as const;
  });
  return {
    DZ_ANNOUNCE: announcement?.soundId ?? messageSoundId ?? "",
    DZ_PLAYS: String(announcement?.plays ?? 1),
    ...Object.fromEntries(keys),
    ...(refusalKey !== undefined && { [`DZ_KEY_${refusalKey}`]: "refuse" }),
  };
}
