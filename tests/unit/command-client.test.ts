/** The API's way to the engine: what takes long keeps nothing else waiting, and nobody waits for ever. */
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import t from "tap";
import { createCommandClient } from "../../apps/commands/client.ts";
import type { Handlers } from "../../apps/commands/handlers.ts";
import { type Asker, type CommandName, CommandProblem } from "../../apps/commands/port.ts";
import { serveCommands } from "../../apps/commands/server.ts";
import { FIGURES, fakeEngine } from "../support/api.ts";
import { until } from "../support/until.ts";

const by: Asker = { keyId: "k", role: "admin" };
const socket = join(t.testdir({}), "engine.sock");
const under = new Map<CommandName, number>();
const seen: CommandName[] = [];
let release = (): void => {};
const released = new Promise<void>((resolve) => {
  release = resolve;
});
/** Takes every command; those that take long are carried out when they are released. */
const handlers = new Proxy({} as Handlers, {
  getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
  get: (_, name: CommandName) => async () => {
    seen.push(name);
    under.set(name, (under.get(name) ?? 0) + 1);
    if (["sound.create", "pbx.connect", "queue.change"].includes(name)) await released;
    under.set(name, (under.get(name) ?? 0) - 1);
    return {};
  },
});
const view = fakeEngine().view;
const log = { info: () => {}, warn: () => {} };
const server = await serveCommands(
  socket,
  handlers,
  () => view,
  async () => FIGURES,
  log,
);
const client = createCommandClient(socket);
const hasty = createCommandClient(socket, 50);
t.teardown(async () => {
  client.close();
  hasty.close();
  await server.close();
});

t.test(
  "a connection is not closed for being idle: the command that is just sent through it would be lost",
  async (t) => {
    const { headers } = await new Promise<IncomingMessage>((resolve, reject) =>
      get({ socketPath: socket, path: "/floor", headers: { connection: "keep-alive" } }, resolve).on(
        "error",
        reject,
      ),
    );
    t.match(headers, { connection: "keep-alive", "keep-alive": undefined });
  },
);

t.test("sounds, a PBX and settings that take long keep no call and no screen waiting", async (t) => {
  const sound = { name: "S", language: null, originalName: "s.wav", upload: "u" };
  const pbx = { number: "1", server: "p", login: "l", domain: null, password: "p" };
  const slow = Array.from({ length: 10 }, () => [
    client.send("sound.create", sound, by),
    client.send("pbx.connect", pbx, by),
    client.send("queue.change", { id: "q", change: {} }, by),
  ]).flat();
  const busy = () => [under.get("sound.create"), under.get("pbx.connect"), under.get("queue.change")];
  await until("the engine has as many as it is given", () => busy().join() === "2,4,8");
  t.same(await client.floor(), view);
  t.same(await client.figures(), FIGURES);
  await client.send("call.hangUp", { callId: "c" }, by);
  await client.send("agent.state", { id: "a", state: "offline" }, by);
  await client.send("recording.pause", { callId: "c", seconds: 9 }, by);
  t.same(busy(), [2, 4, 8], "those are still where they were");

  const first = [1, 2].map(() => hasty.send("sound.create", sound, by));
  await until("its connections are taken", () => under.get("sound.create") === 4);
  const late = await hasty.send("sound.create", sound, by).catch((error: unknown) => error);
  t.ok(late instanceof CommandProblem);
  t.match(late, { status: 503, code: "engine-busy" }, "nobody waits for ever");
  release();
  await Promise.all([...slow, ...first]);
  t.equal(
    seen.filter((name) => name === "sound.create").length,
    12,
    "what was given up is never carried out",
  );
  await hasty.send("sound.create", sound, by);
});
