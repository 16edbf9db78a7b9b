/** Where the engine takes commands: a Unix socket that only its own account can open. */
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config.ts";

/** sockaddr_un holds 107 bytes; longer paths are cut silently. */
const LONGEST = 107;

/** The socket's path: <dataDir>/run/engine.sock, or a short one in the temporary folder when that is too long. */
export function commandSocket(config: Pick<Config, "dataDir">): string {
  const path = join(config.dataDir, "run", "engine.sock");
  if (Buffer.byteLength(path) <= LONGEST) return path;
  const name = createHash("sha256").update(config.dataDir).digest("hex").slice(0, 16);
  return join(tmpdir(), `dozvon-${name}`, "engine.sock");
}
