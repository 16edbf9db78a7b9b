/** Programs that play the other side in tests and demonstrations: SIPp (load) and baresip (a phone). */
import * as fs from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { codename } from "./debian.ts";
import type { Report } from "./problem.ts";
import { findInPath } from "./search-path.ts";
import { commandOf, copyProgram, makeTree, type Program, throughLoader, type Unpacked } from "./tree.ts";

/** A peer that can be started; the facts are plain data, `run` makes the complete command line. */
export type Peer = Readonly<{
  program: Program;
  run: (args: readonly string[]) => { command: string; args: string[] };
}>;

/** baresip needs to be told where its modules are (`module_path`). */
export type Baresip = Peer & Readonly<{ moduleDir: string }>;

/** Debian's release when the machine does not name its own: the oldest we are tried on. */
const OTHERWISE = "bookworm";
const ARRANGEMENT = 1;
const BARESIP_MODULES =
  /^(g711|aufile|sndfile|account|uuid|menu|ctrl_tcp|auresamp|contact|cons|stdio|opus|ice|srtp|dtls_srtp)\.so$/;

/**
 * SIPp: the installed one, else a private copy from the machine's own release.
 * @throws HostError when there is none and none can be fetched.
 */
export async function findSipp(config: Pick<Config, "runtimeDir">, report: Report): Promise<Peer> {
  const installed = findInPath("sipp");
  if (installed) return peerOf({ command: installed, prefix: [] });
  const folder = await peerTree(config, "sipp", ["sip-tester"], report, async (from, into) => {
    await copyProgram(from, "usr/bin/sipp", [], into);
    const scenes = join(from.root, "usr/share/sip-tester");
    if (fs.existsSync(scenes)) fs.cpSync(scenes, join(into, "share"), { recursive: true });
  });
  return peerOf(throughLoader(folder, join(folder, "bin/sipp")));
}

/**
 * baresip without a sound card or a window: the installed one, else a private copy.
 * @throws HostError when there is none and none can be fetched.
 */
export async function findBaresip(config: Pick<Config, "runtimeDir">, report: Report): Promise<Baresip> {
  const installed = findInPath("baresip");
  const modules = ["/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules"].find(fs.existsSync);
  if (installed && modules) return { ...peerOf({ command: installed, prefix: [] }), moduleDir: modules };
  return privateBaresip(config, codename() || OTHERWISE, report);
}

/**
 * baresip with SIP over WebSocket, ICE and DTLS-SRTP, so that it can do a browser's part. Only newer releases' can, so
 * it is from the one that Asterisk is from.
 * @throws HostError when it cannot be fetched.
 */
export function findWebBaresip(config: Pick<Config, "runtimeDir">, report: Report): Promise<Baresip> {
  return privateBaresip(config, "forky", report);
}

async function privateBaresip(
  config: Pick<Config, "runtimeDir">,
  suite: string,
  report: Report,
): Promise<Baresip> {
  const arrange = async (from: Unpacked, into: string) => {
    const origin = join(from.root, "usr/lib/baresip/modules");
    const kept = fs.readdirSync(origin).filter((name) => BARESIP_MODULES.test(name));
    fs.mkdirSync(join(into, "modules"), { recursive: true });
    for (const name of kept) fs.copyFileSync(join(origin, name), join(into, "modules", name));
    await copyProgram(
      from,
      "usr/bin/baresip",
      kept.map((name) => join(into, "modules", name)),
      into,
    );
  };
  const folder = await peerTree(config, "baresip", ["baresip-core"], report, arrange, suite);
  const program = throughLoader(folder, join(folder, "bin/baresip"));
  return { ...peerOf(program), moduleDir: join(folder, "modules") };
}

function peerOf(program: Program): Peer {
  return { program, run: (args) => commandOf(program, args) };
}

async function peerTree(
  config: Pick<Config, "runtimeDir">,
  name: string,
  packages: readonly string[],
  report: Report,
  arrange: (from: Unpacked, into: string) => Promise<void>,
  suite = codename() || OTHERWISE,
): Promise<string> {
  const folder = join(config.runtimeDir, `${name}-${suite}-${ARRANGEMENT}`);
  if (!fs.existsSync(folder)) report(`fetching ${name} from Debian ${suite} (once)`);
  return makeTree(folder, { suite, packages, cacheDir: join(config.runtimeDir, "debian"), report }, arrange);
}
