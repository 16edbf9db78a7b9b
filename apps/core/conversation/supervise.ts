/**
 * A supervisor in somebody's conversation: listens, whispers to the agent, speaks to both, takes it over.
 */
import { cannotBeCalled } from "../agents/eligible.ts";
import type { Input } from "../inputs.ts";
import type { Turn } from "../turn.ts";
import { meet, supervise as place, RELEASED } from "./places.ts";
import { standing } from "./unmoved.ts";

export type SupervisionMode = "listen" | "whisper" | "barge";

export type SupervisionAsk =
  /** `channel`: the id that the supervisor's channel will have. */
  | { readonly do: "start"; readonly mode: SupervisionMode; readonly channel: string }
  | { readonly do: "change"; readonly mode: SupervisionMode }
  | { readonly do: "end" | "take-over" };

type Asked = Extract<Input, { kind: "supervisionAsked" }>;
const RING_SECONDS = 20;

/** `by` is the supervisor as an agent: whose phone rings. */
export function supervisionAsked(turn: Turn, input: Asked): undefined {
  if (input.ask.do === "start") return start(turn, input, input.ask);
  const { floor } = turn;
  const call = floor.calls.get(input.call);
  const supervisor = floor.agents.get(input.by);
  const mine = supervisor?.call;
  if (!call || mine?.id !== input.call || mine.as !== "supervisor" || !mine.channel)
    return turn.refuse("not-supervising", "this supervisor is not in this call");
  const common = { at: input.at, call: call.id, agent: input.by };
  switch (input.ask.do) {
    case "change": {
      const watched = supervisedChannel(turn, input.call);
      if (!watched) return turn.refuse("not-talking", "nobody talks with the caller now");
      const before = standing({ turn, at: input.at, call }, "SupervisionChanged", input.by);
      turn.happened({ kind: "SupervisionChanged", ...common, mode: input.ask.mode });
      turn.ask({
        kind: "redirect",
        call: call.id,
        channel: mine.channel,
        place: place(input.ask.mode, watched),
        before,
      });
      return;
    }
    case "end":
      turn.ask({ kind: "hangUp", call: call.id, channel: mine.channel });
      return;
    case "take-over":
      takeOver(turn, input, mine.channel);
      return;
  }
}

function start(turn: Turn, input: Asked, ask: Extract<SupervisionAsk, { do: "start" }>): undefined {
  const supervisor = turn.floor.agents.get(input.by);
  const call = turn.floor.calls.get(input.call);
  if (call?.phase !== "talking") return turn.refuse("not-talking", "nobody talks in this call now");
  const watched = supervisedChannel(turn, input.call);
  if (!watched || !supervisor) return turn.refuse("not-talking", "no agent talks in this call now");
  if (supervisor.call) return turn.refuse("not-available", `${supervisor.name} is in a call`);
  const reason = cannotBeCalled(supervisor);
  if (reason) return turn.refuse("not-available", `${supervisor.name} cannot be called: ${reason}`);
  const { channel, mode } = ask;
  turn.happened({
    kind: "SupervisionStarted",
    at: input.at,
    call: call.id,
    agent: supervisor.id,
    mode,
    channel,
  });
  turn.ask({
    kind: "originate",
    call: call.id,
    channel,
    phone: supervisor.phone,
    seconds: RING_SECONDS,
    place: place(mode, watched),
    originator: call.channel,
  });
}

/** The customer goes to the supervisor, whom Bridge() takes out of ChanSpy; the agent is free. */
function takeOver(turn: Turn, input: Asked, channel: string): undefined {
  const call = turn.floor.calls.get(input.call);
  const supervisor = turn.floor.agents.get(input.by);
  const agent = turn.floor.agents.get(call?.agentId ?? "");
  const talking = agent?.call?.id === input.call ? agent.call.channel : undefined;
  if (!call || !supervisor || !agent || !talking)
    return turn.refuse("not-talking", "no agent talks in this call now");
  if (call.regroup) return turn.refuse("not-now", `the conversation is ${call.regroup.kind}`);
  const before = standing({ turn, at: input.at, call }, "TransferHanded", supervisor.id);
  turn.happened({
    kind: "TransferHanded",
    at: input.at,
    call: call.id,
    agent: agent.id,
    colleague: supervisor.id,
    regroup: {
      ...{ kind: "handing", by: agent.id, since: input.at, channel },
      target: { kind: "agent", id: supervisor.id, phone: supervisor.phone },
    },
    because: { rule: "supervision", text: `${supervisor.name} took the call over from ${agent.name}` },
  });
  turn.ask({
    kind: "redirect",
    call: call.id,
    channel: call.channel,
    // The two leave their bridge in one breath: if only the agent left, the customer would be hung up.
    place: meet(channel),
    other: { channel: talking, place: RELEASED },
    before,
  });
}

/** The agent's channel: what it hears and says is the conversation, wherever the agent is moved. */
function supervisedChannel(turn: Turn, id: string): string | undefined {
  const call = turn.floor.calls.get(id);
  const agent = turn.floor.agents.get(call?.agentId ?? "");
  return agent?.call?.id === id && agent.call.phase === "talking" ? agent.call.channel : undefined;
}
