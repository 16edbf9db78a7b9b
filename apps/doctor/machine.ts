/** The machine: Node, disk, and the spools that wait on it. */
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { listSpool } from "../asterisk/spool/files.ts";
import { type SpoolPlaces, spoolPath } from "../engine/spools.ts";
import type { Instance } from "../peers/instance.ts";
import type { Source } from "../store/intake.ts";
import type { Check } from "./finding.ts";

/** An hour of ten stereo conversations at once is half a gigabyte. */
const LEAST_FREE_MB = 1024;
const MB = 1024 * 1024;
/** Lines are gathered for a moment before they are taken in, so a little is always waiting. */
const USUAL_BACKLOG = 256 * 1024;

export type Checkpoints = ReadonlyMap<string, { readonly file: string; readonly offset: number }>;

/** @param checkpoints how far each spool has been taken in; asked only when the database is there. */
export function machineChecks(instance: Instance, checkpoints: () => Promise<Checkpoints>): Check[] {
  const { config } = instance;
  return [
    {
      name: "Node",
      hint: "install Node 20.11 or newer",
      look: async () => process.versions.node,
    },
    {
      name: "disk",
      hint: "make room: recordings and the record of calls are written here",
      look: async () => {
        const { bavail, bsize } = await statfs(config.dataDir);
        const free = Math.floor((bavail * bsize) / MB);
        return { ok: free >= LEAST_FREE_MB, text: `${free} MB free at ${config.dataDir}` };
      },
    },
    {
      name: "spools",
      hint: "the engine does not keep up with what Asterisk writes: see logs/engine.log in the data folder",
      look: async () => describeSpools(instance, await checkpoints()),
    },
  ];
}

async function describeSpools({ config }: Instance, checkpoints: Checkpoints) {
  const places: SpoolPlaces = {
    log: join(config.dataDir, "asterisk/log"),
    journal: join(config.dataDir, "spool/decisions.ndjson"),
    maxBytes: config.spoolMaxMb * MB,
  };
  const sources = ["cel", "queue", "engine"] as const satisfies readonly Source[];
  const waiting = await Promise.all(
    sources.map((source) => backlog(spoolPath(places, source), checkpoints.get(source))),
  );
  const text = sources.map((source, index) => `${source} ${waiting[index]} bytes waiting`).join(", ");
  return { ok: waiting.every((bytes) => bytes <= USUAL_BACKLOG), text };
}

/** What has not been taken in: the rest of the checkpoint's file, and all files after it. */
async function backlog(path: string, checkpoint: { file: string; offset: number } | undefined) {
  const files = await listSpool(path);
  const at = files.findIndex(({ inode }) => checkpoint?.file.startsWith(`${inode}-`));
  const rest = files.slice(Math.max(0, at)).reduce((sum, { bytes }) => sum + bytes, 0);
  return at === -1 ? rest : Math.max(0, rest - (checkpoint?.offset ?? 0));
}
