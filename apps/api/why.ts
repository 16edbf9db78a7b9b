/** A call's decisions, told in order (law L6). Pure. */
import type { AttemptEnding } from "../core/dialling/campaign.ts";
import { attemptWords } from "./attempt-words.ts";
import { iso } from "./times.ts";

export interface StoryEvent {
  readonly at: Date;
  readonly source: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Decision {
  at: string;
  decision:
    | "welcomed"
    | "offered"
    | "offer-ended"
    | "queued"
    | "owner-awaited"
    | "dialled-outside"
    | "menu"
    | "held"
    | "taken-back"
    | "consulted"
    | "consultation-over"
    | "joined"
    | "handed-over"
    | "handing-failed"
    | "answered"
    | "chosen"
    | "refused"
    | "dialled"
    | "customer-waited"
    | "abandoned"
    | "hung-up-early"
    | "fallback";
  rule: string | null;
  because: string;
  agentId: string | null;
  queueId: string | null;
  considered: { agent: string; name: string; verdict: string }[];
}

export interface StoryNames {
  readonly agentName: ReadonlyMap<string, string>;
  readonly queueName: ReadonlyMap<string, string>;
}

export interface StoryCall {
  /** An `outbound` call was placed by its agent, and answered by somebody else. */
  readonly type?: string;
  readonly agentId: string | null;
  readonly endedAt: Date | null;
  readonly connectedAt: Date | null;
  readonly ending: string | null;
  readonly waitMs: number | null;
  /** The number outside that took the call. */
  readonly forwardedTo?: string | null;
  /** How it ended for the campaign that placed it; null: it goes on; undefined: no campaign did. */
  readonly attemptEnding?: AttemptEnding | null | undefined;
}

const FALLBACK = "the engine did not decide; the dialplan took the line's fallback";
const FALLBACK_OF_CAMPAIGN = "the engine did not decide; the dialplan looked for an agent of the campaign";

/** The agents and queues that decisions speak of (ids that are rows; anything else is left out). */
export function idsIn(events: readonly StoryEvent[]): { agents: Set<string>; queues: Set<string> } {
  const agents = new Set<string>();
  const queues = new Set<string>();
  for (const { source, data } of events) {
    if (source !== "engine") continue;
    if (isId(data.agent)) agents.add(data.agent);
    if (isId(data.queue)) queues.add(data.queue);
  }
  return { agents, queues };
}

/** The decisions in order, and one sentence that sums them up. */
export function explain(call: StoryCall, events: readonly StoryEvent[], names: StoryNames) {
  const decisions = events.flatMap((event) => decisionOf(event, names) ?? []);
  return { summary: summarise(call, decisions, names), decisions };
}

function decisionOf(event: StoryEvent, names: StoryNames): Decision | undefined {
  const { kind, source, data } = event;
  const base = { at: iso(event.at), agentId: text(data.agent), queueId: text(data.queue) };
  if (source === "cel" && data.userEvent === "MENU") return menuStep(event);
  if (source === "cel")
    return kind === "USER_DEFINED" && data.userEvent === "FALLBACK"
      ? {
          ...base,
          agentId: null,
          queueId: null,
          decision: "fallback",
          rule: "L2",
          because: data.context === "campaign-alone" ? FALLBACK_OF_CAMPAIGN : FALLBACK,
          considered: [],
        }
      : undefined;
  if (source !== "engine") return undefined;
  if (kind === "OfferEnded") {
    const because = `${nameOf(base.agentId, names.agentName)} did not take the call (${text(data.result) ?? "no answer"})`;
    return { ...base, decision: "offer-ended", rule: null, because, considered: [] };
  }
  const decision = DECISIONS[kind];
  if (!decision) return undefined;
  const because = (data.because ?? {}) as { rule?: unknown; text?: unknown; considered?: unknown };
  return {
    ...base,
    decision,
    rule: text(because.rule),
    because: text(because.text) ?? "",
    considered: consideredIn(because.considered),
  };
}

/** Where the caller was in the menus, by Asterisk's own word: a menu's key when it begins, or `m1.2` for a key. */
function menuStep({ at, data }: StoryEvent): Decision {
  const said = text((data.extra as { extra?: unknown } | undefined)?.extra) ?? "";
  const [menu, digit] = said.split(".");
  const pressed =
    digit === "none" ? `nothing was pressed in the menu ${menu}` : `${digit} in the menu ${menu}`;
  const because = digit === undefined ? `the menu ${menu} was played` : pressed;
  const over = said === "time-over" ? "the time in the menus was over" : because;
  const nobody = { agentId: null, queueId: null, considered: [] };
  return { ...nobody, at: iso(at), decision: "menu", rule: digit ? "IVR-05" : null, because: over };
}

const DECISIONS: Readonly<Record<string, Decision["decision"]>> = {
  AgentOffered: "offered",
  CallQueued: "queued",
  OwnerAwaited: "owner-awaited",
  ExternalDialled: "dialled-outside",
  CallWelcomed: "welcomed",
  MenuPlayed: "menu",
  MenuChose: "chosen",
  CallRefused: "refused",
  CallHeld: "held",
  CallResumed: "taken-back",
  ConsultationStarted: "consulted",
  ConsultationEnded: "consultation-over",
  ConferenceStarted: "joined",
  CallTransferred: "handed-over",
  TransferHanded: "handed-over",
  TransferFailed: "handing-failed",
  AnswerAsked: "answered",
  TransferCompleted: "handed-over",
  CallParted: "handing-failed",
  AttemptDialled: "dialled",
  CustomerWaits: "customer-waited",
  CustomerAbandoned: "abandoned",
  AttemptHungUp: "hung-up-early",
};

function consideredIn(value: unknown): Decision["considered"] {
  if (!Array.isArray(value)) return [];
  return value.map((entry: { agent?: unknown; name?: unknown; verdict?: unknown }) => ({
    agent: text(entry.agent) ?? "",
    name: text(entry.name) ?? "",
    verdict: text(entry.verdict) ?? "",
  }));
}

function summarise(call: StoryCall, decisions: readonly Decision[], names: StoryNames): string {
  const clauses = decisions.map((decision) => clauseOf(decision, call, names));
  clauses.push(outcome(call, names));
  const sentence = clauses.filter((clause) => clause !== "").join("; ");
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function clauseOf(decision: Decision, call: StoryCall, { agentName, queueName }: StoryNames): string {
  const because = decision.because ? `, because ${decision.because}` : "";
  switch (decision.decision) {
    case "offered":
      if (call.attemptEnding !== undefined)
        return `the customer was given to ${nameOf(decision.agentId, agentName)}${because}`;
      return `offered to ${nameOf(decision.agentId, agentName)}${because}`;
    case "welcomed":
      return "greeted";
    case "queued":
      return `sent to the queue ${nameOf(decision.queueId, queueName)}${because}`;
    case "owner-awaited":
      return `waited for ${nameOf(decision.agentId, agentName)}${because}`;
    case "dialled-outside":
      // Its agent called, which is what the reason says.
      if (call.type === "outbound" && decision.because) return decision.because;
      return `sent outside${because}`;
    case "menu":
    case "chosen":
      return decision.because;
    case "hung-up-early":
      return `we hung up while it rang${because}`;
    case "refused":
      return `not connected${because}`;
    default:
      return decision.because;
  }
}

function outcome(call: StoryCall, names: StoryNames): string {
  if (call.attemptEnding) return attemptWords(call.attemptEnding, nameOf(call.agentId, names.agentName));
  if (call.connectedAt && call.forwardedTo && call.agentId === null)
    return `answered outside by ${call.forwardedTo} after ${Math.round((call.waitMs ?? 0) / 1000)} s`;
  if (call.connectedAt && call.type === "outbound")
    return `answered; ${nameOf(call.agentId, names.agentName)} had called`;
  if (call.connectedAt)
    return `answered by ${nameOf(call.agentId, names.agentName)} after ${Math.round((call.waitMs ?? 0) / 1000)} s`;
  if (call.endedAt) return `ended as ${(call.ending ?? "unknown").replaceAll("_", " ")}`;
  return "the call is going on";
}

function nameOf(id: string | null, names: ReadonlyMap<string, string>): string {
  return id === null ? "somebody" : (names.get(id) ?? "somebody who is no longer here");
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}
