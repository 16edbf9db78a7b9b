/**
 * Campaigns: dials that are written down, who answers them, and what becomes of those whom nobody takes.
 */

import type { AttemptEnding } from "../dialling/campaign.ts";
import { abandon, connect, MARGIN_MS, named } from "../dialling/connect.ts";
import { dial } from "../dialling/dial.ts";
import { unansweredEnding } from "../dialling/endings.ts";
import { attemptOfCall } from "../dialling/evolve.ts";
import type { Attempt } from "../dialling/floor.ts";
import type { CallId, Millis } from "../floor.ts";
import type { Input } from "../inputs.ts";
import type { Turn } from "../turn.ts";

/** Within this Asterisk has said that it did not take a step. */
const LATE_MS = 50;

type Heard<Kind extends Input["kind"]> = Extract<Input, { kind: Kind }>;

/** Rows changed. Calls of a campaign that was stopped do not ring on. */
export function campaignsLoaded(turn: Turn, { at, campaigns }: Heard<"campaignsLoaded">): void {
  turn.happened({ kind: "CampaignsLoaded", at, campaigns });
  for (const attempt of [...turn.floor.attempts.values()]) {
    const campaign = turn.floor.campaigns.get(attempt.campaignId);
    if (!campaign || campaign.state === "stopped")
      hangUpRinging(turn, attempt, at, "cancelled", "the campaign was stopped");
  }
}

/** Attempts are written down (law L4): now the numbers are dialled. */
export function attemptsCommitted(
  turn: Turn,
  { at, campaign: id, attempts }: Heard<"attemptsCommitted">,
): void {
  const { floor } = turn;
  const campaign = floor.campaigns.get(id);
  for (const taken of attempts) {
    if (floor.attempts.has(taken.id) || floor.calls.has(taken.call)) continue;
    if (campaign?.state === "running") dial(turn, campaign, taken, at);
    else notDialled(turn, taken, at, "the campaign does not run any more");
  }
}

/** They are not to be dialled, or not to ring on: the campaign was stopped, or too many would answer. */
export function attemptsUnwanted(turn: Turn, { at, attempts, why, text }: Heard<"attemptsUnwanted">): void {
  for (const id of attempts) {
    const attempt = turn.floor.attempts.get(id);
    if (attempt) hangUpRinging(turn, attempt, at, why, text);
  }
}

/** After a restart: dials whose channels are there still. */
export function attemptsRecovered(turn: Turn, { at, attempts }: Heard<"attemptsRecovered">): void {
  turn.happened({ kind: "AttemptsRecovered", at, attempts });
}

/** A live person is there and waits in Stasis: for an agent, no longer than the deadline. Asked again, nothing is new. */
export function customerAnswered(turn: Turn, input: Heard<"customerAnswered">): void {
  const { floor } = turn;
  const { at, call, channel } = input;
  const attempt = floor.attempts.get(channel) ?? adopted(turn, input);
  if (!attempt) {
    // A campaign that is gone: the dialplan's clock runs, and the message is all there is to say.
    turn.ask({ kind: "continue", call, channel, step: { kind: "abandon" } });
    return;
  }
  if (attempt.stage === "ringing") {
    const campaign = floor.campaigns.get(attempt.campaignId);
    const deadlineAt = at + input.leftMs - MARGIN_MS;
    turn.happened({ kind: "AttemptAnswered", ...named(attempt, at), deadlineAt });
    if (campaign)
      turn.ask({
        kind: "wake",
        at: deadlineAt,
        input: { kind: "connectDeadline", at: deadlineAt, attempt: attempt.id },
      });
  }
  connect(turn, attempt.id, at, attempt.stage === "waiting");
  // Our answer to the question before came too late, which Asterisk is going to tell us.
  if (attempt.stage === "connecting") {
    const soon = at + LATE_MS;
    const look = { kind: "connectDeadline", at: soon, attempt: attempt.id } as const;
    turn.ask({ kind: "wake", at: soon, input: look });
  }
}

/** The customer still waits: is the time over? */
export function connectDeadline(turn: Turn, input: Heard<"connectDeadline">): void {
  const attempt = turn.floor.attempts.get(input.attempt);
  if (attempt?.stage !== "waiting") return;
  if ((attempt.deadlineAt ?? 0) > input.at) connect(turn, attempt.id, input.at, true);
  else abandon(turn, attempt, input.at, "no agent was there in time: the customer heard the message");
}

