/** Finds ffmpeg, which turns uploaded sounds into Asterisk's formats: the machine's, or a private copy of Debian's. */
import * as fs from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { codename } from "./debian.ts";
import type { Report } from "./problem.ts";
import { findInPath } from "./search-path.ts";
import { copyProgram, makeTree, type Program, throughLoader } from "./tree.ts";

type Places = Pick<Config, "runtimeDir" | "dataDir">;

/** Debian's release when the machine does not name its own: the oldest we are tried on. */
const OTHERWISE = "bookworm";
const ARRANGEMENT = 1;

/**
 * ffmpeg: the installed one, a private copy, or a new private copy (140 MB to fetch, once).
 *
 * The copy goes beside the other programs where this account may write there; the engine of an instance that root
 * started may not, and keeps it with its data.
 * @throws HostError when there is none and none can be fetched.
 */
export async function findFfmpeg(places: Places, report: Report): Promise<Program> {
  const present = presentFfmpeg(places);
  if (present) return present;
  const suite = codename() || OTHERWISE;
  const runtime = canWrite(places.runtimeDir) ? places.runtimeDir : join(places.dataDir, "runtime");
  fs.mkdirSync(runtime, { recursive: true });
  report(`fetching ffmpeg from Debian ${suite} (about 140 MB, once)`);
  const folder = join(runtime, folderName());
  const order = { suite, packages: ["ffmpeg"], cacheDir: join(runtime, "debian"), report };
  await makeTree(folder, order, (from, into) => copyProgram(from, "usr/bin/ffmpeg", [], into));
  return throughLoader(folder, join(folder, "bin/ffmpeg"));
}

/** The ffmpeg that is on this machine already, if there is one. */
export function presentFfmpeg({ runtimeDir, dataDir }: Places): Program | undefined {
  const installed = findInPath("ffmpeg");
  if (installed) return { command: installed, prefix: [] };
  const folder = [runtimeDir, join(dataDir, "runtime")]
    .map((place) => join(place, folderName()))
    .find((place) => fs.existsSync(place));
  return folder === undefined ? undefined : throughLoader(folder, join(folder, "bin/ffmpeg"));
}

function folderName(): string {
  return `ffmpeg-${codename() || OTHERWISE}-${ARRANGEMENT}`;
}

function canWrite(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
