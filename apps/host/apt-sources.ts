/** Reads where a Debian machine gets its packages from, in both formats of sources.list(5). */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "./problem.ts";

/** One archive: where it is and which suites this machine uses of it. */
export type AptSource = Readonly<{ uri: string; suites: readonly string[]; components: readonly string[] }>;

/** One-line format: `deb [options] uri suite component…`. */
export function parseList(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const words = /^\s*deb\s+(?:\[[^\]]*\]\s+)?([^#]*)/.exec(line)?.[1]?.trim().split(/\s+/);
    const [uri, suite, ...components] = words ?? [];
    return uri && suite ? [{ uri, suites: [suite], components }] : [];
  });
}

/** deb822 format: stanzas of `Key: values`, of which a stanza may be switched off by `Enabled: no`. */
export function parseSources(text: string): AptSource[] {
  const stanzas = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .split(/\n\s*\n/);
  return stanzas.flatMap((stanza) => {
    const fields = fieldsOf(stanza);
    const words = (key: string): string[] => fields.get(key)?.split(/\s+/).filter(Boolean) ?? [];
    if (!words("types").includes("deb") || /^(no|false|0)$/i.test(fields.get("enabled") ?? "")) return [];
    return words("uris").map((uri) => ({ uri, suites: words("suites"), components: words("components") }));
  });
}

function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  // A line that starts with a blank goes on with the field above it.
  for (const line of stanza.replace(/\n[ \t]+/g, " ").split("\n")) {
    const [, key, value] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
    if (key) fields.set(key.toLowerCase(), (value ?? "").trim());
  }
  return fields;
}

/**
 * The Debian archive itself among a machine's sources: not security, not a vendor's, and with a `main`
 * component. One whose suites name this release wins over others.
 */
export function archiveUri(sources: readonly AptSource[], codename: string): string | undefined {
  const candidates = sources.filter(
    ({ uri, suites, components }) =>
      /^(https?|file|copy|mirror\+\w+|tor\+\w+|[\w+]+):/.test(uri) &&
      !/security/.test(uri) &&
      !suites.every((suite) => /security/.test(suite)) &&
      components.includes("main"),
  );
  const own = candidates.filter(({ suites }) => codename !== "" && suites.includes(codename));
  const debian = (list: AptSource[]) => list.find(({ uri }) => /\/debian\/?$/.test(uri)) ?? list[0];
  return (debian(own) ?? debian(candidates))?.uri;
}

/**
 * The mirror this machine is configured for; `DEBIAN_MIRROR` overrides it.
 * @throws HostError when there is none to be found.
 */
export function machineMirror(env: NodeJS.ProcessEnv, codename: string, etc = "/etc/apt"): string {
  if (env.DEBIAN_MIRROR) return env.DEBIAN_MIRROR;
  const uri = archiveUri(readSources(etc), codename);
  if (uri) return uri;
  throw new HostError(
    "no Debian mirror is configured in /etc/apt; set DEBIAN_MIRROR to one, or ASTERISK_BIN to an Asterisk of your own.",
  );
}

function readSources(etc: string): AptSource[] {
  const folder = join(etc, "sources.list.d");
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const files = [join(etc, "sources.list"), ...names.map((name) => join(folder, name))];
  return files.filter(existsSync).flatMap((file) => {
    if (file.endsWith(".sources")) return parseSources(readFileSync(file, "utf8"));
    return file.endsWith(".list") ? parseList(readFileSync(file, "utf8")) : [];
  });
}
