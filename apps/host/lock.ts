/** One holder at a time for a folder, by a file with the holder's pid; a dead holder's lock is taken over. */
import * as fs from "node:fs";
import { HostError } from "./problem.ts";

/** Who holds a lock: a pid alone could belong to somebody else by now, so its start time is kept with it. */
type Holder = Readonly<{ pid: number; startedTicks: string }>;

export type Lock = Readonly<{ release: () => void; recovered: boolean }>;

/**
 * Takes the lock or says who has it.
 * @returns the lock, or the pid of the living process that holds it.
 */
export function tryLock(path: string): Lock | number {
  const self = { pid: process.pid, startedTicks: startTicks(process.pid) ?? "" };
  const aside = `${path}.${process.pid}.${Math.trunc(performance.now() * 1000)}`;
  fs.writeFileSync(aside, JSON.stringify(self), { mode: 0o644 });
  try {
    let recovered = false;
    for (let round = 0; round < 5; round++) {
      // A link either appears whole or not at all, so nobody reads a half-written lock.
      if (linked(aside, path)) return { release: () => release(path, self), recovered };
      const holder = holderOf(path);
      if (holder && startTicks(holder.pid) === holder.startedTicks) return holder.pid;
      recovered = true;
      setAside(path, holder);
    }
    throw new HostError(`the lock ${path} cannot be taken.`);
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

/** Waits for the lock; `onWait` is told once, with the pid of the holder. */
export async function waitForLock(path: string, onWait: (pid: number) => void): Promise<Lock> {
  for (let told = false; ; told = true) {
    const lock = tryLock(path);
    if (typeof lock !== "number") return lock;
    if (!told) onWait(lock);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function linked(aside: string, path: string): boolean {
  try {
    fs.linkSync(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes a dead holder's lock, but gives back one that a third process has taken since we looked. */
function setAside(path: string, dead: Holder | undefined): void {
  const removed = `${path}.${process.pid}.dead`;
  try {
    fs.renameSync(path, removed);
  } catch {
    return;
  }
  const found = holderOf(removed);
  if (found && (found.pid !== dead?.pid || found.startedTicks !== dead.startedTicks)) linked(removed, path);
  fs.rmSync(removed, { force: true });
}

function holderOf(path: string): Holder | undefined {
  try {
    return JSON.parse(fs.readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function release(path: string, self: Holder): void {
  const holder = holderOf(path);
  if (holder?.pid === self.pid && holder.startedTicks === self.startedTicks) fs.rmSync(path, { force: true });
}

/** Field 22 of /proc/PID/stat (proc(5)); the name in field 2 may hold blanks, so count from its bracket. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
