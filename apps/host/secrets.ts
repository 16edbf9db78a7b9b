/** The passwords between our own parts: made once per instance, never shown, never in the repository. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Account } from "./account.ts";
import { HostError } from "./problem.ts";

const KEYS = ["ariPassword", "amiSecret", "databasePassword", "adminApiKey"] as const;

/** Everything secret that one instance has. */
export type Secrets = Readonly<Record<(typeof KEYS)[number], string>>;

const pathOf = (config: Pick<Config, "dataDir">): string => join(config.dataDir, "secrets.json");

/**
 * Reads the secrets of an instance that has been started before.
 * @throws HostError when there are none yet or the file is damaged.
 */
export function loadSecrets(config: Pick<Config, "dataDir">): Secrets {
  const path = pathOf(config);
  if (!fs.existsSync(path)) throw new HostError(`${path} does not exist yet; run npm start first.`);
  const found = read(path);
  const missing = KEYS.find((key) => typeof found[key] !== "string" || found[key].length < 24);
  if (missing) throw new HostError(`${path}: ${missing} is missing.`);
  return found as Secrets;
}

/**
 * The instance's secrets, made on the first start. A secret that a newer version knows and the file does not
 * is added; none is ever changed.
 */
export function ensureSecrets(config: Pick<Config, "dataDir">, owner: Account | undefined): Secrets {
  const path = pathOf(config);
  const found = fs.existsSync(path) ? read(path) : {};
  const complete = Object.fromEntries(KEYS.map((key) => [key, found[key] ?? mint(key)])) as Secrets;
  if (KEYS.some((key) => found[key] === undefined)) {
    const aside = `${path}.${process.pid}`;
    fs.writeFileSync(aside, `${JSON.stringify(complete, null, 2)}\n`, { mode: 0o600 });
    if (owner) fs.chownSync(aside, owner.uid, owner.gid);
    fs.renameSync(aside, path);
  }
  fs.chmodSync(path, 0o600);
  return complete;
}

/** 24 random bytes: beyond guessing, and without characters that a configuration file could misread. */
function mint(key: (typeof KEYS)[number]): string {
  const secret = randomBytes(24).toString("base64url");
  return key === "adminApiKey" ? `dz_admin_${secret}` : secret;
}

function read(path: string): Partial<Secrets> {
  try {
    return JSON.parse(fs.readFileSync(path, "utf8")) as Partial<Secrets>;
  } catch (error) {
    throw new HostError(`${path} cannot be read: ${(error as Error).message}.`);
  }
}
