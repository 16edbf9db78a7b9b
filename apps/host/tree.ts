/**
 * Programs of another Debian release on this machine: a folder with the program, its libraries and their own
 * loader. Starting a program through that loader needs no root, no chroot and no container.
 */
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { runCommand } from "./command.ts";
import { fetchPackages, libraryTriplet, type Order } from "./debian.ts";
import { waitForLock } from "./lock.ts";
import { HostError } from "./problem.ts";

/** How to start a program: the command and the arguments that go before the program's own. */
export type Program = Readonly<{ command: string; prefix: readonly string[] }>;

/** An unpacked set of packages: everything below `root`, libraries in `lib`. */
export type Unpacked = Readonly<{ root: string; lib: string; loader: string }>;

/** The complete command of a program with these arguments. */
export function commandOf(program: Program, args: readonly string[]): { command: string; args: string[] } {
  return { command: program.command, args: [...program.prefix, ...args] };
}

/** A program of a finished tree, run by the tree's own loader with the tree's own libraries. */
export function throughLoader(folder: string, file: string): Program {
  const lib = join(folder, "lib");
  const prefix = ["--library-path", lib, "--argv0", basename(file), file];
  return { command: join(lib, loaderIn(lib)), prefix };
}

function loaderIn(folder: string): string {
  const found = fs.readdirSync(folder).find((name) => /^ld-linux.*\.so\.\d+$|^ld64?\.so\.\d+$/.test(name));
  if (!found) throw new HostError(`${folder} has no loader; remove it and start again.`);
  return found;
}

/**
 * Makes a tree once and answers its folder: built aside and renamed when complete, so that a half-made one is
 * never used; several instances may ask at the same time.
 */
export async function makeTree(
  target: string,
  order: Order,
  arrange: (from: Unpacked, into: string) => Promise<void>,
): Promise<string> {
  if (fs.existsSync(target)) return target;
  fs.mkdirSync(dirname(target), { recursive: true });
  const lock = await waitForLock(`${target}.lock`, (pid) =>
    order.report(`waiting for process ${pid}, which is fetching the same`),
  );
  const aside = `${target}.making`;
  try {
    if (fs.existsSync(target)) return target;
    fs.rmSync(aside, { recursive: true, force: true });
    await fetchPackages(order, join(aside, "full"));
    await arrange(await describe(join(aside, "full")), join(aside, "tree"));
    await runCommand("chmod", ["-R", "u+w,a+rX", join(aside, "tree")]);
    fs.renameSync(join(aside, "tree"), target);
    return target;
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
    lock.release();
  }
}

async function describe(root: string): Promise<Unpacked> {
  const triplet = await libraryTriplet();
  // Older releases keep some libraries in /lib, newer ones all of them in /usr/lib.
  const lib = join(root, "usr/lib", triplet);
  const old = join(root, "lib", triplet);
  fs.mkdirSync(lib, { recursive: true });
  if (fs.existsSync(old) && fs.realpathSync(old) !== fs.realpathSync(lib))
    await runCommand("cp", ["-a", "--no-clobber", `${old}/.`, lib]);
  return { root, lib, loader: join(lib, loaderIn(lib)) };
}

/** Copies the loader and exactly the libraries that these programs and plug-ins need. */
export async function copyLibraries(from: Unpacked, files: readonly string[], into: string): Promise<void> {
  fs.mkdirSync(into, { recursive: true });
  const needed = new Set<string>();
  const queue = [...files];
  const worker = async () => {
    for (let file = queue.pop(); file; file = queue.pop())
      for (const library of await librariesOf(from, file)) needed.add(library);
  };
  await Promise.all([worker(), worker(), worker()]);
  // A relative link among them (libx.so.1 → libx.so.1.2) must become the file itself.
  fs.copyFileSync(from.loader, join(into, basename(from.loader)));
  for (const library of needed) fs.copyFileSync(library, join(into, basename(library)));
  fs.chmodSync(join(into, basename(from.loader)), 0o755);
}

/** Copies one program with its plug-ins' and its own libraries: `into`/bin and `into`/lib. */
export async function copyProgram(
  from: Unpacked,
  path: string,
  plugins: readonly string[],
  into: string,
): Promise<void> {
  const source = join(from.root, path);
  if (!fs.existsSync(source)) throw new HostError(`the package has no ${path}.`);
  fs.mkdirSync(join(into, "bin"), { recursive: true });
  const target = join(into, "bin", path.slice(path.lastIndexOf("/") + 1));
  fs.copyFileSync(source, target);
  fs.chmodSync(target, 0o755);
  await copyLibraries(from, [target, ...plugins], join(into, "lib"));
}

async function librariesOf(from: Unpacked, file: string): Promise<string[]> {
  // Some packages keep libraries one folder deeper: for themselves, or for update-alternatives to choose from.
  const folders = [from.lib, ...subfolders(from.lib, ["pulseaudio", "blas", "lapack"])].join(":");
  try {
    const list = await runCommand(from.loader, ["--library-path", folders, "--list", file]);
    return [...list.matchAll(/=> (\S+) \(0x/g)].map(([, path = ""]) => path).filter((path) => path !== "");
  } catch {
    // A plug-in for something that is not here (a database's client, a sound server) is not loaded either.
    return [];
  }
}

function subfolders(folder: string, names: readonly string[]): string[] {
  return names.map((name) => join(folder, name)).filter(fs.existsSync);
}
