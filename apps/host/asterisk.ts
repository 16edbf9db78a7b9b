/** Finds an Asterisk that is new enough: yours, the machine's, or a private copy of Debian's own package. */
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Config } from "../config.ts";
import { runCommand } from "./command.ts";
import { HostError, type Report } from "./problem.ts";
import { findInPath } from "./search-path.ts";
import { commandOf, copyLibraries, makeTree, type Program, throughLoader, type Unpacked } from "./tree.ts";

/** Plain data, so that it can be handed to another process; `run` is `asteriskRun`. */
export type AsteriskFacts = Readonly<{
  program: Program;
  version: string;
  /** Where its modules (*.so) are: `astmoddir`. */
  moduleDir: string;
  /** Where its sounds and hold music are: `astdatadir`. */
  dataDir: string;
  /** `astsbindir`. */
  sbinDir: string;
}>;

/** A usable Asterisk; `run` makes the complete command line. */
export type Asterisk = AsteriskFacts & {
  readonly run: (args: readonly string[]) => { command: string; args: string[] };
};

/** ARI's REST over WebSocket and outbound sockets are there from 22.5 on. */
const OLDEST = [22, 5] as const;
const SUITE = "forky";
const PACKAGES = [
  "asterisk",
  "asterisk-core-sounds-en-wav",
  "asterisk-core-sounds-ru-wav",
  "asterisk-moh-opsound-wav",
];
/** Changes when the way a tree is arranged changes, so that an older copy is made anew. */
const ARRANGEMENT = 1;
/** Modules that a contact centre never loads and that would drag big libraries into the copy. */
const LEFT_OUT =
  /^(res_calendar.*|res_config_ldap|res_snmp|res_xmpp|chan_motif|c[de][rl]_(tds|radius)|chan_console|app_jack|codec_codec2|res_config_curl|pbx_lua|app_voicemail_odbc|res_fax_spandsp)\.so$/;

/** Adds `run` to an Asterisk's facts, for instance after they came from another process. */
export function asteriskFrom(facts: AsteriskFacts): Asterisk {
  return { ...facts, run: (args) => commandOf(facts.program, args) };
}

/** The version in what `asterisk -V` prints ("Asterisk 22.10.1~dfsg…"), if there is one. */
export function parseVersion(text: string): string | undefined {
  return /^Asterisk (?:certified[/-])?(\d+(?:\.\d+)*)/m.exec(text)?.[1];
}

/** Whether a version is at least the oldest that we can use; 22.10 is newer than 22.5. */
export function isNewEnough(version: string, oldest: readonly number[] = OLDEST): boolean {
  const numbers = version.split(".").map(Number);
  const differing = oldest.findIndex((wanted, place) => (numbers[place] ?? 0) !== wanted);
  return differing === -1 || (numbers[differing] ?? 0) > (oldest[differing] ?? 0);
}

/**
 * An Asterisk to start, in this order: `ASTERISK_BIN`, an installed one, a private copy under `runtimeDir`,
 * fetched on the first start.
 * @throws HostError when yours is too old, or none is installed and none can be fetched.
 */
export async function findAsterisk(
  config: Pick<Config, "asteriskBin" | "runtimeDir">,
  report: Report,
): Promise<Asterisk> {
  if (config.asteriskBin) return ownAsterisk(config.asteriskBin);
  const installed = findInPath("asterisk");
  const version = installed && (await versionOf({ command: installed, prefix: [] }));
  if (installed && version && isNewEnough(version)) return installedAsterisk(installed, version);
  if (installed) report(`${installed} is too old (${version ?? "no version"}); a private copy is used`);
  return privateAsterisk(config.runtimeDir, report);
}

async function ownAsterisk(path: string): Promise<Asterisk> {
  if (!fs.existsSync(path)) throw new HostError(`ASTERISK_BIN: there is no ${path}.`);
  const version = await versionOf({ command: path, prefix: [] });
  if (!version) throw new HostError(`ASTERISK_BIN: ${path} -V does not answer like an Asterisk.`);
  if (isNewEnough(version)) return installedAsterisk(path, version);
  throw new HostError(`ASTERISK_BIN: ${path} is version ${version}; ${OLDEST.join(".")} or newer is needed.`);
}

async function versionOf(program: Program): Promise<string | undefined> {
  const { command, args } = commandOf(program, ["-V"]);
  return parseVersion(await runCommand(command, args, { timeoutMs: 10_000 }).catch(() => ""));
}

