/**
 * The configuration as a long-lived process gets it: from its starter, which has validated it.
 *
 * Validating needs a schema library, which would stay in the memory of every process for ever (13 MB each,
 * measured); so `asEnvironment` hands the validated settings on as they are. Started by hand, a process validates.
 */
import type { Config } from "./config.ts";

/** Where the starter puts the settings: JSON. */
export const GIVEN = "DOZVON_GIVEN";

/** @throws ConfigError when nobody gave settings and those in the environment are wrong */
export async function takeConfig(env: NodeJS.ProcessEnv = process.env): Promise<Config> {
  const given = env[GIVEN];
  if (!given) return (await import("./config.ts")).loadConfig(env);
  const config = JSON.parse(given) as Config;
  // The database's address may hold a password and is given apart.
  return Object.freeze({ ...config, databaseUrl: env.DATABASE_URL ?? config.databaseUrl });
}
