/** Are the ports free that we are about to use? Asked before anything starts, answered with the setting's name. */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { Config } from "../config.ts";
import { HostError } from "./problem.ts";

/** A port one of our parts listens on, and the setting that moves it. */
export type PortUse = Readonly<{ key: keyof Config; host: string; port: number; kind: "tcp" | "udp" }>;

const LOOPBACK = "127.0.0.1";

/** All ports of an instance; RTP is left out, since Asterisk skips what is taken. */
export function portsOf(config: Config): PortUse[] {
  const uses: PortUse[] = [
    { key: "apiPort", host: config.apiHost, port: config.apiPort, kind: "tcp" },
    { key: "sipPort", host: config.sipBind, port: config.sipPort, kind: "udp" },
    { key: "sipPort", host: config.sipBind, port: config.sipPort, kind: "tcp" },
    { key: "ariPort", host: LOOPBACK, port: config.ariPort, kind: "tcp" },
    { key: "amiPort", host: LOOPBACK, port: config.amiPort, kind: "tcp" },
    { key: "agiPort", host: LOOPBACK, port: config.agiPort, kind: "tcp" },
  ];
  if (config.wssPort !== undefined)
    uses.push({ key: "wssPort", host: config.wssHost, port: config.wssPort, kind: "tcp" });
  if (!config.databaseUrl)
    uses.push({ key: "databasePort", host: LOOPBACK, port: config.databasePort, kind: "tcp" });
  return uses;
}

/**
 * Checks every port by listening on it for a moment.
 * @param patienceMs how long to wait for the parts of an instance that was just killed to let go.
 * @throws HostError naming the first port that is taken or the address that is not ours.
 */
export async function requirePorts(uses: readonly PortUse[], patienceMs: number): Promise<void> {
  const until = Date.now() + patienceMs;
  for (const use of uses) {
    for (;;) {
      const problem = await tryPort(use);
      if (!problem) break;
      if (problem !== "EADDRINUSE" || Date.now() >= until) throw new HostError(await explain(use, problem));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function explain(use: PortUse, problem: string): Promise<string> {
  // Only now: the configuration's schemas are 20 MB that a process which lives for ever need not carry.
  const { environmentName } = await import("../config.ts");
  const name = environmentName(use.key);
  if (problem === "EADDRINUSE")
    return `port ${use.port} (${name}) is taken; stop what uses it or set ${name} to another.`;
  if (problem === "EACCES") return `port ${use.port} (${name}) needs root; set ${name} above 1023.`;
  if (problem === "EADDRNOTAVAIL") return `${use.host} is not an address of this machine (for ${name}).`;
  return `port ${use.port} (${name}) on ${use.host} cannot be used: ${problem}.`;
}

function tryPort(use: PortUse): Promise<string | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message);
    if (use.kind === "tcp") {
      const server = createServer().once("error", failed);
      server.listen({ host: use.host, port: use.port, exclusive: true }, () =>
        server.close(() => resolve(undefined)),
      );
      return;
    }
    const socket = createSocket(use.host.includes(":") ? "udp6" : "udp4").once("error", failed);
    socket.bind({ port: use.port, address: use.host, exclusive: true }, () =>
      socket.close(() => resolve(undefined)),
    );
  });
}
