/**
 * pino for a process of ours: one JSON line each to standard output, which the supervisor keeps under logs/.
 */
import { type Logger, pino } from "pino";
import type { Config } from "../config.ts";

const SECRET = [
  "password",
  "secret",
  "key",
  "authorization",
  "*.password",
  "*.secret",
  "*.key",
  "*.authorization",
];

/** Secrets are blotted out wherever they come as fields; numbers and names are not logged in the first place. */
export function openLog(name: string, config: Pick<Config, "logLevel">): Logger {
  return pino({ name, level: config.logLevel as string, redact: SECRET, base: { name } });
}
