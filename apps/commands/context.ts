/**
 * What every command works with, and the one way in which a change reaches both the database and Asterisk.
 */
import type { Applier, Change, Focus } from "../confgen/applier.ts";
import type { Config } from "../config.ts";
import type { Agent, AgentId, AgentState, CallId } from "../core/floor.ts";
import type { Input } from "../core/inputs.ts";
import type { Refusal } from "../core/turn.ts";
import { type Db, isDatabaseAway, refusedValue } from "../store/database.ts";
import { readSettings, type Settings } from "../store/settings.ts";
import { type Applied, type Asker, CommandProblem, type ConversationView } from "./port.ts";
import type { RecordingDeeds } from "./recordings.ts";
import type { SoundWorkshop } from "./sounds.ts";

/** The engine, as far as commands move it. */
export interface EngineEars {
  /** Rows changed and Asterisk has taken them. */
  settingsChanged(settings: Settings): void;
  /** An agent as the floor has it now. */
  agent(id: AgentId): Agent | undefined;
  /** Somebody is not shown to an agent any more: called, or skipped. */
  previewOver(id: string): void;
  /** A deferred call was added, moved or done. */
  deferredChanged(): void;
  /** Says something on the live stream, to an agent's screen: `id` is the agent's. */
  tell(kind: string, data: { readonly id: string } & Readonly<Record<string, unknown>>): void;
  /** The id of the call that a channel begins. */
  callIdOf(channel: string): CallId;
  /** Agents who talk in this call, or have to complete it. */
  servers(call: CallId): AgentId[];
  /** Whose phone rings for this call. */
  ringingFor(call: CallId): AgentId | undefined;
  /** A person's request about a call or an agent; answers why not, or undefined when it is being done. */
  ask(input: Input): Refusal | undefined;
  /** A conversation as it is now. */
  conversation(id: string): ConversationView;
  /** An agent chose a state, which is written down already. */
  agentState(agent: AgentId, state: AgentState): void;
}

export interface CommandOptions {
  /** Shared with whoever else changes Asterisk's configuration; one of its own without. */
  readonly inTurn?: Turns;
  readonly db: Db;
  readonly applier: Applier;
  readonly engine: EngineEars;
  readonly sounds: SoundWorkshop;
  readonly recordings: RecordingDeeds;
  readonly config: Pick<
    Config,
    "sipBind" | "sipPort" | "publicAddress" | "country" | "dialAllow" | "webhookAllow" | "wssPort"
  >;
  readonly log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

export interface Context extends CommandOptions {
  /**
   * Writes in one transaction and brings it into Asterisk before it is committed: both or neither.
   * @param work writes, and answers the result and what of Asterisk the answer should show.
   */
  configure<Result extends object>(
    work: (trx: Db) => Promise<{ result: Result; focus: Focus }>,
  ): Promise<Result & Applied>;
  /** Writes in one transaction; Asterisk is not concerned. */
  write<Result>(work: (trx: Db) => Promise<Result>): Promise<Result>;
  /** One at a time with every `configure`, so that Asterisk's files follow the rows in order. */
  readonly inTurn: Turns;
}

/** Work waits until the work before it has ended. */
export type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** The context of one engine. */
export function createContext(options: CommandOptions): Context {
  const { db, applier, engine, inTurn = createTurns() } = options;
  const write = <Result>(work: (trx: Db) => Promise<Result>) =>
    db
      .transaction()
      .execute(work)
      .catch((error: unknown) => {
        throw asProblem(error);
      });
  return {
    ...options,
    inTurn,
    write,
    configure: (work) =>
      inTurn(async () => {
        let change: Change | undefined;
        let settings: Settings | undefined;
        try {
          const result = await write(async (trx) => {
            const done = await work(trx);
            settings = await readSettings(trx);
            change = await applier.apply(settings, done.focus);
            return { ...done.result, applied: change.applied };
          });
          if (settings) engine.settingsChanged(settings);
          return result;
        } catch (error) {
          // Asterisk had taken it, the database did not: Asterisk goes back.
          await change?.undo();
          throw error;
        }
      }),
  };
}

/** A queue of one: work starts when the work before it has ended, well or badly. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };
}

/** Which field a unique constraint protects (db/migrations). */
const UNIQUE: Readonly<Record<string, readonly [field: string, what: string]>> = {
  agent_short_number_key: ["shortNumber", "short number"],
  line_short_number_key: ["shortNumber", "short number"],
  queue_name_key: ["name", "name"],
  scenario_name_key: ["name", "name"],
  scenario_default: ["lineIds", "default of its direction"],
  topic_name_ru_key: ["nameRu", "name"],
  topic_name_en_key: ["nameEn", "name"],
  menu_name_key: ["name", "name"],
  line_number_key: ["number", "number"],
  trunk_name_key: ["name", "name"],
  call_list_name_key: ["name", "name"],
  product_name_key: ["name", "name"],
  customer_order_number_key: ["number", "number"],
  tariff_prefix_key: ["prefix", "prefix"],
  campaign_name_key: ["name", "name"],
};

function asProblem(error: unknown): unknown {
  if (isDatabaseAway(error))
    return new CommandProblem(503, "database-away", "the database does not answer; nothing was changed");
  const refused = refusedValue(error);
  if (refused === "reference")
    return new CommandProblem(422, "unknown", "something that this names is not there; nothing was changed");
  if (refused) return new CommandProblem(422, "invalid", "a value cannot be kept; nothing was changed");
  const { code, constraint = "" } = error as { code?: string; constraint?: string };
  const taken = code === "23505" ? UNIQUE[constraint] : undefined;
  return taken ? new CommandProblem(409, "taken", `this ${taken[1]} is already in use`, taken[0]) : error;
}

/** The row, or 404 / 422. */
export function required<Row>(row: Row | undefined, what: string, field?: string): Row {
  if (row !== undefined) return row;
  if (field) throw new CommandProblem(422, "unknown", `there is no such ${what}`, field);
  throw new CommandProblem(404, "not-found", `there is no such ${what}`);
}

/** The same for what an agent may not see: to it, what is somebody else's is not there (404, as in the GETs). */
export function requiredFor<Row>(by: Asker, row: Row | undefined, what: string, field: string): Row {
  if (row === undefined && by.role === "agent")
    throw new CommandProblem(404, "not-found", `there is no such ${what}`, field);
  return required(row, what, field);
}

const NO_AGENT = "00000000-0000-0000-0000-000000000000";

/** The agent to whom an asker's view is narrowed; undefined: they see all. */
export function ownAgent(by: Asker): string | undefined {
  return by.role === "agent" ? (by.agentId ?? NO_AGENT) : undefined;
}

/** Ids come from outside: PostgreSQL would answer a text that is no UUID with an error instead of no row. */
export function isId(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}

/** A name that people can read on a phone. */
export function checkName(name: string | undefined, field = "name"): void {
  if (name === undefined || /[\p{L}\p{Nd}]/u.test(name)) return;
  throw new CommandProblem(422, "unreadable", "a name needs at least one letter or digit", field);
}
