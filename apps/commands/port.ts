/**
 * Everything that changes something goes to the engine as a command, over a local socket in the data folder.
 *
 * The API validates the shape (its schemas); the engine checks the sense, writes, applies it to Asterisk, and
 * answers with what is now true, or with a problem that names the field. Nothing is ever half-done.
 */
import type { ConversationAsk } from "../core/conversation/request.ts";
import type { SupervisionMode } from "../core/conversation/supervise.ts";
import type { RefusedCalls } from "../core/dialling/by-hand.ts";
import type { Calendar } from "../core/dialling/policy.ts";
import type { PresetName } from "../core/dialling/presets.ts";
import type { AgentCall, AgentState, RecordingMode, Strategy, VoicemailMode } from "../core/floor.ts";
import type { Hours } from "../core/routing/hours.ts";
import type { Prompts } from "../core/routing/prompts.ts";
import type { ProofFor } from "../store/proofs.ts";
import type { RetentionRun } from "../store/reads/retention.ts";
import type { Role } from "../store/tables.ts";
import type { DeskCommands } from "./port-desk.ts";
import type { CompanySettings, Completion, Placed, PlacedCall, TopicFields } from "./port-service.ts";

export type * from "./port-desk.ts";
export type * from "./port-service.ts";

import type { LineRouting, MenuFields, TrunkStates } from "./routing-fields.ts";

export type { MenuFields, TrunkStates } from "./routing-fields.ts";

import type { NumbersChange, PbxFields, PbxState, VerificationStarted } from "./number-fields.ts";

export type * from "./number-fields.ts";

import type { BookCommands } from "./book-ports.ts";
import type { ContactCommands } from "./contact-ports.ts";

export type * from "./book-ports.ts";
export type * from "./contact-ports.ts";

import type { TariffFields } from "./tariff-fields.ts";

export type * from "./campaign-ports.ts";

import type { CampaignCommands } from "./campaign-ports.ts";

export type { UndoableCommand } from "./undoable.ts";
export type { ProofFor };

/** Who asks: for the records. */
export interface Asker {
  readonly keyId: string;
  readonly role: Role;
  readonly agentId?: string | undefined;
  /** The change of settings that this command takes back. */
  readonly undoes?: { readonly id: string; readonly force: boolean } | undefined;
  /** Where the request came from; for the audit. */
  readonly address?: string | undefined;
}

export interface AgentFields {
  name: string;
  shortNumber: string;
  /** What is called first when the agent places a call (LINE-11). */
  callMode?: "phone" | "external" | "webrtc";
  mobile?: string | null;
  autoAnswer?: boolean;
  /** Where notices go (MISS-03); null: nowhere. */
  email?: string | null;
  /** A call is handed to this agent only after they accepted it (XFER-14). */
  acceptanceNeeded?: boolean;
  /** No customer may be handed to this agent (XFER-05). */
  consultationOnly?: boolean;
  /** Whether due calls are placed by themselves; null: as the company has it (DEFER-01). */
  deferredAutoCall?: boolean | null;
  /** The agent's own number outside; a new one has to be verified and approved (FWD-03). */
  forwardNumber?: string | null;
}

export interface QueueFields {
  name: string;
  strategy: Strategy;
  answerSeconds: number;
  maxWaitSeconds: number;
  /** What follows a talk (AGENT-08); `seconds` counts in mode `limit`. */
  wrapUp: { mode: "none" | "limit" | "until-completed"; seconds?: number };
  weight?: number;
  maxLength?: number | null;
  joinWhenEmpty?: boolean;
  /** Where callers go when the queue is full, empty, or they have waited their time. */
  overflow?: { queueId: string } | { number: string } | null;
  announcePosition?: boolean;
  announceWait?: boolean;
  announceEverySeconds?: number;
  /** Whether callers may keep their place and be called back. */
  callback?: Partial<CallbackFields>;
  /** Agent id → 1 to 10; agents of a lower penalty are asked first; those not named have 0. */
  penalties?: Record<string, number>;
  /** The target: this share of callers, in per cent, hear an agent within so many seconds. */
  serviceLevelSeconds: number;
  serviceLevelPercent: number;
  /** "all", or ids in the order of offers (ROUTE-01, ROUTE-04). */
  agents: "all" | string[];
}

