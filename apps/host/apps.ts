/** Our own long-lived programs: the engine, the AGI app, the API and the jobs process, each a process of its own. */
import { existsSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Places } from "./places.ts";
import type { Report } from "./problem.ts";
import type { Supervisor } from "./supervisor.ts";

/** In the order in which they start. */
export const APPS = ["engine", "agi", "api", "jobs"] as const;
export type AppName = (typeof APPS)[number];

/**
 * V8's young generation grows to 16 MB and is hardly given back; small ones cost an idle process 6-8 MB less.
 * The engine has more room and
 * is compiled for speed, because it works for every call.
 */
const FLAGS: Readonly<Record<AppName, readonly string[]>> = {
  engine: ["--max-semi-space-size=8", "--v8-pool-size=1"],
  agi: ["--max-semi-space-size=1", "--optimize-for-size", "--v8-pool-size=1"],
  api: ["--max-semi-space-size=1", "--optimize-for-size", "--v8-pool-size=1"],
  jobs: ["--max-semi-space-size=1", "--optimize-for-size", "--v8-pool-size=1"],
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
  for (const name of APPS.filter((one) => only.includes(one))) {
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
      env,
      account: places.owner,
      ...(name === "api" && { ready: () => answersReady(places.config), readyWithinMs: 60_000 }),
    });
  }
}

/** The address people use. */
export function apiUrl({ apiHost, apiPort }: Pick<Config, "apiHost" | "apiPort">): string {
  return `http://${apiHost.includes(":") ? `[${apiHost}]` : apiHost}:${apiPort}`;
}

/** Whether GET /ready answers 200. With node:http, since fetch alone would cost this process 10 MB for ever. */
export function answersReady({ apiHost, apiPort }: Pick<Config, "apiHost" | "apiPort">): Promise<boolean> {
  const everywhere: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  const address = { host: everywhere[apiHost] ?? apiHost, port: apiPort, path: "/ready", agent: false };
  return new Promise((resolve) => {
    const request = get({ ...address, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