/** Where distributions and `make install` put things; a tree like ours has them beside the program. */
function installedAsterisk(path: string, version: string): Asterisk {
  const real = fs.realpathSync(path);
  const prefix = dirname(dirname(real));
  const tree = [prefix, join(dirname(real), "root")].find((root) => fs.existsSync(join(root, "modules")));
  const libraries = fs.existsSync(join(prefix, "lib")) ? fs.readdirSync(join(prefix, "lib")) : [];
  const triplets = libraries.filter((name) => name.includes("-linux-"));
  const moduleDirs = ["lib", "lib64", ...triplets.map((name) => `lib/${name}`)];
  const modules = moduleDirs.map((folder) => join(prefix, folder, "asterisk/modules"));
  const debian = triplets.map((name) => join(prefix, "lib", name, "asterisk"));
  const has = (...parts: string[]) => fs.existsSync(join(...parts));
  const moduleDir = tree
    ? join(tree, "modules")
    : [...modules, ...debian].find((folder) => has(folder, "app_dial.so"));
  const dataDir = tree
    ? join(tree, "data")
    : [join(prefix, "share/asterisk"), "/var/lib/asterisk"].find((folder) => has(folder, "sounds"));
  if (!moduleDir) throw new HostError(`the modules that belong to ${path} were not found.`);
  return asteriskFrom({
    program: { command: path, prefix: [] },
    version,
    moduleDir,
    dataDir: dataDir ?? "/var/lib/asterisk",
    sbinDir: dirname(real),
  });
}

async function privateAsterisk(runtimeDir: string, report: Report): Promise<Asterisk> {
  const folder = join(runtimeDir, `asterisk-${SUITE}-${ARRANGEMENT}`);
  if (!fs.existsSync(folder)) report(`fetching Asterisk from Debian ${SUITE} (about 125 MB, once)`);
  const order = { suite: SUITE, packages: PACKAGES, cacheDir: join(runtimeDir, "debian"), report };
  await makeTree(folder, order, arrange);
  const program = throughLoader(folder, join(folder, "sbin/asterisk"));
  const version = fs.readFileSync(join(folder, "version"), "utf8").trim();
  return asteriskFrom({
    program,
    version,
    moduleDir: join(folder, "modules"),
    dataDir: join(folder, "data"),
    sbinDir: join(folder, "sbin"),
  });
}

/** The program, the modules, the libraries these need and the sounds; the rest is a third of the size. */
async function arrange(from: Unpacked, into: string): Promise<void> {
  for (const folder of ["sbin", "modules"]) fs.mkdirSync(join(into, folder), { recursive: true });
  const program = join(into, "sbin/asterisk");
  fs.renameSync(join(from.root, "usr/sbin/asterisk"), program);
  const modules = join(from.lib, "asterisk/modules");
  const origin = fs.existsSync(modules) ? modules : join(from.lib, "asterisk");
  const kept = fs.readdirSync(origin).filter((name) => name.endsWith(".so") && !LEFT_OUT.test(name));
  for (const name of kept) fs.renameSync(join(origin, name), join(into, "modules", name));
  fs.renameSync(join(from.root, "usr/share/asterisk"), join(into, "data"));
  fs.renameSync(join(from.root, "etc/asterisk"), join(into, "samples"));
  linkLanguages(join(into, "data/sounds"));
  await copyLibraries(from, [program, ...kept.map((name) => join(into, "modules", name))], join(into, "lib"));
  await runCommand("find", [into, "-type", "l", "-lname", "/*", "-delete"]);
  const version = await versionOf(throughLoader(into, program));
  if (!version || !isNewEnough(version))
    throw new HostError(
      `the Asterisk that Debian ${SUITE} has does not run here (${version ?? "no version"}).`,
    );
  fs.writeFileSync(join(into, "version"), `${version}\n`);
}

/** What update-alternatives would have done at installation. */
function linkLanguages(sounds: string): void {
  for (const name of ["custom", "recordings", "priv-callerintros"])
    fs.rmSync(join(sounds, name), { recursive: true, force: true });
  for (const voice of fs.readdirSync(sounds).filter((name) => /^[a-z]{2}_[A-Z]{2}_/.test(name))) {
    const language = join(sounds, voice.slice(0, 2));
    fs.rmSync(language, { recursive: true, force: true });
    fs.symlinkSync(basename(voice), language);
  }
}
