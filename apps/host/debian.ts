/**
 * Gets Debian packages of any suite from the machine's own mirror without installing them.
 *
 * apt runs with a private state, so it needs no root, sees an empty machine (every dependency is fetched) and
 * changes nothing of the machine's own. Signatures are checked against the machine's Debian keyring.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { machineMirror } from "./apt-sources.ts";
import { CommandError, runCommand } from "./command.ts";
import { HostError, type Report } from "./problem.ts";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** What to fetch; `cacheDir` keeps the archives for the next time. */
export type Order = Readonly<{
  suite: string;
  packages: readonly string[];
  cacheDir: string;
  report: Report;
}>;

/** This machine's release name ("bookworm"), empty where there is none (testing, other distributions). */
export function codename(osRelease = "/etc/os-release"): string {
  if (!fs.existsSync(osRelease)) return "";
  return /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(fs.readFileSync(osRelease, "utf8"))?.[1] ?? "";
}

/** The folder name of this architecture's libraries, e.g. x86_64-linux-gnu, as dpkg has it. */
export async function libraryTriplet(): Promise<string> {
  // dpkg-architecture is in dpkg-dev, which a bare machine lacks; the C library's own folder is always there.
  const owned = await runCommand("dpkg", ["-L", "libc6"]);
  const found = /^(?:\/usr)?\/lib\/([a-z0-9_]+-linux-[a-z0-9]+)\/libc\.so\.6$/m.exec(owned)?.[1];
  if (!found) throw new HostError("dpkg does not say where this architecture keeps its libraries.");
  return found;
}

/**
 * Downloads the packages with all they depend on and unpacks them into `target`.
 * @throws HostError in one sentence: no apt, no mirror, no such package, no space.
 */
export async function fetchPackages(order: Order, target: string): Promise<void> {
  const missing = ["/usr/bin/apt-get", "/usr/bin/dpkg-deb", KEYRING].find((path) => !fs.existsSync(path));
  if (missing)
    throw new HostError(`${missing} is missing: programs can be fetched on Debian and its kin only.`);
  const state = join(order.cacheDir, order.suite);
  const options = prepareState(state, machineMirror(process.env, codename()), order.suite);
  await clearHalfDone(state);
  await apt(options, ["update"], order);
  const wanted = ["--download-only", "--assume-yes", "install", ...order.packages];
  await apt(options, wanted, order);
  const files = await neededArchives(options, order, join(state, "archives"));
  order.report(`unpacking ${files.length} packages`);
  await unpack(files, target);
}

/** apt's settings for a machine that has nothing and asks one mirror for one suite. */
function prepareState(state: string, uri: string, suite: string): string[] {
  for (const folder of ["lists/partial", "archives/partial", "none"])
    fs.mkdirSync(join(state, folder), { recursive: true, mode: 0o755 });
  fs.writeFileSync(join(state, "status"), "");
  fs.writeFileSync(join(state, "sources.list"), `deb [signed-by=${KEYRING}] ${uri} ${suite} main\n`);
  const none = join(state, "none");
  // The machine's other settings stay in force: its proxy, its credentials, its certificates.
  const settings = {
    "Dir::Etc::sourcelist": join(state, "sources.list"),
    "Dir::Etc::sourceparts": none,
    "Dir::Etc::preferences": join(none, "none"),
    "Dir::Etc::preferencesparts": none,
    "Dir::State": state,
    "Dir::State::lists": join(state, "lists"),
    "Dir::State::status": join(state, "status"),
    "Dir::State::extended_states": join(state, "extended_states"),
    "Dir::Cache": state,
    "Dir::Cache::archives": join(state, "archives"),
    "Dir::Log": state,
    "APT::Sandbox::User": "",
    "APT::Install-Recommends": "false",
    "APT::Default-Release": "",
    "APT::Keep-Downloaded-Packages": "true",
    "Debug::NoLocking": "1",
    "Acquire::Languages": "none",
    "Acquire::Retries": "2",
    // A mirror that is a snapshot is older than its own expiry date; the signature is still checked.
    "Acquire::Check-Valid-Until": "false",
  };
  return ["-q", ...Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`])];
}

/** A download that was cut off must not look like a package. */
async function clearHalfDone(state: string): Promise<void> {
  for (const folder of ["lists/partial", "archives/partial"]) {
    await fs.promises.rm(join(state, folder), { recursive: true, force: true });
    fs.mkdirSync(join(state, folder), { recursive: true });
  }
}

async function apt(options: readonly string[], words: readonly string[], order: Order): Promise<string> {
  try {
    return await runCommand("apt-get", [...options, ...words], {
      env: { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new HostError(explainApt(error.output, order));
  }
}

/** The cache may hold older versions as well: apt names the files that belong together. */
async function neededArchives(options: readonly string[], order: Order, folder: string): Promise<string[]> {
  const plan = await apt(options, ["--simulate", "--assume-yes", "install", ...order.packages], order);
  const files = [...plan.matchAll(/^Inst (\S+) \((\S+) .*\[(\w+)\]\)/gm)].map(
    ([, name = "", version = "", arch = ""]) => archiveName(name, version, arch),
  );
  const lost = files.find((file) => !fs.existsSync(join(folder, file)));
  if (lost) throw new HostError(`apt downloaded no ${lost}.`);
  return files.map((file) => join(folder, file));
}

/** How apt names a cached archive: the epoch's colon is written %3a. */
export function archiveName(name: string, version: string, arch: string): string {
  return `${name.split(":")[0]}_${version.replaceAll(":", "%3a")}_${arch}.deb`;
}

async function unpack(files: readonly string[], target: string): Promise<void> {
  fs.mkdirSync(target, { recursive: true, mode: 0o755 });
  const queue = [...files];
  const worker = async () => {
    for (let file = queue.pop(); file; file = queue.pop()) await runCommand("dpkg-deb", ["-x", file, target]);
  };
  await Promise.all([worker(), worker()]);
}

/** One sentence for what apt says in twenty lines. */
export function explainApt(output: string, order: Pick<Order, "suite" | "packages">): string {
  const what = `${order.packages[0]} of Debian ${order.suite} cannot be fetched`;
  const causes: [RegExp, string][] = [
    [/enough free space|No space left/, "the disk is full"],
    [
      /Temporary failure resolving|Could not resolve|Could not connect|Connection (failed|refused|timed out)|unreachable/,
      "the Debian mirror cannot be reached",
    ],
    [
      /does not have a Release file|404 +Not Found.*Release/,
      `the mirror has no suite ${order.suite} (DEBIAN_MIRROR names another mirror)`,
    ],
    [
      /NO_PUBKEY|not signed|invalid signature|couldn't be verified/i,
      "its signature does not match the machine's Debian keyring",
    ],
    [/Unable to locate package (\S+)/, "the suite has no such package"],
    [/Permission denied/, "this account may not write there"],
  ];
  const cause = causes.find(([pattern]) => pattern.test(output))?.[1];
  const last =
    output
      .split("\n")
      .filter((line) => /^(E|Err)[:]/.test(line))
      .at(-1) ?? "";
  return `${what}: ${cause ?? (last.replace(/^E: */, "") || "apt failed")}.`;
}
