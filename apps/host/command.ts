/** Runs a program to its end; the only place of the host that waits for short-lived programs. */
import { type ChildProcess, execFile } from "node:child_process";
import type { Account } from "./account.ts";

export type CommandOptions = Readonly<{
  account?: Account | undefined;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  input?: string;
  timeoutMs?: number;
}>;

/** A program that could not be started, or that ended badly; `output` is the end of what it said. */
export class CommandError extends Error {
  readonly output: string;
  constructor(command: string, output: string) {
    super(`${command} failed: ${output.trim().split("\n").slice(-3).join(" / ") || "no reason given"}`);
    this.output = output;
  }
}

const running = new Set<ChildProcess>();

/** Ends what is still being waited for, when we are told to stop in the middle of a start. */
export function endCommands(): void {
  for (const child of running) child.kill("SIGTERM");
}

/**
 * Runs a program without a shell and answers what it wrote to stdout.
 * @throws CommandError when it cannot be started, ends with a non-zero status or takes too long.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { account, env, cwd, input, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      [...args],
      {
        ...(account && { uid: account.uid, gid: account.gid }),
        ...(env && { env }),
        ...(cwd && { cwd }),
        timeout: timeoutMs ?? 0,
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        running.delete(child);
        if (error) reject(new CommandError(command, stderr || stdout || error.message));
        else resolve(stdout);
      },
    );
    running.add(child);
    // A program that ends before it has read everything must not take us with it.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input ?? "");
  });
}
