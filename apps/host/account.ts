/** Which account carries Asterisk, PostgreSQL and our own children. */
import { readFileSync } from "node:fs";
import { CommandError, runCommand } from "./command.ts";
import { HostError, type Report } from "./problem.ts";

/** An unprivileged account of this machine. */
export type Account = Readonly<{ uid: number; gid: number; name: string }>;

const NAME = "dozvon";

/** Finds an account in the text of /etc/passwd. */
export function parseAccount(passwd: string, name: string): Account | undefined {
  const fields = passwd
    .split("\n")
    .map((line) => line.split(":"))
    .find(([first]) => first === name);
  if (!fields) return undefined;
  return { uid: Number(fields[2]), gid: Number(fields[3]), name };
}

/**
 * The account to hand our children to when we are root, made if it is missing: PostgreSQL refuses to run as
 * root, and nothing that talks to the network should. `undefined` when we are not root: then all is ours.
 * @throws HostError when the account cannot be made.
 */
export async function carryingAccount(report: Report): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const present = parseAccount(readFileSync("/etc/passwd", "utf8"), NAME);
  if (present) return present;
  report(`making the system account ${NAME}, which carries Asterisk and PostgreSQL`);
  const place = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"];
  try {
    await runCommand("useradd", ["--system", "--user-group", ...place, NAME]);
  } catch (error) {
    const made = parseAccount(readFileSync("/etc/passwd", "utf8"), NAME);
    if (made) return made;
    const reason = error instanceof CommandError ? error.message : String(error);
    throw new HostError(`the system account ${NAME} could not be made (${reason}).`);
  }
  const made = parseAccount(readFileSync("/etc/passwd", "utf8"), NAME);
  if (!made) throw new HostError(`useradd made no account ${NAME} in /etc/passwd.`);
  return made;
}
