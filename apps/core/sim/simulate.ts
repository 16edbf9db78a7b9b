/**
 * One day in virtual time: recorded callers and agents, the core's decisions, a virtual switch.
 *
 * Pure: the same day, settings and seed give the same outcomes, whenever and wherever.
 */
import type { Agent, AgentId } from "../floor.ts";
import type { RecordedDay, StateAt } from "../records/day.ts";
import { Agenda } from "./agenda.ts";
import { handOverTime, promptTime, setUpTime } from "./measured.ts";
import type { Outcome } from "./outcome.ts";
import { People } from "./people.ts";
import type { Rows } from "./rows.ts";
import { type SwitchTiming, VirtualSwitch } from "./virtual-switch.ts";

/**
 * Lets the day happen with these settings; the outcomes are in the order in which calls ended.
 * Agents' states are those of the day, whatever `rows` say; phones are reachable as long as an agent is signed in.
 */
export function simulate(
  day: RecordedDay,
  rows: Rows,
  { seed, timing }: { readonly seed: number; readonly timing: SwitchTiming },
): readonly Outcome[] {
  const agenda = new Agenda();
  agenda.now = day.from;
  const agents = atTheStart(rows.agents, day);
  const measured = { ...timing, nudgeMs: handOverTime(day.calls) ?? timing.nudgeMs };
  const house = new VirtualSwitch({ ...rows, agents }, agenda, new People(day, seed), seed, measured);
  for (const { agentId, state, at } of day.states)
    if (at >= day.from) agenda.plan(at, () => house.chooseState(agentId, state));
  for (const { agentId, from, to } of day.occupied) agenda.plan(from, () => house.occupy(agentId, to));
  const setUpMs = setUpTime(day.calls);
  for (const { id, key } of rows.lines) {
    const calls = day.calls.filter(({ lineId }) => lineId === id);
    const promptMs = promptTime(calls) ?? timing.promptMs;
    for (const call of calls) agenda.plan(call.arrivedAt + setUpMs, () => house.arrive(call, key, promptMs));
  }
  agenda.run();
  return house.outcomes;
}

function atTheStart(agents: readonly Agent[], day: RecordedDay): Agent[] {
  const before = new Map<AgentId, StateAt>();
  for (const change of day.states) if (change.at < day.from) before.set(change.agentId, change);
  return agents.map((agent) => {
    const last = before.get(agent.id);
    const known = { state: last?.state ?? ("offline" as const), stateSince: last?.at ?? day.from };
    return { ...agent, ...known, device: "idle" as const, call: undefined, lastTalkEndedAt: undefined };
  });
}
