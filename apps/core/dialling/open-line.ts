/**
 * Lines that agents keep open for campaigns' customers: asked for, standing, and gone.
 */
import { freed } from "../agents/freed.ts";
import type { Agent } from "../floor.ts";
import type { Input } from "../inputs.ts";
import { OWN_PHONE_SECONDS } from "../outgoing/place.ts";
import { agentAt, type Turn } from "../turn.ts";

/** The agent's phone is called, and stays in the call; or the line is hung up. */
export function openLineAsked(turn: Turn, input: Extract<Input, { kind: "openLineAsked" }>): undefined {
  const agent = turn.floor.agents.get(input.agent);
  if (!agent) return turn.refuse("not-found", "there is no such agent");
  if (!input.open) {
    if (agent.openLine === undefined) return turn.refuse("not-open", `${agent.name} keeps no line open`);
    if (agent.call && agent.call.phase !== "wrap-up")
      return turn.refuse("not-available", `${agent.name} is in a call`);
    close(turn, agent);
    return;
  }
  const reason = cannotOpen(agent);
  if (reason) return turn.refuse("not-available", `${agent.name} cannot open a line: ${reason}`);
  const { channel } = input;
  turn.ask({
    kind: "originate",
    call: channel,
    channel,
    phone: agent.phone,
    seconds: OWN_PHONE_SECONDS,
    place: { context: "open-line-keep", extension: `of-${agent.phone}` },
    variables: agent.autoAnswer
      ? {
          "PJSIP_HEADER(add,Call-Info)": "<sip:dozvon>;answer-after=0",
          "PJSIP_HEADER(add,Alert-Info)": "<sip:dozvon>;info=alert-autoanswer",
        }
      : {},
  });
}

/** The agent's phone has answered, or was found to keep its line after we had been away. */
export function openLineStands(
  turn: Turn,
  { at, phone, channel }: Extract<Input, { kind: "openLineStands" }>,
): void {
  const agent = agentAt(turn.floor, phone);
  if (!agent || agent.openLine === channel) return;
  // The newer one counts; nobody needs two.
  if (agent.openLine !== undefined) close(turn, agent);
  turn.happened({ kind: "OpenLineChanged", at, agent: agent.id, channel });
  if (agent.state === "offline") turn.ask({ kind: "hangUp", call: channel, channel });
  else freed(turn, agent.id, at);
}

/** Hung up, by whomever. An agent who was ready for campaigns is so no more: on a break, after the call if there is one. */
export function openLineGone(
  turn: Turn,
  { at, phone, channel }: Extract<Input, { kind: "openLineGone" }>,
): void {
  const agent = agentAt(turn.floor, phone);
  if (!agent || agent.openLine !== channel) return;
  turn.happened({ kind: "OpenLineChanged", at, agent: agent.id, channel: undefined });
  if (agent.state !== "outbound" || agent.pendingState !== undefined) return;
  if (agent.call && agent.call.phase !== "offered") {
    turn.happened({ kind: "StatePlanned", at, agent: agent.id, state: "break" });
    return;
  }
  turn.happened({ kind: "StateChosen", at, agent: agent.id, state: "break" });
  turn.ask({ kind: "saveState", agent: agent.id, state: "break", at });
}

/** Who signs out keeps no line open. */
export function closeOpenLine(turn: Turn, id: Agent["id"]): void {
  const agent = turn.floor.agents.get(id);
  if (agent?.state === "offline") close(turn, agent);
}

function close(turn: Turn, { openLine }: Agent): void {
  if (openLine !== undefined) turn.ask({ kind: "hangUp", call: openLine, channel: openLine });
}

function cannotOpen(agent: Agent): string | undefined {
  if (agent.state === "offline") return "signed out";
  if (agent.openLine !== undefined) return "there is one already";
  if (agent.call) return "in a call";
  return agent.device === "idle" ? undefined : `the phone is ${agent.device}`;
}
