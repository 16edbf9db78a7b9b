/**
 * The floor: everything the engine knows at this moment. Plain data; `evolve` in evolve.ts moves it.
 */
import type { Regroup } from "./conversation/regroup.ts";
import type { SupervisionMode } from "./conversation/supervise.ts";
import type { Campaign } from "./dialling/campaign.ts";
import type { Attempt, TrunkRest } from "./dialling/floor.ts";
import type { Bucket } from "./dialling/limits.ts";
import type { NumberPlan, OwnNumber } from "./numbers.ts";
import type { PlacedErrand } from "./outgoing/errand.ts";
import type { Hours } from "./routing/hours.ts";

/** Milliseconds since 1970, UTC. */
export type Millis = number;
export type AgentId = string;
export type QueueId = string;
export type LineId = string;
export type TrunkId = string;
export type CallId = string;

/** What an agent chose (AGENT-04, D-01). Talking and wrap-up are phases of a call, not choices. */
export type AgentState = "offline" | "break" | "inbound" | "outbound";

/** What Asterisk says of the agent's phone. */
export type Device = "unreachable" | "idle" | "ringing" | "busy";

/** An agent's part in a call; the call itself may be over while its agent wraps up. */
export interface AgentCall {
  readonly id: CallId;
  /** `dialling`: the agent calls somebody who has not answered yet. */
  readonly phase: "offered" | "dialling" | "talking" | "wrap-up";
  readonly since: Millis;
  /** The agent's own channel, once Asterisk has made it. */
  readonly channel?: string | undefined;
  /** In the call, but not with the customer; undefined: the customer's own agent. */
  readonly as?: "consultant" | "supervisor" | undefined;
  /** What a supervisor does there. */
  readonly mode?: SupervisionMode | undefined;
  /** The microphone is off (SOFT-03). */
  readonly muted?: boolean | undefined;
  /** What follows this talk; undefined: nothing. */
  readonly wrapUp?: WrapUp | undefined;
  /** The service is completed already, during the talk (WRAP-08). */
  readonly completed?: boolean | undefined;
  /** When the wrap-up ends by itself. */
  readonly until?: Millis | undefined;
}

/** After a talk: so long at most, or until the agent completes the service (AGENT-08). */
export type WrapUp =
  | { readonly mode: "limit"; readonly seconds: number }
  | { readonly mode: "until-completed" };

export interface Agent {
  readonly id: AgentId;
  readonly name: string;
  readonly shortNumber: string;
  /** The PJSIP endpoint. */
  readonly phone: string;
  readonly state: AgentState;
  readonly stateSince: Millis;
  readonly device: Device;
  /** Chosen during a call: becomes the state when the call and its wrap-up are over (AGENT-09). */
  readonly pendingState?: AgentState | undefined;
  /** The call that this agent is offered, talks in, or has to complete (law L7, AGENT-08). */
  readonly call?: AgentCall | undefined;
  readonly lastTalkEndedAt?: Millis | undefined;
  /** The call-back in flight whose customer this agent is kept free for. */
  readonly keptFor?: Callback["id"] | undefined;
  /** The channel of the line that this agent keeps open for campaigns' customers. */
  readonly openLine?: string | undefined;
  /** The phone vanished in a call and has not been back, nor has the agent chosen a state, since (F11). */
  readonly phoneLost?: boolean | undefined;
  /** What is called first when the agent places a call; undefined: the phone (LINE-11). */
  readonly callMode?: "phone" | "external" | "webrtc" | undefined;
  /** The agent's own number outside, in E.164. */
  readonly mobile?: string | undefined;
  /** The phone is asked to answer by itself when the agent places a call. */
  readonly autoAnswer?: boolean | undefined;
  /** Whether calls of any line reach this agent through its queue (LINE-17). */
  readonly servesLines?: boolean | undefined;
  /** A call is handed to this agent only after they accepted it (XFER-14). */
  readonly acceptanceNeeded?: boolean | undefined;
  /** Talks to colleagues; no customer may be handed over (XFER-05). */
  readonly consultationOnly?: boolean | undefined;
  /** The agent's own number outside, for forwarding; only an approved one is called (FWD-03). */
  readonly ownNumber?: { readonly number: string; readonly approved: boolean } | undefined;
  /** The agent's own number that customers see, as far as it is proved (LINE-01). */
  readonly shown?: OwnNumber | undefined;
}