export interface CallbackFields {
  offer: boolean;
  afterSeconds: number;
  digit: string;
  attempts: number;
  retryMinutes: number;
  withinHoursOnly: boolean;
}

export interface LineFields extends LineRouting {
  number: string;
  name: string;
  queueId: string;
  ownerFirst: boolean;
  priority?: number;
  ownerWaitSeconds?: number;
  hours: Hours | null;
  language: "ru" | "en";
  recording: RecordingMode;
  announceRecording: boolean;
  /** Slots that are not named stay as they are; on a new line they are the standard prompts (PROMPT-08). */
  prompts: Partial<Prompts>;
  /** null: recordings are kept for ever (REC-03). */
  retentionDays: number | null;
  voicemail: VoicemailMode;
  voicemailSeconds: number;
  /** Who is told of missed calls that were offered to nobody (MISS-01, D-43). */
  responsibleId?: string | null;
  /** Shown with the line's calls (LINE-19). */
  project?: string | null;
  city?: string | null;
  /** For colleagues' calls and transfers (LINE-20). */
  shortNumber?: string | null;
  consultationOnly?: boolean;
  blindNoAnswer?: "end" | "return";
  /** Where hours and attempts of calls placed by themselves begin. */
  dialPreset?: PresetName;
  /** Instead of the preset's hours; null: the preset's. */
  dialWeek?: Calendar["week"] | null;
  dialRefused?: RefusedCalls;
}

export interface SoundFields {
  name: string;
  language: "ru" | "en" | null;
}

export interface TrunkFields {
  name: string;
  addresses: string[];
  host: string | null;
  port: number;
  username: string | null;
  password: string | null;
  /** How numbers are spelt towards this carrier: `+7495…` or `7495…`. */
  numberFormat?: "e164" | "digits";
  /** What it carries of campaigns' calls, at once and a second; null: no limit. */
  maxLines?: number | null;
  callsPerSecond?: number | null;
}

export interface WebhookFields {
  /** http or https, to a public address, or one of DOZVON_WEBHOOK_ALLOW. */
  url: string;
  /** Types of apps/core/webhook-events.ts, or `*`. */
  events: string[];
  enabled: boolean;
}

