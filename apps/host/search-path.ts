/** Looks for installed programs the way a shell would, and in the places of the superuser's programs too. */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";

const ALSO = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The first executable file of this name, or `undefined`. */
export function findInPath(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = [...(env.PATH ?? "").split(":").filter(Boolean), ...ALSO];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