export type Strategy = "random" | "most-idle" | "sequential";

export interface Queue {
  readonly id: QueueId;
  /** Asterisk's name for it. */
  readonly key: string;
  readonly name: string;
  readonly strategy: Strategy;
  readonly answerSeconds: number;
  readonly maxWaitSeconds: number;
  /** What follows a talk; undefined: the agent is free at once. */
  readonly wrapUp?: WrapUp | undefined;
  /** How many may wait; undefined: as many as come. */
  readonly maxLength?: number | undefined;
  /** Callers wait although nobody is signed in. */
  readonly joinWhenEmpty?: boolean | undefined;
  /** Where callers go when this queue is full, empty, or they have waited their time. */
  readonly overflow?: Overflow | undefined;
  /** Whether callers may keep their place and be called back; undefined: not offered. */
  readonly callback?: CallbackRule | undefined;
  /** Agents of a lower penalty are asked first; none: 0. */
  readonly penalties?: ReadonlyMap<AgentId, number> | undefined;
  /** In the configured order (ROUTE-04). */
  readonly agents: readonly AgentId[];
}

/** Virtual hold: when it is offered, by which key it is taken, and how often the customer is tried. */
export interface CallbackRule {
  readonly afterSeconds: number;
  readonly digit: string;
  readonly attempts: number;
  readonly retryMinutes: number;
  /** Outside the line's hours nobody is called. */
  readonly withinHoursOnly: boolean;
}

/** A kept place among those who wait in a queue. */
export interface Callback {
  readonly id: string;
  /** The call in which it was asked for. */
  readonly call: CallId;
  readonly queueId: QueueId;
  readonly lineId: LineId;
  /** E.164. */
  readonly number: string;
  readonly contactId?: string | undefined;
  readonly ownerId?: AgentId | undefined;
  /** When the wait began. */
  readonly keptAt: Millis;
  /** `later`: not before `nextAt`. */
  readonly state: "waiting" | "later" | "calling";
  readonly attempts: number;
  readonly nextAt: Millis;
  /** The call to the customer, once it is written down. */
  readonly dialled?: { readonly call: CallId; readonly channel: string } | undefined;
  /** Who is kept free for the customer's answer. */
  readonly agentId?: AgentId | undefined;
}

export type Overflow = { readonly queueId: QueueId } | { readonly number: string };

export type RecordingMode = "off" | "stereo" | "mixed";

/** At which endings a caller may leave a message (D-39). */
export type VoicemailMode = "off" | "no-answer" | "out-of-hours" | "both";

export interface Line {
  readonly id: LineId;
  /** The dialplan's name for it. */
  readonly key: string;
  readonly number: string;
  readonly name: string;
  readonly queueId: QueueId;
  readonly ownerFirst: boolean;
  /** Callers of a higher priority go before those of a lower one; none: 0. */
  readonly priority?: number | undefined;
  /** How long a caller may wait for the owner who is in a talk, in seconds; none: not at all. */
  readonly ownerWaitSeconds?: number | undefined;
  /** Undefined: always open. */
  readonly hours?: Hours | undefined;
  readonly recording: RecordingMode;
  readonly announceRecording: boolean;
  /** Undefined: off. The messages are Asterisk's own doing; the core only carries the setting. */
  readonly voicemail?: VoicemailMode | undefined;
  readonly voicemailSeconds?: number | undefined;
  /** For colleagues: a target of calls and transfers (LINE-20). */
  readonly shortNumber?: string | undefined;
  /** What calls of this line belong to, and the city of its number (LINE-19). */
  readonly project?: string | undefined;
  readonly city?: string | undefined;
  /** No customer may be handed to this line (XFER-05). */
  readonly consultationOnly?: boolean | undefined;
  /** What becomes of the line's call that was handed over blindly and that nobody takes; default `end` (D-04). */
  readonly blindNoAnswer?: "end" | "return" | undefined;
  /** Whether an arrival prompt is played (PROMPT-07). */
  readonly welcome?: boolean | undefined;
  /** The menu that is played, and when (IVR-01, IVR-02). */
  readonly menu?: LineMenu | undefined;
  /** How calls of this line go to numbers outside, and whether they are forwarded there. */
  readonly outside?: Outside | undefined;
}

