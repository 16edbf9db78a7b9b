/**
 * Asterisk's whole folder etc/: the files of asterisk-conf/ and dialplan/, and generated/ with what the rows say.
 * Built aside and put in place with one rename, before Asterisk starts.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { celConf, celCustomMapping } from "../asterisk/spool/cel.ts";
import type { Config } from "../config.ts";
import { home } from "../home.ts";
import { browserView } from "./browsers.ts";
import type { Files, Instance } from "./generated.ts";
import { lint } from "./lint.ts";
import { type AsteriskPlaces, asteriskPlaces, soundPlaces } from "./places.ts";
import { safe } from "./safe.ts";
import { soundExists } from "./sounds.ts";
import { writeDurably } from "./swap.ts";
import { fill, templateFolder, type View } from "./templates.ts";

/** What the rendered parts of etc/ need to know. */
export interface EtcInput {
  readonly config: Config;
  readonly secrets: { readonly ariPassword: string; readonly amiSecret: string };
  readonly asterisk: { readonly moduleDir: string; readonly sbinDir: string };
  readonly places: AsteriskPlaces;
}

/** The application that the engine registers with ARI. */
export const STASIS_APP = "dozvon";
/** What Asterisk speaks on a line that says nothing else. */
export const DEFAULT_LANGUAGE = "ru";

/** What generated/ needs of the configuration. */
export function instanceOf(
  config: Pick<Config, "decisionMs" | "agiPort" | "menuSeconds" | "dataDir" | "wssPort">,
): Instance {
  const { decisionMs, agiPort, menuSeconds, dataDir } = config;
  const sounds = { data: asteriskPlaces(dataDir).data, built: soundPlaces(dataDir).built };
  const browsers = config.wssPort !== undefined;
  return { decisionMs, agiPort, menuSeconds, sounds, browsers, language: DEFAULT_LANGUAGE };
}

/** Asterisk's files as they would be written: path below etc/ → text. */
export function staticFiles(input: EtcInput): Files {
  const view = etcView(input);
  const files: Record<string, string> = { "cel.conf": celConf, "cel_custom.conf": celCustomMapping };
  for (const name of fs.readdirSync(templateFolder).sort()) {
    if (name.endsWith(".conf")) files[name] = fs.readFileSync(join(templateFolder, name), "utf8");
    if (name.endsWith(".conf.mustache")) files[name.replace(/\.mustache$/, "")] = fill(name, view);
  }
  const dialplan = join(home, "dialplan");
  for (const name of fs.readdirSync(dialplan).filter((each) => each.endsWith(".conf")))
    files[`dialplan/${name}`] = fs.readFileSync(join(dialplan, name), "utf8");
  return files;
}

/**
 * Writes etc/ anew, after looking for mistakes.
 * @param generated the files of generated/.
 * @throws Error with everything that the lint found; what was there before is untouched.
 */
export function installEtc(input: EtcInput, generated: Files): void {
  const { places } = input;
  const files = staticFiles(input);
  const all = { ...files, ...under("generated", generated) };
  const problems = lintFiles(all, places);
  if (problems.length > 0) throw new Error(`Asterisk's configuration is wrong:\n${problems.join("\n")}`);
  const aside = `${places.etc}.new`;
  fs.rmSync(aside, { recursive: true, force: true });
  for (const folder of ["dialplan", "generated.1"])
    fs.mkdirSync(join(aside, folder), { recursive: true, mode: 0o750 });
  for (const [path, text] of Object.entries({ ...files, ...under("generated.1", generated) }))
    writeDurably(join(aside, path), text);
  fs.symlinkSync("generated.1", join(aside, "generated"));
  fs.symlinkSync("../custom.d", join(aside, "custom.d"));
  const last = `${places.etc}.last`;
  fs.rmSync(last, { recursive: true, force: true });
  if (fs.existsSync(places.etc)) fs.renameSync(places.etc, last);
  fs.renameSync(aside, places.etc);
}

/** Mistakes in files that are about to become etc/, or a part of it: the rest is read from etc/. */
export function lintFiles(files: Files, places: AsteriskPlaces): string[] {
  return lint({
    stasisApp: STASIS_APP,
    // An uploaded sound that is lost must not keep every other change out of Asterisk.
    soundExists: (name) => name.startsWith("/") || soundExists(places.data, name),
    read: (path) => {
      const file = join(places.etc, path);
      return files[path] ?? (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined);
    },
  });
}

/** The same files below a folder. */
export function under(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
}

function etcView({ config, secrets, asterisk, places }: EtcInput): View {
  const everywhere = /^(0\.0\.0\.0|::)$/.test(config.sipBind);
  return {
    ariPassword: safe("secret", secrets.ariPassword),
    amiSecret: safe("secret", secrets.amiSecret),
    etc: safe("path", places.etc),
    var: safe("path", places.root),
    spool: safe("path", places.spool),
    log: safe("path", places.log),
    modules: safe("path", asterisk.moduleDir),
    sbin: safe("path", asterisk.sbinDir),
    systemName: "dozvon",
    language: DEFAULT_LANGUAGE,
    ariPort: safe("count", config.ariPort),
    amiPort: safe("count", config.amiPort),
    sipPort: safe("count", config.sipPort),
    rtpFrom: safe("count", config.rtpFrom),
    rtpTo: safe("count", config.rtpTo),
    sipBind: config.sipBind.includes(":")
      ? `[${safe("address", config.sipBind)}]`
      : safe("address", config.sipBind),
    publicAddress: config.publicAddress ? safe("address", config.publicAddress) : false,
    mediaAddress: everywhere ? false : safe("address", config.sipBind),
    ...browserView(config, asterisk.moduleDir),
  };
}
