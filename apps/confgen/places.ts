/**
 * Where an instance's Asterisk finds and leaves its files: everything is under <dataDir>/asterisk.
 */
import { join } from "node:path";

/** Absolute paths. `asterisk.conf.mustache` says the same to Asterisk. */
export interface AsteriskPlaces {
  readonly root: string;
  readonly etc: string;
  /** A link to the folder with the files that were rendered last; swapped in one step. */
  readonly generated: string;
  readonly customD: string;
  readonly data: string;
  readonly spool: string;
  /** MixMonitor's files, named after the call. */
  readonly monitor: string;
  readonly log: string;
  /** Warnings and errors. */
  readonly messages: string;
  readonly queueLog: string;
  /** cel_custom's folder; the file's name is `celFile`. */
  readonly cel: string;
}

/** The places of the instance with this data folder. */
export function asteriskPlaces(dataDir: string): AsteriskPlaces {
  const root = join(dataDir, "asterisk");
  return {
    root,
    etc: join(root, "etc"),
    generated: join(root, "etc/generated"),
    customD: join(root, "custom.d"),
    data: join(root, "data"),
    spool: join(root, "spool"),
    monitor: join(root, "spool/monitor"),
    log: join(root, "log"),
    messages: join(root, "log/messages.log"),
    queueLog: join(root, "log/queue_log"),
    cel: join(root, "log/cel-custom"),
  };
}

/** Where uploaded sounds are, by what is done with them (apps/bin/workshop.ts). */
export interface SoundPlaces {
  readonly incoming: string;
  readonly originals: string;
  readonly built: string;
  readonly listen: string;
}

/** The places of the instance with this data folder. */
export function soundPlaces(dataDir: string): SoundPlaces {
  const place = (name: string) => join(dataDir, "sounds", name);
  return {
    incoming: place("incoming"),
    originals: place("originals"),
    built: place("built"),
    listen: place("listen"),
  };
}