export interface LineMenu {
  /** The dialplan's name for it. */
  readonly key: string;
  readonly name: string;
  /** At any time, in the working hours, or outside of them. */
  readonly when: "always" | "open" | "closed";
}

export interface Outside {
  /** The trunk that is used; undefined: the first that calls can be placed through. */
  readonly trunkId?: TrunkId | undefined;
  /** How long a number outside rings (FWD-04). */
  readonly seconds: number;
  /** What the number outside sees: the caller's number, or the line's (FWD-05). */
  readonly callerId: "caller" | "line";
  /** Where a call goes that nobody took (FWD-01). */
  readonly forward: Forward;
}

export type Forward =
  | { readonly mode: "off" }
  | {
      readonly mode: "number";
      readonly number: string;
      readonly verified: boolean;
      /** How often it is called (FWD-04). */
      readonly attempts: number;
    }
  | { readonly mode: "agents"; readonly attempts: number };

/** A carrier's connection. */
export interface Trunk {
  readonly id: TrunkId;
  /** The dialplan's name for it. */
  readonly key: string;
  readonly name: string;
  /** Whether calls can be placed through it. */
  readonly dials: boolean;
  /** `pbx`: the company's own PBX (LINE-06); undefined: a carrier. */
  readonly kind?: "carrier" | "pbx" | undefined;
  /** How it wants numbers: E.164 with its plus, or digits only; undefined: E.164. */
  readonly numberFormat?: "e164" | "digits" | undefined;
  /** The PBX's number that our calls are placed with. */
  readonly number?: string | undefined;
  /** How many calls of campaigns it carries at once, and how many a second; undefined: no limit. */
  readonly maxLines?: number | undefined;
  readonly callsPerSecond?: number | undefined;
}

/**
 * The life of a call, as far as routing cares:
 *
 *   deciding ─▶ offered ─▶ talking ─▶ (gone)
 *      │  ▲        │          ▲
 *      │  ├────────┘          │
 *      ├──┴─ menu             │
 *      ├──┴─ awaiting-owner   │
 *      ├──┴─ welcome          │    every step that ends without a conversation asks again
 *      ├──┴─ external ────────┤
 *      ├────────▶ queued ─────┘
 *      └────────▶ ending ────▶ (gone)
 */
export interface Call {
  readonly id: CallId;
  /**
   * The side that is held, handed over and asks: the caller's channel, which is also Asterisk's linkedid, until an agent
   * who placed the call regroups it (core/conversation/sides.ts).
   */
  readonly channel: string;
  /** The channel of the number outside that an agent called. */
  readonly far?: string | undefined;
  readonly kind: "inbound" | "internal" | "outbound";
  readonly lineId?: LineId | undefined;
  readonly from?: string | undefined;
  /** Whom an agent called. */
  readonly to?: string | undefined;
  readonly contactId?: string | undefined;
  readonly ownerId?: AgentId | undefined;
  readonly arrivedAt: Millis;
  readonly phase:
    | "deciding"
    | "menu"
    | "welcome"
    | "awaiting-owner"
    | "offered"
    | "external"
    | "queued"
    | "talking"
    | "ending";
  readonly phaseSince: Millis;
  readonly agentId?: AgentId | undefined;
  readonly queueId?: QueueId | undefined;
  /** Asterisk's own word that it waits there, not only our decision. */
  readonly joined?: true | undefined;
  /** The queue that serves the call when it is not the line's: it overflowed, or a menu chose it. */
  readonly servedBy?: QueueId | undefined;
  /** The owner has been waited for; not twice. */
  readonly ownerAwaited?: boolean | undefined;
  /** An agent's phone vanished under this call: it goes before all others (F11). */
  readonly urgent?: boolean | undefined;
  /** It was in a talk then: it is not sent away, and a new round begins. */
  readonly cutOff?: boolean | undefined;
  /** The line's menu has been entered; it is not played again. */
  readonly menuPlayed?: boolean | undefined;
  /** What the caller chose in a menu. */
  readonly chosen?: Chosen | undefined;
  /** Numbers outside that were called, one entry for each attempt. */
  readonly dialled?: readonly string[] | undefined;
  /** Agents whose phone has rung in vain (D-44: one round). */
  readonly tried: readonly AgentId[];
  /** The arrival prompt has been heard; it is played once. */
  readonly welcomed: boolean;
  /** What an agent placed it for. */
  readonly errand?: PlacedErrand | undefined;
  /** We called the customer back: the place was kept, nobody goes before them. */
  readonly calledBack?: true | undefined;
  /** A line was the target of a transfer: there the call is a new arrival, whoever called whom (XFER-07). */
  readonly handedToLine?: true | undefined;
  /** MixMonitor has been started for this call; it must not be started twice. */
  readonly recorded: boolean;
  /** The conversation is on hold, in a consultation or being handed over; undefined: it is a talk of two. */
  readonly regroup?: Regroup | undefined;
}