/** name → [arguments, answer]. */
export interface Commands extends BookCommands, CampaignCommands, ContactCommands, DeskCommands {
  "agent.create": [AgentFields, Created & { sip: SipAccount }];
  "agent.change": [{ id: string; change: Partial<AgentFields> }, Applied];
  "agent.delete": [{ id: string }, Applied];
  /** Which lines' queues this agent serves (LINE-17). */
  "agent.lines": [{ id: string; lineIds: string[] }, Applied];
  "agent.state": [{ id: string; state: AgentState }, Record<string, never>];
  /** FWD-03: whether calls may be forwarded to the number that the agent verified. */
  "agent.forwarding": [{ id: string; approved: boolean }, Applied];
  "agent.newPassword": [{ id: string }, { sip: SipAccount } & Applied];
  "queue.create": [QueueFields, Created];
  "queue.change": [{ id: string; change: Partial<QueueFields> }, Applied];
  "queue.delete": [{ id: string }, Applied];
  "line.create": [LineFields, Created];
  /** `scope: "all"` saves the same settings (not number and name) for every line (LINE-14). */
  "line.change": [{ id: string; change: Partial<LineFields>; scope: "this" | "all" }, Applied];
  "line.delete": [{ id: string }, Applied];
  /** `upload`: the name of the file that the API has put into the data folder. */
  "sound.create": [SoundFields & { originalName: string; upload: string }, { id: string }];
  "sound.change": [{ id: string; change: Partial<SoundFields> }, Record<string, never>];
  "sound.delete": [{ id: string }, Record<string, never>];
  /** Takes a change of settings back; `force` also when a later change touched the same fields. */
  "setting.undo": [{ id: string; force: boolean }, Applied];
  "menu.create": [MenuFields, Created];
  "menu.change": [{ id: string; change: Partial<MenuFields> }, Applied];
  /** One key; the others stay (IVR-04). */
  "menu.setButton": [{ id: string } & MenuFields["buttons"][number], Applied];
  "menu.removeButton": [{ id: string; digit: string }, Applied];
  "menu.delete": [{ id: string }, Applied];
  "trunk.create": [TrunkFields, Created];
  "trunk.change": [{ id: string; change: Partial<TrunkFields> }, Applied];
  "trunk.delete": [{ id: string }, Applied];
  "tariff.create": [TariffFields, { id: string }];
  /** Charges that are written stay as they are. */
  "tariff.change": [{ id: string; change: Partial<TariffFields> }, Applied];
  "tariff.delete": [{ id: string }, Record<string, never>];
  "pbx.connect": [PbxFields, Created & PbxState];
  "pbx.change": [{ change: Partial<PbxFields> }, Applied & PbxState];
  "pbx.disconnect": [Record<string, never>, { number: string } & Applied];
  "trunk.states": [Record<string, never>, { states: TrunkStates }];
  "pbx.state": [Record<string, never>, PbxState];
  /** A code goes to the number; it is nowhere in the answer (LINE-03). */
  "verification.start": [
    { number: string; method: "call" | "sms"; for: ProofFor; language: "ru" | "en" },
    VerificationStarted,
  ];
  /** 422 with the attempts that are left, 409 when there are none, or it is too late. */
  "verification.confirm": [{ id: string; code: string }, { number: string; validUntil: string }];
  "numbers.change": [{ change: NumbersChange }, Applied];
  "topic.create": [TopicFields, { id: string }];
  "topic.change": [{ id: string; change: Partial<TopicFields> }, Record<string, never>];
  "topic.delete": [{ id: string }, Record<string, never>];
  "company.change": [{ change: Partial<CompanySettings> }, Applied];
  /** The agent completes the service of a call (WRAP-01); during the talk it ends the talk too (WRAP-08). */
  "call.complete": [Completion & { callId: string; agentId?: string }, { agentId: string }];
  /** The agent's phone is called, then the other one (SOFT-05..08, SOFT-10, SOFT-12). */
  "call.place": [PlacedCall & { agentId?: string }, Placed];
  /** SOFT-14: asks the phone that rings for the agent to answer. */
  "call.answer": [{ callId: string }, { agentId: string }];
  /** SOFT-04. */
  "call.hangUp": [{ callId: string }, Record<string, never>];
  /** A card number is said: silence is recorded until somebody resumes, or `seconds` are over. */
  "recording.pause": [
    { callId: string; seconds: number; reason?: string | undefined },
    { resumesAt: string },
  ];
  "recording.resume": [{ callId: string }, { resumedAt: string }];
  "recording.delete": [{ id: string }, Record<string, never>];
  "recording.hold": [{ id: string; held: boolean; reason?: string | undefined }, Record<string, never>];
  /** What is past its retention goes now and not only at night (REC-03). */
  "recording.eraseExpired": [Record<string, never>, Omit<RetentionRun, "by">];
  "recording.rotateKeys": [Record<string, never>, { keyId: string; recordings: number }];
  /** A kept place is not needed any more; a call in flight is hung up. */
  "callback.cancel": [{ id: string }, Record<string, never>];
  /** Hold, mute, transfer and all that (apps/core/conversation/). `number` in E.164. */
  "conversation.ask": [{ id: string; ask: ConversationAsk }, ConversationView];
  /** A supervisor's phone comes into a conversation, and what it does there. */
  "conversation.supervise": [{ id: string; agentId: string; ask: SupervisionWish }, SupervisionView];
  /** ENV-03: the agent's phone rings for the headset test. */
  "agent.echoTest": [{ id: string }, Record<string, never>];
  /** The agent's phone is called and stays in the call, for campaigns' customers; or that line is hung up. */
  "agent.openLine": [{ id: string; open: boolean }, Record<string, never>];
  "key.create": [{ name: string; role: Role; agentId: string | null }, { id: string; key: string }];
  "webhook.create": [Pick<WebhookFields, "url" | "events">, { id: string; secret: string }];
  "webhook.change": [{ id: string; change: Partial<WebhookFields> }, Record<string, never>];
  "webhook.delete": [{ id: string }, Record<string, never>];
  /** Until `previousUntil` the secret before signs as well. */
  "webhook.rotateSecret": [{ id: string }, { secret: string; previousUntil: string }];
  "webhook.test": [{ id: string }, { deliveryId: string }];
  "delivery.retry": [{ id: string }, Record<string, never>];
  "notice.read": [{ id: string }, Record<string, never>];
  "key.revoke": [{ id: string }, Record<string, never>];
}

