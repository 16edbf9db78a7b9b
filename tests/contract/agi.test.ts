/** The FastAGI server, spoken to as Asterisk speaks to it. */
import { connect, type Socket } from "node:net";
import t, { type Test } from "tap";
import { AgiError, type AgiOptions, type AgiSession, createAgiServer } from "../../apps/asterisk/agi.ts";

const OPENING = [
  "agi_network: yes",
  "agi_network_script: owner?number=1:2",
  "agi_request: agi://127.0.0.1:4573/owner?number=1:2",
  "agi_calleridname: Анна: бухгалтерия",
  "agi_arg_1:",
  "__proto__: x",
  "",
  "",
].join("\n");

/** Waits until the condition holds; the test's own time limit ends a wait in vain. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

interface Caller {
  readonly socket: Socket;
  readonly lines: string[];
  readonly closed: boolean;
}

/** Calls like Asterisk; `answer` gives the reply's lines for a command, undefined for silence. */
function call(
  t: Test,
  port: number,
  answer: (line: string) => string | undefined = () => "200 result=1",
): Caller {
  const socket = connect(port, "127.0.0.1");
  const caller = { socket, lines: [] as string[], closed: false };
  let text = "";
  socket.on("data", (chunk) => {
    text += String(chunk);
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      caller.lines.push(line);
      const said = answer(line);
      if (said !== undefined) socket.write(`${said}\n`);
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    caller.closed = true;
  });
  t.teardown(() => socket.destroy());
  return caller;
}

async function serve(t: Test, handle: AgiOptions["handle"], options: Partial<AgiOptions> = {}) {
  const warnings: string[] = [];
  const log = { info: () => {}, warn: (_: object, text: string) => void warnings.push(text) };
  const server = createAgiServer({ port: 0, handle, log, sessionTimeoutMs: 60_000, ...options });
  const port = await server.listen();
  t.teardown(() => server.close());
  return { server, port, warnings };
}

async function failure(promise: Promise<unknown>): Promise<AgiError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AgiError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

t.test("reads the question and answers it", async (t) => {
  let seen: AgiSession["variables"] | undefined;
  const replies: unknown[] = [];
  const { port, warnings, server } = await serve(t, async (session) => {
    seen = session.variables;
    await session.setVariable("OWNER", 'a "b" \\ c');
    await session.setVariable("CALLERID(name)", "");
    replies.push(await session.command("GET VARIABLE X"));
    replies.push(await session.command("STREAM FILE x"));
  });
  const caller = call(t, port, (line) =>
    line.startsWith("GET") ? "200 result=1 (a (b) c)" : "200 result=0 endpos=5",
  );
  const bytes = Buffer.from(OPENING);
  for (let from = 0; from < bytes.length; from += 7) caller.socket.write(bytes.subarray(from, from + 7));
  await until(() => caller.closed);
  t.equal(seen?.agi_request, "agi://127.0.0.1:4573/owner?number=1:2", "a value keeps its colons");
  t.equal(seen?.agi_calleridname, "Анна: бухгалтерия", "and its letters, however it is cut");
  t.equal(seen?.agi_arg_1, "");
  t.equal(Object.getPrototypeOf(seen), null);
  t.same(caller.lines, [
    'SET VARIABLE OWNER "a \\"b\\" \\\\ c"',
    'SET VARIABLE CALLERID(name) ""',
    "GET VARIABLE X",
    "STREAM FILE x",
  ]);
  t.same(replies, [
    { result: "1", data: "a (b) c" },
    { result: "0", data: undefined },
  ]);
  t.same(warnings, []);
  await until(() => server.sessions === 0);
});

t.test("no line break gets through, and one command at a time", async (t) => {
  const errors: AgiError[] = [];
  let most = 0;
  let waiting = 0;
  const { port } = await serve(t, async (session) => {
    for (const text of ["NOOP\nHANGUP", "NOOP\rX", "NOOP\0", "", " ", "x".repeat(9000)])
      errors.push(await failure(session.command(text)));
    errors.push(await failure(session.setVariable("A", "x\nHANGUP")));
    for (const name of ["A B", "A\nB", 'A"', "", "A(b", "A(b c)"])
      errors.push(await failure(session.setVariable(name, "x")));
    await Promise.all(["1", "2", "3"].map((n) => session.command(`NOOP ${n}`)));
  });
  const caller = call(t, port, () => {
    waiting += 1;
    most = Math.max(most, waiting);
    setImmediate(() => {
      waiting -= 1;
      caller.socket.write("200 result=0\n");
    });
    return undefined;
  });
  caller.socket.write(OPENING);
  await until(() => caller.closed);
  t.equal(errors.length, 13);
  t.ok(errors.every(({ kind }) => kind === "invalid"));
  t.same(caller.lines, ["NOOP 1", "NOOP 2", "NOOP 3"]);
  t.equal(most, 1);
});

