/** The real commands over a test's database, where Asterisk takes whatever it is given. */
import { createCommands } from "../../apps/commands/commands.ts";
import type { Context } from "../../apps/commands/context.ts";
import type { Handlers } from "../../apps/commands/handlers.ts";
import type { SoundWorkshop } from "../../apps/commands/sounds.ts";
import type { Db } from "../../apps/store/database.ts";
import type { FakeEngine } from "./api.ts";

/** Commands that write rows; nothing hears of it but the database. */
export function rowCommands(db: Db, recordings: Partial<Context["recordings"]> = {}): Handlers {
  return createCommands({
    db,
    config: {
      ...{ sipBind: "127.0.0.1", sipPort: 5060, publicAddress: "", country: "RU", wssPort: 8089 },
      ...{ dialAllow: "+7", webhookAllow: "" },
    },
    applier: {
      apply: async () => ({ applied: { reloaded: [], verified: {}, warnings: [] }, undo: async () => {} }),
      note: () => {},
      callersIn: async () => 0,
      registration: async () => "Registered",
      endpoints: async () => new Map(),
    },
    engine: {
      settingsChanged: () => {},
      agent: () => undefined,
      servers: () => [],
      ringingFor: () => undefined,
      deferredChanged: () => {},
      previewOver: () => {},
      tell: () => {},
      callIdOf: (channel) => channel,
      ask: () => undefined,
      conversation: () => {
        throw new Error("there is none");
      },
      agentState: () => {},
    },
    sounds: {} as SoundWorkshop,
    recordings: recordings as Context["recordings"],
    log: { info: () => {}, warn: () => {} },
  });
}

/** The fake engine of an API test carries these commands out. */
export function carryOut(engine: FakeEngine, handlers: Handlers, prefix: string): void {
  for (const [name, handler] of Object.entries(handlers))
    if (name.startsWith(prefix)) Object.assign(engine.answers, { [name]: handler });
}
