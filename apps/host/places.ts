/**
 * Where our folders really live, and from where the carrying account can read our programs.
 *
 * Normally both are in the checkout. A checkout that the account cannot reach (a clone under /root) keeps
 * links, and the folders themselves are under /var/lib/dozvon.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Config } from "../config.ts";
import type { Account } from "./account.ts";
import { runCommand } from "./command.ts";
import { linkOrCopy, mirrorCheckout } from "./mirror.ts";
import { HostError } from "./problem.ts";
import { canReach, obstacle } from "./reach.ts";

const ELSEWHERE = "/var/lib/dozvon";

/** The configuration with real paths: `home`, `dataDir` and `runtimeDir` are what the account can use. */
export type Places = Readonly<{
  config: Config;
  /** The node binary that the account can run. */
  node: string;
  /** The folder with our compiled programs. */
  programs: string;
  owner: Account | undefined;
}>;

/**
 * Makes the folders of one instance with the right owners: data for the account alone, programs for all to read.
 * @param elsewhere where the folders go that the account cannot reach otherwise.
 * @throws HostError when a folder can be neither used nor replaced.
 */
export async function makePlaces(
  config: Config,
  owner: Account | undefined,
  elsewhere: string = ELSEWHERE,
): Promise<Places> {
  const runtimeDir = realFolder(config.runtimeDir, owner, elsewhere, 0o755);
  const dataDir = realFolder(config.dataDir, owner, elsewhere, 0o700);
  await giveTo(dataDir, owner);
  const hidden = owner !== undefined && !canReach(join(config.home, "dist"), owner);
  const home = hidden ? join(placeFor(config.home, elsewhere), "home") : config.home;
  if (hidden) await mirrorCheckout(config.home, home);
  const node = await reachableNode(owner, elsewhere);
  return {
    config: Object.freeze({ ...config, home, dataDir, runtimeDir }),
    node,
    programs: join(home, "dist/apps/bin"),
    owner,
  };
}

/** A short, stable name for what belongs to one checkout. */
export function placeFor(checkout: string, elsewhere: string): string {
  return join(elsewhere, createHash("sha256").update(checkout).digest("hex").slice(0, 10));
}

/** Makes a folder, or the link to its true place when the account cannot get to it; answers the true path. */
function realFolder(path: string, owner: Account | undefined, elsewhere: string, mode: number): string {
  try {
    const link = fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    if (link) fs.mkdirSync(fs.readlinkSync(path), { recursive: true, mode });
    const parent = firstExisting(dirname(path));
    const moves = !link && owner !== undefined && obstacle(parent, owner) !== undefined;
    if (moves) moveElsewhere(path, join(placeFor(dirname(path), elsewhere), basename(path)), mode);
    else {
      // The mode is for the folder itself; parents that are missing must stay passable.
      fs.mkdirSync(dirname(path), { recursive: true });
      fs.mkdirSync(path, { recursive: true, mode });
    }
    return fs.realpathSync(path);
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw new HostError(`the folder ${path} cannot be made: ${(error as Error).message}.`);
  }
}

function moveElsewhere(path: string, target: string, mode: number): void {
  fs.mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  fs.mkdirSync(dirname(path), { recursive: true });
  if (fs.existsSync(path)) {
    if (fs.existsSync(target)) throw new HostError(`${path} and ${target} both exist; remove one of them.`);
    try {
      fs.renameSync(path, target);
    } catch {
      throw new HostError(`move ${path} to ${target} by hand: another account has to reach it.`);
    }
  } else fs.mkdirSync(target, { recursive: true, mode });
  fs.symlinkSync(target, path);
}

function firstExisting(path: string): string {
  return fs.existsSync(path) ? path : firstExisting(dirname(path));
}

/** Data belong to whoever carries the instance; a folder from an earlier life as another user is handed over. */
async function giveTo(folder: string, owner: Account | undefined): Promise<void> {
  const stat = fs.statSync(folder);
  const uid = owner?.uid ?? process.getuid?.();
  if (owner && stat.uid !== owner.uid)
    await runCommand("chown", ["-R", "-h", `${owner.uid}:${owner.gid}`, folder]);
  else if (stat.uid !== uid)
    throw new HostError(
      `${folder} belongs to another account (uid ${stat.uid}); start as that one or as root.`,
    );
  if ((stat.mode & 0o777) !== 0o700) fs.chmodSync(folder, 0o700);
}

/** Node itself may be out of reach, for instance installed by nvm under /root. */
async function reachableNode(owner: Account | undefined, elsewhere: string): Promise<string> {
  if (!owner || canReach(process.execPath, owner)) return process.execPath;
  const copy = join(elsewhere, `node-${process.versions.node}`);
  if (fs.existsSync(copy)) return copy;
  fs.mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  const aside = `${copy}.${process.pid}`;
  await linkOrCopy(process.execPath, aside);
  fs.renameSync(aside, copy);
  return copy;
}