t.test("a refusal belongs to its command only", async (t) => {
  const seen: unknown[] = [];
  const { port } = await serve(t, async (session) => {
    seen.push((await failure(session.command("BAD"))).kind);
    seen.push((await session.command("GOOD")).result);
    seen.push((await failure(session.command("DEAD"))).message);
  });
  const usage = "520-Invalid command syntax.  Proper usage follows:\nUsage: BAD\n\n520 End of proper usage.";
  const answers: Record<string, string> = {
    BAD: usage,
    GOOD: "100 Trying\n200 result=7",
    DEAD: "511 Not permitted",
  };
  const caller = call(t, port, (line) => answers[line]);
  caller.socket.write(OPENING);
  await until(() => caller.closed);
  t.same(seen, ["refused", "7", "511 Not permitted"]);
});

t.test("a hang-up rejects what waits and what follows", async (t) => {
  const kinds: string[] = [];
  const handle = async (session: AgiSession) => {
    const both = [failure(session.command("ONE")), failure(session.command("TWO"))];
    for (const error of await Promise.all(both)) kinds.push(error.kind);
    kinds.push((await failure(session.command("THREE"))).kind);
    await session.command("FOUR");
  };
  const { port, warnings } = await serve(t, handle);
  const polite = call(t, port, () => "HANGUP");
  polite.socket.write(OPENING);
  await until(() => polite.closed);
  t.same(kinds.splice(0), ["hangup", "hangup", "hangup"]);
  t.same(polite.lines, ["ONE"]);
  const rude = call(t, port, () => undefined);
  rude.socket.write(OPENING);
  await until(() => rude.lines.length === 1);
  rude.socket.destroy();
  await until(() => kinds.length === 3);
  t.same(kinds, ["hangup", "hangup", "hangup"]);
  t.same(warnings, [], "callers hang up; that is no trouble");
});

t.test("too many sessions", async (t) => {
  const handle = async (session: AgiSession) => void (await session.command("WAIT"));
  const { port, warnings, server } = await serve(t, handle, { maxSessions: 2 });
  const kept = [call(t, port, () => undefined), call(t, port, () => undefined)];
  await until(() => server.sessions === 2);
  const third = call(t, port);
  await until(() => third.closed);
  t.ok(warnings.includes("too many AGI sessions"));
  t.notOk(
    kept.some(({ closed }) => closed),
    "the others go on",
  );
});

t.test("time limit, too much, and a handler that throws", async (t) => {
  const kinds: string[] = [];
  const handle = async (session: AgiSession) => {
    if (session.variables.agi_network_script === "throw") throw new Error("a bug of ours");
    kinds.push((await failure(session.command("WAIT"))).kind);
  };
  const { port, warnings, server } = await serve(t, handle, { sessionTimeoutMs: 150 });
  const slow = call(t, port, () => undefined);
  slow.socket.write(OPENING);
  const mute = call(t, port);
  await until(() => slow.closed && mute.closed && server.sessions === 0);
  t.same(kinds, ["timeout"]);

  const thrower = call(t, port);
  thrower.socket.write("agi_network_script: throw\n\n");
  await until(() => thrower.closed);
  t.ok(warnings.includes("an AGI session failed"));

  const flood = call(t, port);
  flood.socket.write("x".repeat(100_000));
  await until(() => flood.closed);
  const list = call(t, port);
  list.socket.write("a: b\n".repeat(1000));
  await until(() => list.closed);
  await until(() => server.sessions === 0);
  t.equal(warnings.filter((text) => text === "an AGI session cannot be read").length, 2);
});

t.test("closing ends every session, and a taken port is told", async (t) => {
  const kinds: string[] = [];
  const { port, server } = await serve(t, async (session) => {
    kinds.push((await failure(session.command("WAIT"))).kind);
  });
  const caller = call(t, port, () => undefined);
  caller.socket.write(OPENING);
  await until(() => caller.lines.length === 1);
  const twin = createAgiServer({ port, handle: async () => {}, log: { info: () => {}, warn: () => {} } });
  await t.rejects(twin.listen(), { code: "EADDRINUSE" });
  await server.close();
  await until(() => caller.closed);
  t.same(kinds, ["closed"]);
});
