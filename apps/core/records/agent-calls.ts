/**
 * Each agent's part in one call, as statistics add it up: the sentences of core/statistics/definitions.ts, applied to
 * one record. Whole milliseconds, as the rows of channels and wrap-ups keep them.
 */
import type { AgentId, Millis } from "../floor.ts";
import { isOwnersChance } from "../statistics/outcomes.ts";
import type { CallRecord } from "./fold.ts";

export interface AgentCall {
  readonly agentId: AgentId;
  /** The agent's phone was called. */
  readonly called: boolean;
  /** False: had nothing to do with the call, but the customer is theirs. */
  readonly involved: boolean;
  /** With the customer, on all channels together; undefined: never. */
  readonly talkMs: number | undefined;
  /** From calling the phone until it was picked up, and how often it was. */
  readonly ringMs: number;
  readonly rings: number;
  /** Of completed wrap-ups. */
  readonly wrapUpMs: number;
  /** A customer's call in working hours whose caller this agent owned, and whether this agent took it. */
  readonly owned: boolean;
  readonly ownerAnswered: boolean;
  /** On an answered channel, or wrapping up; in order, without overlap. `to` is undefined while it goes on. */
  readonly busy: readonly Busy[];
}

export interface Busy {
  readonly from: Millis;
  readonly to: Millis | undefined;
}

/**
 * One entry for everybody who was called, called, wrapped up, was the first to be offered a call that was missed, or
 * owns the customer.
 * @param linkedId the call's first channel: whose phone it is called itself
 */
export function foldAgentCalls(linkedId: string, record: CallRecord): AgentCall[] {
  const involved = new Set<AgentId>();
  for (const { agentId } of record.legs) if (agentId !== undefined) involved.add(agentId);
  for (const { agentId, endedAt } of record.wrapUps) if (endedAt !== undefined) involved.add(agentId);
  if (record.type === "missed" && record.firstOfferedId !== undefined) involved.add(record.firstOfferedId);
  const owner = isOwnersChance(record) ? record.ownerId : undefined;
  const everybody = new Set([...involved, ...(owner === undefined ? [] : [owner])]);
  return [...everybody].map((agentId) => {
    const legs = record.legs.filter((leg) => leg.agentId === agentId);
    const called = legs.filter((leg) => leg.channel !== linkedId);
    const rings = called.flatMap(({ startedAt, answeredAt }) =>
      answeredAt === undefined ? [] : [whole(answeredAt) - whole(startedAt)],
    );
    const talks = legs.flatMap(({ talkMs }) => (talkMs === undefined ? [] : [talkMs]));
    const wrapUps = record.wrapUps.flatMap((each) =>
      each.agentId !== agentId || each.endedAt === undefined
        ? []
        : [whole(each.endedAt) - whole(each.startedAt)],
    );
    return {
      agentId,
      called: called.length > 0,
      involved: involved.has(agentId),
      talkMs: talks.length === 0 ? undefined : sum(talks),
      ringMs: sum(rings),
      rings: rings.length,
      wrapUpMs: sum(wrapUps),
      owned: agentId === owner,
      ownerAnswered: agentId === owner && record.connectedAt !== undefined && record.agentId === agentId,
      busy: busyOf(agentId, record),
    };
  });
}

/** A channel whose end Asterisk could not write ended with its call. */
function busyOf(agentId: AgentId, record: CallRecord): Busy[] {
  const stretches: { from: Millis; to: Millis }[] = [
    ...record.legs.flatMap(({ agentId: whose, answeredAt, endedAt }) =>
      whose !== agentId || answeredAt === undefined
        ? []
        : [{ from: whole(answeredAt), to: whole(endedAt ?? record.endedAt ?? Number.POSITIVE_INFINITY) }],
    ),
    ...record.wrapUps.flatMap(({ agentId: whose, startedAt, endedAt }) =>
      whose !== agentId ? [] : [{ from: whole(startedAt), to: whole(endedAt ?? Number.POSITIVE_INFINITY) }],
    ),
  ]
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from);
  const merged: { from: Millis; to: Millis }[] = [];
  for (const { from, to } of stretches) {
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged.map(({ from, to }) => ({ from, to: Number.isFinite(to) ? to : undefined }));
}

function whole(at: Millis): Millis {
  return Math.trunc(at);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0);
}
