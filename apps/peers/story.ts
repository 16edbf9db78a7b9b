/**
 * The live stream, told as a story: one line per thing that happens to one call, with the time since it began.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type ApiClient, ApiError, type LiveMessage } from "./client.ts";

/** What a story needs to know to say names instead of ids. */
export interface Names {
  readonly agents: ReadonlyMap<string, string>;
  readonly queues: ReadonlyMap<string, string>;
}

interface CallView {
  readonly recording: {
    readonly id: string;
    readonly state: string;
    readonly bytes: number | null;
    readonly sha256: string | null;
    readonly durationMs: number | null;
    readonly channels: number | null;
    readonly audio: string | null;
  } | null;
  readonly endedAt: string | null;
  readonly talkMs: number | null;
}

interface WhyView {
  readonly summary: string;
  readonly decisions: readonly { decision: string; rule: string | null; because: string }[];
}

const RECORDING_WITHIN_MS = 8000;

/** Follows the next call from one number and tells it line by line. */
export class Story {
  readonly #from: string;
  readonly #names: Names;
  readonly #tell: (line: string) => void;
  readonly #began = performance.now();
  #waiting: (() => void)[] = [];
  #call: string | undefined;
  #ended = false;

  constructor(from: string, names: Names, tell: (line: string) => void) {
    this.#from = from;
    this.#names = names;
    this.#tell = tell;
  }

  /** The call's id as soon as it has arrived. */
  get call(): string | undefined {
    return this.#call;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Tells a line of our own at its time. */
  say(text: string): void {
    const seconds = (performance.now() - this.#began) / 1000;
    this.#tell(`${seconds.toFixed(1).padStart(6)} s  ${text}`);
  }

  /** Takes one message of the stream; what belongs to other calls is passed over. */
  hear(message: LiveMessage): void {
    const { kind, data } = message;
    if (this.#call === undefined) {
      if (kind !== "call.arrived" || digits(data.from) !== digits(this.#from)) return;
      this.#call = String(data.id);
    }
    if (data.id !== this.#call) return;
    const text = this.#words(kind, data);
    if (text) this.say(text);
    if (kind === "call.ended") this.#end();
  }

  /** Resolves with true when the call has ended, with false when it has not within `withinMs`. */
  over(withinMs: number): Promise<boolean> {
    if (this.#ended) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #end(): void {
    this.#ended = true;
    for (const go of this.#waiting.splice(0)) go();
  }

  #words(kind: string, data: LiveMessage["data"]): string | undefined {
    const agent = this.#names.agents.get(String(data.agentId)) ?? "an agent";
    if (kind === "call.arrived") return `arrived${data.lineName ? ` on the line ${data.lineName}` : ""}`;
    if (kind === "call.offered") return `offered to ${agent}: ${data.because}`;
    if (kind === "call.queued")
      return `waits in the queue ${this.#names.queues.get(String(data.queueId)) ?? ""}: ${data.because}`;
    if (kind === "call.refused") return `refused: ${data.because}`;
    if (kind === "call.talking") return `talks with ${agent}`;
    if (kind === "call.ended")
      return `ended: ${data.ending} (${data.culprit}); waited ${seconds(data.waitMs)}, talked ${seconds(data.talkMs)}`;
    return undefined;
  }
}

/** The names of the agents and queues that there are now. */
export async function namesFrom(api: ApiClient): Promise<Names> {
  type Named = { items: { id: string; name: string }[] };
  const [agents, queues] = await Promise.all([api.get<Named>("/v1/agents"), api.get<Named>("/v1/queues")]);
  const byId = ({ items }: Named) => new Map(items.map(({ id, name }) => [id, name]));
  return { agents: byId(agents), queues: byId(queues) };
}

/**
 * Tells how a call ended up on record: its recording and why it went the way it went.
 * @returns the recording's address below the API, if there is audio.
 */
export async function tellRecord(api: ApiClient, story: Story, call: string): Promise<string | undefined> {
  const { recording } = await recordOf(api, call);
  if (recording?.audio)
    story.say(
      `recording ${recording.state}: ${seconds(recording.durationMs)}, ${recording.channels} channels, ${recording.bytes} bytes, sha256 ${recording.sha256?.slice(0, 16)}…`,
    );
  else story.say(`recording: ${recording?.state ?? "none"}`);
  const why = await api.get<WhyView>(`/v1/calls/${call}/why`);
  story.say(`why: ${why.summary}`);
  for (const { decision, rule, because } of why.decisions)
    story.say(`     ${decision}${rule ? ` (${rule})` : ""}: ${because}`);
  return recording?.audio ?? undefined;
}

/** The recording is adopted a moment after the record closes; a call without talk has none to wait for. */
async function recordOf(api: ApiClient, call: string): Promise<CallView> {
  const until = performance.now() + RECORDING_WITHIN_MS;
  for (;;) {
    const view = await api.get<CallView>(`/v1/calls/${call}`).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
    if (view?.endedAt && (view.recording || !view.talkMs)) return view;
    if (performance.now() > until) return view ?? { recording: null, endedAt: null, talkMs: null };
    await pause(100);
  }
}

function digits(value: unknown): string {
  return String(value ?? "").replace(/\D/g, "");
}

function seconds(ms: unknown): string {
  return typeof ms === "number" ? `${(ms / 1000).toFixed(1)} s` : "0 s";
}
