/**
 * Runs one exported function of ours in a short-lived process of its own, so that what it loads (schemas, the
 * database client) is gone when it is done, and so that it can run as another account.
 *
 * This file is both sides: imported, it offers `runTask`; run as a program, it is the process.
 * Input and result are plain data; `report` is added to the input on the other side, and an `asterisk` among
 * the input gets its `run` back.
 */
import { fork } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Account } from "./account.ts";
import { type AsteriskFacts, asteriskFrom } from "./asterisk.ts";
import { HostError, type Report } from "./problem.ts";

type Order = Readonly<{
  module: string;
  name: string;
  input: Record<string, unknown>;
  /** The function takes its input as it is, without `report`. */
  plain?: boolean;
}>;
type Answer = Readonly<{ line?: string; result?: unknown; problem?: string; known?: boolean }>;

/** Which function to run, where and as whom. */
export type Task = Order &
  Readonly<{
    node: string;
    env: NodeJS.ProcessEnv;
    account?: Account | undefined;
    report: Report;
    signal?: AbortSignal | undefined;
  }>;

/**
 * Calls the function `name` of the file `module` with `input` and answers its result.
 * @throws HostError with the other side's message when it throws or dies.
 */
export function runTask<Result>(task: Task): Promise<Result> {
  const { module, name, input, plain = false, node, env, account, report, signal } = task;
  const child = fork(programFor(module), [], {
    execPath: node,
    execArgv: ["--max-semi-space-size=1"],
    env,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  const stop = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", stop, { once: true });
  return new Promise<Result>((resolve, reject) => {
    let answered = false;
    child.on("message", (answer: Answer) => {
      if (answer.line !== undefined) return report(answer.line);
      answered = true;
      if (answer.problem === undefined) resolve(answer.result as Result);
      else reject(new HostError(answer.problem));
    });
    child.on("error", reject);
    child.on("exit", (code, signalled) => {
      if (!answered) reject(new HostError(`${name} ended without an answer (${signalled ?? code}).`));
    });
    child.send({ module, name, input, plain } satisfies Order);
  }).finally(() => signal?.removeEventListener("abort", stop));
}

/** The task runner that lies beside the module's own folder: the account may not reach ours. */
function programFor(module: string): string {
  const mark = module.lastIndexOf("/dist/apps/");
  if (mark === -1) return fileURLToPath(import.meta.url);
  return `${module.slice(0, mark)}/dist/apps/host/task.js`;
}

async function serve(order: Order): Promise<void> {
  const send = (answer: Answer) => process.send?.(answer);
  try {
    const loaded = (await import(pathToFileURL(order.module).href)) as Record<string, unknown>;
    const called = loaded[order.name];
    if (typeof called !== "function") throw new HostError(`${order.module} exports no ${order.name}.`);
    const result: unknown = await called(
      order.plain ? order.input : revive(order.input, (line) => send({ line })),
    );
    // The result must be out before we leave, and we leave even if something is still open.
    process.send?.({ result } satisfies Answer, () => process.exit(0));
  } catch (error) {
    const known = error instanceof HostError || (error as Error).constructor.name === "ConfigError";
    const { message, stack } = error as Error;
    const problem = known ? message : `${order.name}: ${stack ?? message}`;
    process.send?.({ problem } satisfies Answer, () => process.exit(1));
  }
}

function revive(input: Record<string, unknown>, report: Report): Record<string, unknown> {
  const { asterisk } = input;
  return { ...input, report, ...(asterisk ? { asterisk: asteriskFrom(asterisk as AsteriskFacts) } : {}) };
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url))
  process.once("message", (order: Order) => void serve(order));