export type SupervisionWish =
  | { do: "start" | "change"; mode: SupervisionMode }
  | { do: "end" }
  | { do: "take-over" };

/** A conversation after a request. */
export interface ConversationView {
  readonly id: string;
  readonly state:
    | "talking"
    | "held"
    | "consulting"
    | "returning"
    | "handing"
    | "transferring"
    | "conference"
    | "over";
  /** Whose conversation it is, or was until it was handed over. */
  readonly agentId: string | null;
  readonly target: { kind: "agent" | "line" | "number"; id: string } | null;
  /** Whether the one who is consulted has answered; null without a consultation. */
  readonly answered: boolean | null;
  readonly acceptanceNeeded: boolean | null;
  readonly muted: boolean;
}

export interface SupervisionView {
  readonly id: string;
  readonly agentId: string;
  readonly mode: SupervisionMode | null;
}

export type CommandName = keyof Commands;

/** What the change did in Asterisk, read back from it after the reload. */
export interface Applied {
  readonly applied: {
    /** Asterisk modules that were reloaded, in order; empty if nothing in its configuration changed. */
    readonly reloaded: readonly string[];
    /** Read back from Asterisk: e.g. {strategy:"linear", waiting: 2, members: 3}. */
    readonly verified: Readonly<Record<string, unknown>>;
    /** What Asterisk complained about while it reloaded, such as a mistake in a file of custom.d/. */
    readonly warnings: readonly string[];
  };
}

export interface Created extends Applied {
  readonly id: string;
}

export interface SipAccount {
  readonly username: string;
  /** Shown once; we keep only the digest. */
  readonly password: string;
  readonly server: string;
}

/** A command that was understood and refused. `field` is the path of the argument that is wrong. */
export class CommandProblem extends Error {
  readonly status: 403 | 404 | 409 | 422 | 429 | 503;
  readonly code: string;
  readonly field: string | undefined;
  constructor(status: 403 | 404 | 409 | 422 | 429 | 503, code: string, message: string, field?: string) {
    super(message);
    this.name = "CommandProblem";
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

/** What the API and the terminal tools hold. */
export interface CommandPort {
  /** @throws CommandProblem (503 `engine-away` when the engine does not answer) */
  send<Name extends CommandName>(name: Name, args: Commands[Name][0], by: Asker): Promise<Commands[Name][1]>;
  /** A snapshot of the live floor, for GET routes. @throws CommandProblem 503 */
  floor(): Promise<FloorView>;
  /** The engine's own figures, for Prometheus. @throws CommandProblem 503 */
  figures(): Promise<Figures>;
}

/** What the engine tells of itself. */
export interface Figures {
  /** Turns that led to a deed: from hearing to the request on its way. Buckets are cumulative. */
  readonly turns: {
    readonly buckets: readonly { readonly atMostMs: number; readonly count: number }[];
    readonly sumMs: number;
    readonly count: number;
  };
  /** Of Asterisk's record and our decisions: what is not yet in the database. */
  readonly spoolWaitingBytes: number;
  readonly recordingsWaiting: number;
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  readonly uptimeSeconds: number;
}

/** The live floor as the API shows it. Times are milliseconds since 1970. */
export interface FloorView {
  readonly at: number;
  readonly asterisk: "up" | "down";
  readonly agents: readonly {
    id: string;
    state: AgentState;
    stateSince: number;
    status: string;
    device: string;
    openLine: boolean;
    pendingState?: AgentState | undefined;
    call?: { id: string; phase: AgentCall["phase"]; since: number; until?: number | undefined } | undefined;
  }[];
  readonly queues: readonly {
    id: string;
    waiting: number;
    longestWaitSince?: number | undefined;
    free: number;
    /** Kept places that are not served yet, those in flight among them. */
    callbacks?: number | undefined;
  }[];
  readonly calls: readonly {
    id: string;
    phase: string;
    phaseSince: number;
    lineId?: string | undefined;
    queueId?: string | undefined;
    agentId?: string | undefined;
    from?: string | undefined;
    arrivedAt: number;
  }[];
  /** Alarms and degraded modes by name, e.g. «no database», «spool too large». */
  readonly alarms: readonly string[];
}
