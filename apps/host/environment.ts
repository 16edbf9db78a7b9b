/** What our children see of the environment: our own settings, and of the rest only what they need. */

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Places } from "./places.ts";
import { canReach } from "./reach.ts";

const PASSED_ON = [
  "PATH",
  "LANG",
  "LC_ALL",
  "TZ",
  "DEBIAN_MIRROR",
  "NODE_EXTRA_CA_CERTS",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
];

/**
 * An allow-list, since a root shell may hold other people's keys.
 * MALLOC_ARENA_MAX keeps glibc from reserving an arena per thread, which nothing of ours gains from.
 */
export function childEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const passed = PASSED_ON.flatMap((key) => {
    const value = process.env[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...Object.fromEntries(passed), NODE_ENV: "production", MALLOC_ARENA_MAX: "2", ...settings };
}

/**
 * A settings file that only root may read is read by us alone: the children get every setting in their
 * environment anyway, and look at an empty file instead.
 */
export function hiddenSettings({ config, owner }: Places): Record<string, string> {
  const file = join(config.home, "dozvon.json");
  if (!owner || !existsSync(file) || canReach(file, owner)) return {};
  const empty = join(config.dataDir, "no-settings.json");
  writeFileSync(empty, "{}\n", { mode: 0o644 });
  return { DOZVON_CONFIG: empty };
}
