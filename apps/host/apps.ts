/**
 * Our own long-lived programs: the engine, the AGI app, the API, the jobs process and, where browsers may be phones,
 * their door; each a process of its own.
 */
import { existsSync } from "node:fs";
import { get } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { GIVEN } from "../given-config.ts";
import type { Places } from "./places.ts";
import type { Report } from "./problem.ts";
import type { Supervisor } from "./supervisor.ts";

/** In the order in which they start. */
export const APPS = ["engine", "agi", "api", "jobs", "wss"] as const;
export type AppName = (typeof APPS)[number];

/**
 * V8's young generation grows to 16 MB and is hardly given back; small ones cost an idle process 6-8 MB less.
 * The engine has more room and
 * is compiled for speed, because it works for every call.
 */
export const FLAGS: Readonly<Record<AppName, readonly string[]>> = {
  engine: ["--max-semi-space-size=8", "--v8-pool-size=1"],
  agi: ["--max-semi-space-size=1", "--optimize-for-size", "--v8-pool-size=1"],
  api: ["--max-semi-space-size=4", "--optimize-for-size", "--v8-pool-size=1"],
  jobs: ["--max-semi-space-size=1", "--optimize-for-size", "--v8-pool-size=1"],
  wss: ["--max-semi-space-size=1", "--optimize-for-size", "--v8-pool-size=1"],
};

/**
 * Starts the programs named in `only`. The API is waited for: it says it is ready when everything behind it is.
 * @throws HostError when the API does not become ready in 60 s.
 */
export async function startApps(
  places: Places,
  env: NodeJS.ProcessEnv,
  supervisor: Supervisor,
  only: readonly string[],
  report: Report,
): Promise<void> {
  const { wssHost, wssPort } = places.config;
  for (const name of APPS.filter((one) => only.includes(one) && (one !== "wss" || wssPort !== undefined))) {
    const program = join(places.programs, `${name}.js`);
    if (!existsSync(program)) {
      report(`there is no ${name} in this checkout; started without it`);
      continue;
    }
    await supervisor.start({
      name,
      command: places.node,
      args: [...FLAGS[name], program],
      cwd: places.config.home,
      env: name === "wss" ? doorEnvironment(env, places.config) : env,
      account: places.owner,
      ...(name === "api" && { ready: () => answersReady(places.config), readyWithinMs: 60_000 }),
      ...(name === "wss" && wssPort && { ready: () => takes(wssPort, wssHost), readyWithinMs: 60_000 }),
    });
  }
}

/** The door meets strangers: of our settings it gets those that it needs, and neither the database's address nor a password. */
function doorEnvironment(env: NodeJS.ProcessEnv, config: Config): NodeJS.ProcessEnv {
  const { dataDir, wssHost, wssPort, ariPort, tlsCert, tlsKey } = config;
  const others = Object.entries(env).filter(
    ([name]) => name !== "DATABASE_URL" && !name.startsWith("DOZVON_"),
  );
  const given = JSON.stringify({ dataDir, wssHost, wssPort, ariPort, tlsCert, tlsKey });
  return { ...Object.fromEntries(others), [GIVEN]: given };
}

/** The address people use. */
export function apiUrl({ apiHost, apiPort }: Pick<Config, "apiHost" | "apiPort">): string {
  return `http://${apiHost.includes(":") ? `[${apiHost}]` : apiHost}:${apiPort}`;
}

/** Where something that listens at `host` can be reached from here. */
function fromHere(host: string): string {
  const everywhere: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  return everywhere[host] ?? host;
}

/** Whether somebody takes connections there. */
export function takes(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: fromHere(host), port, timeout: 2000 });
    const answer = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => answer(true));
    socket.once("timeout", () => answer(false));
    socket.once("error", () => answer(false));
  });
}

/** Whether GET /ready answers 200. With node:http, since fetch alone would cost this process 10 MB for ever. */
export function answersReady({ apiHost, apiPort }: Pick<Config, "apiHost" | "apiPort">): Promise<boolean> {
  const address = { host: fromHere(apiHost), port: apiPort, path: "/ready", agent: false };
  return new Promise((resolve) => {
    const request = get({ ...address, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
