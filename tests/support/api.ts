/**
 * The API over a real database, with an engine of a few lines: it writes rows as the real one would, keeps what
 * it was asked, and can be away.
 */
import { createHash } from "node:crypto";
import type { LightMyRequestResponse } from "fastify";
import { pino } from "pino";
import type { Api, ApiContext, BrowserPhones } from "../../apps/api/context.ts";
import { createKeyRing } from "../../apps/api/keys.ts";
import { followLive, type LiveTail } from "../../apps/api/live/tail.ts";
import { createTickets } from "../../apps/api/live/tickets.ts";
import { buildServer } from "../../apps/api/server.ts";
import {
  type Asker,
  type CommandName,
  type CommandPort,
  CommandProblem,
  type Commands,
  type Figures,
  type FloorView,
} from "../../apps/commands/port.ts";
import type { Db } from "../../apps/store/database.ts";
import type { Role } from "../../apps/store/tables.ts";
import type { KeySource } from "../../apps/vault/keys.ts";
import type { TestPostgres } from "./postgres.ts";

export interface FakeEngine extends CommandPort {
  away: boolean;
  view: FloorView;
  readonly asked: { name: CommandName; args: unknown; by: Asker }[];
  /** What a command does and answers; those not named here answer like a change without effect. */
  readonly answers: Partial<{
    [Name in CommandName]: (
      args: Commands[Name][0],
      by: Asker,
    ) => Promise<Commands[Name][1]> | Commands[Name][1];
  }>;
}

export const FIGURES: Figures = {
  turns: { buckets: [{ atMostMs: 1, count: 3 }], sumMs: 7.5, count: 4 },
  spoolWaitingBytes: 12,
  recordingsWaiting: 2,
  residentBytes: 1e8,
  cpuSeconds: 3.5,
  uptimeSeconds: 60,
};

export const APPLIED = {
  reloaded: ["app_queue"],
  verified: { strategy: "linear", waiting: 2 },
  warnings: [],
};

/** An engine with an empty floor. */
export function fakeEngine(): FakeEngine {
  const engine: FakeEngine = {
    away: false,
    view: { at: Date.UTC(2026, 0, 5, 9), asterisk: "up", agents: [], queues: [], calls: [], alarms: [] },
    asked: [],
    answers: { "trunk.states": () => ({ states: {} }) },
    async send(name, args, by) {
      if (engine.away) throw new CommandProblem(503, "engine-away", "the engine does not answer");
      engine.asked.push({ name, args, by });
      const answer = engine.answers[name] as ((args: unknown, by: Asker) => unknown) | undefined;
      return (answer ? await answer(args, by) : { applied: APPLIED }) as never;
    },
    async figures() {
      if (engine.away) throw new CommandProblem(503, "engine-away", "the engine does not answer");
      return FIGURES;
    },
    async floor() {
      if (engine.away) throw new CommandProblem(503, "engine-away", "the engine does not answer");
      return engine.view;
    },
  };
  return engine;
}

export interface ApiRig {
  readonly api: Api;
  readonly tail: LiveTail;
  readonly engine: FakeEngine;
  readonly context: ApiContext;
  /** Asks with a key (none: no header). */
  ask(method: Method, url: string, key?: string, body?: object): Promise<LightMyRequestResponse>;
  stop(): Promise<void>;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";

/** Builds the API on this database, strict about its own answers. */
export async function apiOn(
  postgres: TestPostgres,
  options: {
    metricsOpen?: boolean;
    browserPhones?: BrowserPhones;
    recordingsDir?: string;
    soundsDir?: string;
    importsDir?: string;
    recordingKeys?: KeySource;
    requestsPerMinute?: number;
    keepRows?: number;
    now?: () => number;
    /** false: as in production, where an answer that does not fit its schema is sent all the same. */
    strict?: boolean;
  } = {},
): Promise<ApiRig> {
  const engine = fakeEngine();
  const log = pino({ level: "silent" });
  const tail = followLive({ db: postgres.db, url: postgres.url, log, keep: options.keepRows ?? 10_000 });
  const context: ApiContext = {
    db: postgres.db,
    commands: engine,
    tail,
    keys: createKeyRing(postgres.db, options.now),
    tickets: createTickets(options.now),
    recordingsDir: options.recordingsDir ?? "/nonexistent",
    soundsDir: options.soundsDir ?? "/nonexistent",
    importsDir: options.importsDir ?? "/nonexistent",
    recordingKeys: options.recordingKeys ?? { find: () => undefined },
    country: "RU",
    mayDial: (phone) => phone.startsWith("+7"),
    metricsOpen: options.metricsOpen ?? false,
    browserPhones: options.browserPhones,
  };
  const { requestsPerMinute } = options;
  const api = await buildServer(context, {
    log,
    strict: options.strict ?? true,
    ...(requestsPerMinute && { requestsPerMinute }),
  });
  await api.ready();
  return {
    api,
    tail,
    engine,
    context,
    ask: (method, url, key, body) =>
      api.inject({
        method,
        url,
        headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
        ...(body && { payload: body }),
      }),
    async stop() {
      await api.close();
      await tail.close();
    },
  };
}

let keys = 0;

/** A key of this role, straight in the database. */
export async function addKey(db: Db, role: Role, agentId: string | null = null): Promise<string> {
  const key = `dz_${role}_0123456789abcdef_${++keys}`;
  const hash = createHash("sha256").update(key).digest();
  await db
    .insertInto("api_key")
    .values({ name: role, role, agent_id: agentId, hash, last_used_at: null, revoked_at: null })
    .execute();
  return key;
}

/** A small company: two agents, a queue that only Anna serves, its line, and a contact of Anna's. */
export async function addCompany(db: Db) {
  const agent = (name: string, short_number: string) =>
    db
      .insertInto("agent")
      .values({ name, short_number, phone: `a${short_number}-x7k2`, sip_ha1: "0".repeat(32) })
      .returning("id")
      .executeTakeFirstOrThrow();
  const anna = (await agent("Anna", "101")).id;
  const boris = (await agent("Boris", "102")).id;
  const queue = (
    await db
      .insertInto("queue")
      .values({ key: "qsales", name: "Sales" })
      .returning("id")
      .executeTakeFirstOrThrow()
  ).id;
  await db.insertInto("queue_agent").values({ queue_id: queue, agent_id: anna, position: 1 }).execute();
  const week = [{ days: [1, 2, 3, 4, 5] as const, from: "09:00", to: "18:00" }];
  const line = (
    await db
      .insertInto("line")
      .values({
        key: "lorders",
        number: "+74950000101",
        name: "Orders",
        queue_id: queue,
        hours: JSON.stringify({ zone: "Asia/Yekaterinburg", week }),
      })
      .returning("id")
      .executeTakeFirstOrThrow()
  ).id;
  const contact = (
    await db
      .insertInto("contact")
      .values({ name: "Olga Client", position: null, owner_id: anna })
      .returning("id")
      .executeTakeFirstOrThrow()
  ).id;
  await db
    .insertInto("contact_phone")
    .values({ contact_id: contact, phone: "+79161234567", position: 1 })
    .execute();
  return { anna, boris, queue, line, contact };
}