/** From the record: the dialplan plays the message; it has decided so alone if we have not. */
export function abandonHeard(turn: Turn, { at, call }: Heard<"abandonHeard">): void {
  const attempt = attemptOfCall(turn.floor, call);
  if (!attempt || attempt.stage === "leaving") return;
  const because = {
    rule: "L2",
    text: "no agent was there in time by the dialplan's own clock: the customer heard the message",
  };
  turn.happened({ kind: "CustomerAbandoned", ...named(attempt, at), because });
}

/** From the record: app_amd took whoever answered for a machine. */
export function machineHeard(turn: Turn, { at, call, cause }: Heard<"machineHeard">): void {
  const attempt = attemptOfCall(turn.floor, call);
  if (attempt?.stage === "ringing") turn.happened({ kind: "MachineHeard", ...named(attempt, at), cause });
}

/** From the record: an agentless campaign's announcement is heard. */
export function announcementHeard(turn: Turn, { at, call }: Heard<"announcementHeard">): void {
  const attempt = attemptOfCall(turn.floor, call);
  if (attempt?.stage === "ringing") turn.happened({ kind: "AnnouncementHeard", ...named(attempt, at) });
}

/** From the record: its INVITE had no answer of any kind, so nobody's phone was reached, whatever Asterisk's cause says. */
export function carrierSilent(turn: Turn, { at, call }: Heard<"carrierSilent">): void {
  const attempt = attemptOfCall(turn.floor, call);
  if (attempt?.stage === "ringing") turn.happened({ kind: "CarrierSilent", ...named(attempt, at) });
}

/** The trunk is left alone; who is dialled through it is not dialled by another one meanwhile. */
export function carrierQuiet(turn: Turn, { at, attempt: id, trunkKey }: Heard<"carrierQuiet">): void {
  const attempt = turn.floor.attempts.get(id);
  if (attempt?.stage !== "ringing" || attempt.ended || attempt.trunkKey !== trunkKey) return;
  const because = { rule: "L8", text: "the carrier has not even said that it is trying" };
  turn.happened({ kind: "CarrierQuiet", ...named(attempt, at), trunkKey, because });
}

/** The customer's channel is gone. @param cause Q.850 */
export function attemptGone(turn: Turn, channel: string, at: Millis, cause: number | undefined): void {
  const attempt = turn.floor.attempts.get(channel);
  if (!attempt) return;
  turn.happened({ kind: "AttemptOver", ...named(attempt, at), ending: endingOf(attempt, cause), cause });
}

/** The last channel of a call is gone, and with it the attempt that it was. */
export function attemptCallGone(turn: Turn, call: CallId, at: Millis): void {
  const attempt = attemptOfCall(turn.floor, call);
  if (attempt) attemptGone(turn, attempt.id, at, undefined);
}

/** Whoever has answered is not hung up on. */
function hangUpRinging(
  turn: Turn,
  attempt: Attempt,
  at: Millis,
  why: "shed" | "cancelled",
  text: string,
): void {
  if (attempt.stage !== "ringing" || attempt.ended) return;
  turn.happened({ kind: "AttemptHungUp", ...named(attempt, at), why, because: { rule: "campaign", text } });
  turn.ask({ kind: "hangUp", call: attempt.call, channel: attempt.id });
}

function endingOf({ stage, ended, left, silent }: Attempt, cause: number | undefined): AttemptEnding {
  if (stage === "talking") return "answered";
  if (stage === "leaving") return left ?? "abandoned";
  if (stage !== "ringing") return "hung_up";
  return ended ?? (silent ? "failed" : unansweredEnding(cause));
}

function notDialled(turn: Turn, taken: { id: string; call: CallId }, at: Millis, reason: string): void {
  turn.ask({ kind: "settleAttempt", at, attempt: taken.id, ending: "not_placed", reason });
}

/** An attempt that we have not seen being dialled: we were away. */
function adopted(turn: Turn, input: Heard<"customerAnswered">): Attempt | undefined {
  const { floor } = turn;
  const campaign = [...floor.campaigns.values()].find(({ key }) => key === input.campaignKey);
  if (!campaign) return undefined;
  const lineId = floor.lineKeys.get(input.lineKey);
  const { at, call, channel } = input;
  if (!floor.calls.has(call))
    turn.happened({ kind: "CallArrived", at, call, channel, type: "outbound", lineId, to: input.number });
  const attempt: Attempt = {
    id: channel,
    call,
    campaignId: campaign.id,
    number: input.number ?? "",
    trunkKey: "",
    dialledAt: at,
    stage: "ringing",
    turn: 0,
    refusedBy: [],
  };
  turn.happened({ kind: "AttemptsRecovered", at, attempts: [attempt] });
  return attempt;
}
