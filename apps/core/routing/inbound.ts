/**
 * A customer's call, from the first ring to somebody's voice.
 *
 *   line known? ─▶ open? ─▶ owner free? ─▶ others waiting? ─▶ an agent free? ─▶ somebody to wait for?
 *     │ no          │ no      │ yes            │ yes              │ yes              │ yes      │ no
 *   not in service  closed    offer owner      queue              offer agent        queue      no answer
 *
 * After every offer in vain the same questions are asked again, without those already tried.
 */
import { canBecomeFree, cannotTake } from "../agents/eligible.ts";
import type { Because, Considered } from "../because.ts";
import type { Step } from "../effects.ts";
import type { DomainEvent } from "../events.ts";
import type { Agent, Call, Floor, Line, Queue } from "../floor.ts";
import { waitingIn } from "../floor.ts";
import { isOpen } from "./hours.ts";
import { choose } from "./strategy.ts";

/** The event that says where this call goes next, with its reason. `call` is in phase `deciding`. */
export function route(floor: Floor, call: Call, at: number, draw: number): DomainEvent {
  const line = call.lineId === undefined ? undefined : floor.lines.get(call.lineId);
  const queue = line && floor.queues.get(line.queueId);
  if (!line || !queue)
    return refuse(call, at, "not-in-service", {
      rule: "LINE-14",
      text: "the number dialled is not one of our lines",
    });
  if (call.tried.length === 0 && !isOpen(line.hours, at))
    return refuse(call, at, "out-of-hours", {
      rule: "ROUTE-07",
      text: `outside the working hours of line «${line.name}»`,
    });
  return toOwner(floor, call, line, queue, at) ?? toQueue(floor, call, line, queue, at, draw);
}

function toOwner(floor: Floor, call: Call, line: Line, queue: Queue, at: number): DomainEvent | undefined {
  const owner = ownerOf(floor, call);
  if (!line.ownerFirst || !owner || call.tried.includes(owner.id) || cannotTake(owner)) return undefined;
  const because = {
    rule: "ROUTE-05",
    text: `${owner.name} owns this caller and can take a call`,
    considered: [verdict(owner)],
  };
  return offer(call, owner, line, queue, at, because);
}

function toQueue(floor: Floor, call: Call, line: Line, queue: Queue, at: number, draw: number): DomainEvent {
  const members = queue.agents.flatMap((id) => floor.agents.get(id) ?? []);
  const considered = [
    ...ownerVerdict(floor, call, line, members),
    ...members.map((agent) => verdict(agent, call)),
  ];
  // A big team's verdicts would be most of the journal; the first ones tell the story.
  considered.splice(MOST_VERDICTS);
  const ahead = waitingIn(floor, queue.id).length;
  const left = members.filter((agent) => !call.tried.includes(agent.id));
  const free = left.filter((agent) => !cannotTake(agent));
  if (ahead > 0 && left.some(canBecomeFree))
    return enqueue(call, line, queue, at, {
      rule: "ROUTE-12",
      text: `${ahead} waiting before this call in «${queue.name}»`,
      considered,
    });
  if (free.length > 0) {
    const chosen = choose(queue.strategy, free, draw);
    return offer(call, chosen.agent, line, queue, at, {
      rule: STRATEGY_RULES[queue.strategy],
      text: chosen.text,
      considered,
    });
  }
  if (left.some(canBecomeFree))
    return enqueue(call, line, queue, at, {
      rule: "D-10",
      text: `everyone in «${queue.name}» is busy`,
      considered,
    });
  if (call.tried.length > 0)
    return refuse(call, at, "no-answer", {
      rule: "D-44",
      text: `everyone in «${queue.name}» who could answer let it ring`,
      considered,
    });
  return refuse(call, at, "no-answer", {
    rule: "D-10",
    text: `nobody in «${queue.name}» can take calls`,
    considered,
  });
}

/** How many agents a reason speaks of. */
const MOST_VERDICTS = 30;

const STRATEGY_RULES = { random: "ROUTE-02", "most-idle": "ROUTE-03", sequential: "ROUTE-04" } as const;

function ownerOf(floor: Floor, call: Call): Agent | undefined {
  return call.ownerId === undefined ? undefined : floor.agents.get(call.ownerId);
}

function verdict(agent: Agent, call?: Call): Considered {
  const rang = call?.tried.includes(agent.id) ? "did not answer" : undefined;
  return { agent: agent.id, name: agent.name, verdict: rang ?? cannotTake(agent) ?? "free" };
}

/** The owner belongs into the reason even when the owner does not serve this queue. */
function ownerVerdict(floor: Floor, call: Call, line: Line, members: readonly Agent[]): Considered[] {
  const owner = ownerOf(floor, call);
  if (!owner || members.includes(owner)) return [];
  const seen = verdict(owner, call);
  return [
    { ...seen, verdict: line.ownerFirst ? seen.verdict : "owner, but this line does not ask owners first" },
  ];
}

function offer(
  call: Call,
  agent: Agent,
  line: Line,
  queue: Queue,
  at: number,
  because: Because,
): DomainEvent {
  const step: Step = {
    kind: "offer",
    phone: agent.phone,
    seconds: queue.answerSeconds,
    ...recording(call, line),
  };
  return { kind: "AgentOffered", at, call: call.id, agent: agent.id, queue: queue.id, step, because };
}

function enqueue(call: Call, line: Line, queue: Queue, at: number, because: Because): DomainEvent {
  const step: Step = {
    kind: "queue",
    key: queue.key,
    seconds: queue.maxWaitSeconds,
    ...recording(call, line),
  };
  return { kind: "CallQueued", at, call: call.id, queue: queue.id, step, because };
}

/** The line's policy, once per call (REC-01): MixMonitor goes on through later offers and the queue. */
function recording(call: Call, line: Line): { record: Line["recording"]; announce: boolean } {
  if (call.recorded || line.recording === "off") return { record: "off", announce: false };
  return { record: line.recording, announce: line.announceRecording };
}

function refuse(
  call: Call,
  at: number,
  name: "out-of-hours" | "no-answer" | "not-in-service",
  because: Because,
): DomainEvent {
  return { kind: "CallRefused", at, call: call.id, step: { kind: "ending", name }, because };
}
