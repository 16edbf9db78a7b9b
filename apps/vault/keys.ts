/**
 * The master keys that wrap each recording's own key: a file for the account alone, beside the other secrets.
 *
 * One process writes it (the engine), others read it. The newest key wraps; older ones only open, and go when no
 * recording needs them. Who loses this file loses the recordings: it belongs into a backup, but not into the one
 * that holds the recordings.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface MasterKey {
  /** A UUID; not secret. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
  readonly madeAt: Date;
}

/** What whoever opens recordings holds. */
export interface KeySource {
  /** Undefined: no such key here, also not in the file as it is now. */
  find(id: string): MasterKey | undefined;
}

/** What the one who writes recordings holds. */
export interface MasterKeys extends KeySource {
  newest(): MasterKey;
  all(): readonly MasterKey[];
  /** Makes a key; durable when this returns. */
  rotate(): MasterKey;
  /** Forgets a key for good. The newest stays whatever is asked. */
  forget(id: string): void;
}

/** Reads keys; looks each time whether the file is another one now: a key that was forgotten must be forgotten here too. @throws when it is damaged */
export function readMasterKeys(path: string): KeySource {
  let keys: readonly MasterKey[] = [];
  let seen = "";
  return {
    find(id) {
      const version = versionOf(path);
      if (version !== seen) {
        keys = version === "" ? [] : read(path);
        seen = version;
      }
      return keys.find((key) => key.id === id);
    },
  };
}

/** For the one writer; makes the file with a first key when there is none. @throws when it is damaged */
export function openMasterKeys(path: string): MasterKeys {
  let keys = versionOf(path) === "" ? [] : read(path);
  const rotate = (): MasterKey => {
    const made = { id: randomUUID(), key: randomBytes(32), madeAt: new Date() };
    write(path, [...keys, made]);
    keys = [...keys, made];
    return made;
  };
  if (keys.length === 0) rotate();
  const newest = () => keys.at(-1) as MasterKey;
  return {
    find: (id) => keys.find((key) => key.id === id),
    newest,
    all: () => keys,
    rotate,
    forget(id) {
      const left = keys.filter((key) => key.id !== id || key === newest());
      if (left.length === keys.length) return;
      write(path, left);
      keys = left;
    },
  };
}

/**
 * The same, opened when it is first needed and tried again while it cannot be: a damaged file must not keep the engine
 * from routing calls; recordings wait in the spool meanwhile.
 */
export function lazyMasterKeys(path: string): MasterKeys {
  let opened: MasterKeys | undefined;
  const keys = (): MasterKeys => {
    opened ??= openMasterKeys(path);
    return opened;
  };
  return {
    find: (id) => keys().find(id),
    newest: () => keys().newest(),
    all: () => keys().all(),
    rotate: () => keys().rotate(),
    forget: (id) => keys().forget(id),
  };
}

/** Changes with every writing; empty when there is no file. */
function versionOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : "";
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** In the order of making. */
function read(path: string): MasterKey[] {
  try {
    const { keys } = JSON.parse(readFileSync(path, "utf8")) as {
      keys: readonly { id: string; key: string; madeAt: string }[];
    };
    return keys.map(({ id, key, madeAt }) => {
      const found = { id, key: Buffer.from(key, "base64url"), madeAt: new Date(madeAt) };
      if (!UUID.test(id) || found.key.length !== 32 || Number.isNaN(found.madeAt.getTime()))
        throw new Error("a key in it is malformed");
      return found;
    });
  } catch (error) {
    throw new Error(`${path}: the recordings' keys cannot be read: ${(error as Error).message}`);
  }
}

/** Whole or not at all, and on the disk before it counts: a recording may be wrapped a moment later. */
function write(path: string, keys: readonly MasterKey[]): void {
  const aside = `${path}.${process.pid}`;
  const text = keys.map(({ id, key, madeAt }) => ({ id, madeAt, key: key.toString("base64url") }));
  const file = openSync(aside, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify({ keys: text }, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(aside, path);
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
