/**
 * How the floor moves with a campaign's dials.
 */
import type { DomainEvent } from "../events.ts";
import type { Floor } from "../floor.ts";
import { isCarriersFault } from "./endings.ts";
import type { DiallingEvent } from "./events.ts";
import type { Attempt } from "./floor.ts";
import { fill, spend } from "./limits.ts";
import { restAfter, restOf } from "./trunks.ts";

type Dialled = Extract<DiallingEvent, { kind: "AttemptDialled" }>;

/** The part of `evolve` (core/evolve.ts) that is about campaigns. */
export function evolveDialling(floor: Floor, event: DiallingEvent): void {
  switch (event.kind) {
    case "CampaignsLoaded":
      floor.campaigns.clear();
      for (const campaign of event.campaigns) floor.campaigns.set(campaign.id, campaign);
      return;
    case "AttemptsRecovered":
      for (const attempt of event.attempts) floor.attempts.set(attempt.id, attempt);
      return;
    case "AttemptDialled":
      floor.attempts.set(event.attempt, {
        id: event.attempt,
        call: event.call,
        campaignId: event.campaign,
        number: event.number,
        trunkKey: event.trunkKey,
        dialledAt: floor.attempts.get(event.attempt)?.dialledAt ?? event.at,
        cls: event.cls,
        agentId: event.asked,
        stage: "ringing",
        turn: event.turn,
        refusedBy: event.refusedBy,
      });
      counted(floor, event);
      return;
    case "AttemptAnswered": {
      change(floor, event.attempt, { stage: "waiting", liveAt: event.at, deadlineAt: event.deadlineAt });
      const call = floor.calls.get(event.call);
      if (call) floor.calls.set(call.id, { ...call, phaseSince: event.at });
      return;
    }
    case "CustomerWaits":
      return;
    case "CustomerAbandoned":
      leaves(floor, event, "abandoned");
      return;
    case "MachineHeard":
      leaves(floor, event, "machine");
      return;
    case "AnnouncementHeard":
      change(floor, event.attempt, { stage: "leaving", left: "self_service", liveAt: event.at });
      return;
    case "CarrierSilent":
      change(floor, event.attempt, { silent: true });
      return;
    case "CarrierQuiet":
      for (const { id, key } of floor.trunks.values())
        if (key === event.trunkKey) floor.rests.set(id, restOf(event.at));
      return;
    case "AttemptHungUp":
      change(floor, event.attempt, { ended: event.why });
      return;
    case "AttemptOver": {
      const attempt = floor.attempts.get(event.attempt);
      if (attempt) carried(floor, attempt, event);
      floor.attempts.delete(event.attempt);
      return;
    }
  }
}

/** An attempt follows what becomes of its call. */
export function followAttempt(floor: Floor, event: DomainEvent): void {
  if (floor.attempts.size === 0 || !("call" in event)) return;
  const stage = STAGES[event.kind];
  const attempt = stage && attemptOfCall(floor, event.call);
  if (!attempt || attempt.stage === "talking") return;
  // Whom we gave up, the dialplan had given an agent.
  if (attempt.stage === "leaving" && !(stage === "talking" && attempt.left === "abandoned")) return;
  // A call that was not answered yet cannot wait for anybody.
  if (stage === "waiting" && attempt.stage === "ringing") return;
  change(floor, attempt.id, { stage });
}

/** The attempt that this call is. */
export function attemptOfCall(floor: Floor, call: string | undefined): Attempt | undefined {
  if (call === undefined) return undefined;
  const channel = floor.calls.get(call)?.channel;
  if (channel !== undefined) return floor.attempts.get(channel);
  for (const attempt of floor.attempts.values()) if (attempt.call === call) return attempt;
  return undefined;
}

const STAGES: Readonly<Partial<Record<DomainEvent["kind"], Attempt["stage"]>>> = {
  AgentOffered: "connecting",
  OfferEnded: "waiting",
  QueueRang: "connecting",
  QueueRingEnded: "waiting",
  StepRefused: "waiting",
  TalkStarted: "talking",
};

function leaves(
  floor: Floor,
  event: DiallingEvent & { attempt: string; call: string },
  left: Attempt["left"],
): void {
  change(floor, event.attempt, { stage: "leaving", left });
  const call = floor.calls.get(event.call);
  if (call) floor.calls.set(call.id, { ...call, phase: "ending", phaseSince: event.at, agentId: undefined });
}

/** Whether its trunk took the call says something of the trunk; that we changed our mind does not. */
function carried(
  floor: Floor,
  attempt: Attempt,
  { at, cause }: Extract<DiallingEvent, { kind: "AttemptOver" }>,
) {
  if (attempt.ended) return;
  const failed = attempt.stage === "ringing" && (attempt.silent || isCarriersFault(cause));
  for (const trunk of floor.trunks.values()) {
    if (trunk.key !== attempt.trunkKey) continue;
    const before = floor.rests.get(trunk.id);
    // What it carried earlier says nothing of how it is now.
    if (!failed && before && attempt.dialledAt < before.since) continue;
    const rest = attempt.silent ? restOf(at) : restAfter(before, failed === true, at);
    if (rest) floor.rests.set(trunk.id, rest);
    else floor.rests.delete(trunk.id);
  }
}

/** One more call in this second. */
function counted(floor: Floor, { at, campaign: id, trunkKey, refusedBy }: Dialled): void {
  const campaign = floor.campaigns.get(id);
  const trunk = [...floor.trunks.values()].find(({ key }) => key === trunkKey);
  if (trunk?.callsPerSecond !== undefined)
    floor.buckets.set(trunk.id, spend(fill(floor.buckets.get(trunk.id), trunk.callsPerSecond, at), 1));
  if (campaign && refusedBy.length === 0)
    floor.buckets.set(id, spend(fill(floor.buckets.get(id), campaign.callsPerSecond, at), 1));
}

function change(floor: Floor, id: Attempt["id"], to: Partial<Attempt>): void {
  const attempt = floor.attempts.get(id);
  if (attempt) floor.attempts.set(id, { ...attempt, ...to });
}
