/**
 * A number of a campaign is dialled: which trunk, which number is shown, and what the dialplan has to know to do
 * without us (68-campaign.conf).
 */
import type { Floor, Line, Millis, TrunkId } from "../floor.ts";
import { dialThrough, NO_TRUNK } from "../outgoing/trunk.ts";
import type { Turn } from "../turn.ts";
import type { AmdSettings, Campaign, KeyDoes } from "./campaign.ts";
import type { Attempt, Taken } from "./floor.ts";
import { shownFor, trunkOf } from "./trunks.ts";

/** From the deadline's passing until the message is heard. */
const MESSAGE_SECONDS = 0.06;

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
    from: callerOf(floor, campaign, taken, line, at),
    to: number,
    contactId,
    queue: campaign.queueId,
  });
  through(turn, campaign, taken, [], at);
}

/** The number that the customer is going to see. */
function callerOf(floor: Floor, campaign: Campaign, taken: Taken, line: Line | undefined, at: Millis) {
  const trunk = trunkOf(floor, campaign, at);
  return trunk && shownFor(trunk, campaign, line, taken.turn);
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
      text: `the campaign «${campaign.name}» dialled ${number} through «${trunk.name}», showing ${callerId ?? "the carrier's number"}`,
    },
  });
  turn.ask({
    kind: "originate",
    call,
    channel: attempt,
    ...dialThrough(trunk, number, callerId),
    seconds: campaign.ringSeconds,
    place: { context: "campaign", extension: `${line.key}_${campaign.key}` },
    variables: variablesOf(floor, campaign, line, number, callerId),
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
  line: Line,
  number: string,
  callerId: string | undefined,
): Record<string, string> {
  const { amd, messageSoundId = "" } = campaign;
  const { connectSeconds, clock, message, refusalKey } = campaign.policy.abandonment;
  const digits = (callerId ?? "").replace(/[^0-9]/g, "");
  return {
    "CHANNEL(hangup_handler_push)": "campaign-unheard,s,1",
    DZ_NUMBER: number,
    DZ_FROM: [...digits].map((digit) => `&digits/${digit}`).join(""),
    DZ_DEADLINE: String(Math.max(0.2, connectSeconds - MESSAGE_SECONDS)),
    // Without app_amd nobody hears when the greeting ends; from the answer on is always soon enough.
    DZ_CLOCK: amd ? clock : "answer",
    DZ_MESSAGE: messageSoundId,
    DZ_SAY: message ? "1" : "0",
    DZ_REFUSAL: refusalKey ?? "",
    ...(campaign.wrapUp && { DZ_WRAP: "1" }),
    ...(amd && listeningFor(amd)),
    ...(campaign.mode === "agentless" && announcementOf(campaign, queueKeyOf(floor, campaign, line))),
  };
}

/** How app_amd listens, and what a machine gets. */
function listeningFor(amd: AmdSettings): Record<string, string> {
  return {
    DZ_AMD: amdOf(amd),
    DZ_UNSURE: amd.unsure,
    DZ_MACHINE: amd.machine,
    DZ_MACHINE_SOUND: amd.machineSoundId ?? "",
  };
}

/** AMD()'s arguments in their order. */
function amdOf(amd: AmdSettings): string {
  return [
    ...[amd.initialSilence, amd.greeting, amd.afterGreetingSilence, amd.totalAnalysisTime],
    ...[amd.minimumWordLength, amd.betweenWordsSilence, amd.maximumNumberOfWords],
    ...[amd.silenceThreshold, amd.maximumWordLength],
  ].join("-");
}

/** Where a key leads that asks for a person. */
function queueKeyOf(floor: Floor, campaign: Campaign, line: Line): string {
  return floor.queues.get(campaign.queueId ?? line.queueId)?.key ?? "";
}

/** Keys by what they do: a set of digits each. */
function announcementOf(
  { announcement, announcementSoundId, policy }: Campaign,
  queueKey: string,
): Record<string, string> {
  const keys = Object.entries(announcement?.keys ?? {});
  const that = (does: KeyDoes) => keys.flatMap(([key, each]) => (each.does === does ? [key] : [])).join("");
  return {
    DZ_ANNOUNCEMENT: announcementSoundId ?? "",
    DZ_PLAYS: String(announcement?.times ?? 1),
    DZ_WAIT_KEY: String(announcement?.waitSeconds ?? 3),
    DZ_ANSWERS: that("answer"),
    DZ_REPLAYS: that("replay"),
    DZ_AGENTS: that("queue"),
    DZ_TO_QUEUE: queueKey,
    DZ_REFUSALS: that("refuse") + (policy.abandonment.refusalKey ?? ""),
  };
}