/** What a key of a menu leads to, as far as routing is concerned (IVR-05). */
export type Chosen =
  | { readonly kind: "agent"; readonly agent: AgentId }
  | { readonly kind: "queue"; readonly queue: QueueId }
  | { readonly kind: "external"; readonly number: string };

export interface Floor {
  readonly agents: Map<AgentId, Agent>;
  readonly queues: Map<QueueId, Queue>;
  readonly lines: Map<LineId, Line>;
  readonly trunks: Map<TrunkId, Trunk>;
  readonly calls: Map<CallId, Call>;
  /** Kept places that are not served yet. */
  readonly callbacks: Map<Callback["id"], Callback>;
  /** Campaigns that are not over. */
  readonly campaigns: Map<Campaign["id"], Campaign>;
  /** Dials of campaigns that are in flight, by their channels. */
  readonly attempts: Map<Attempt["id"], Attempt>;
  /** Carriers that campaigns leave alone for a while. */
  readonly rests: Map<TrunkId, TrunkRest>;
  /** How many calls a second campaigns may still place, by trunk and by campaign. */
  readonly buckets: Map<TrunkId | Campaign["id"], Bucket>;
  /** How long agents' last talks were, in ms, the newest last. */
  readonly talks: Map<AgentId, readonly number[]>;
  /** phone → agent, line key → line: Asterisk's names. */
  readonly phones: Map<string, AgentId>;
  readonly lineKeys: Map<string, LineId>;
  /** Whose number customers see; undefined: the line's. */
  numbers?: NumberPlan | undefined;
}

/** An empty floor. */
export function emptyFloor(): Floor {
  return {
    agents: new Map(),
    queues: new Map(),
    lines: new Map(),
    trunks: new Map(),
    talks: new Map(),
    calls: new Map(),
    callbacks: new Map(),
    campaigns: new Map(),
    attempts: new Map(),
    rests: new Map(),
    buckets: new Map(),
    phones: new Map(),
    lineKeys: new Map(),
  };
}

/** The line that the call came in on, or is placed for. */
export function lineOf(floor: Floor, call: Call | undefined): Line | undefined {
  return call?.lineId === undefined ? undefined : floor.lines.get(call.lineId);
}

/** A queue's agents, in the configured order. A loop: for every call this runs over the whole team. */
export function membersOf(floor: Floor, queue: Queue): Agent[] {
  const members: Agent[] = [];
  for (const id of queue.agents) {
    const agent = floor.agents.get(id);
    if (agent) members.push(agent);
  }
  return members;
}

/** Calls waiting in a queue (ROUTE-12). */
export function waitingIn(floor: Floor, queue: QueueId): Call[] {
  const waiting: Call[] = [];
  for (const call of floor.calls.values())
    if (call.phase === "queued" && call.queueId === queue) waiting.push(call);
  return waiting;
}
