/**
 * Reads Asterisk's files: sections, settings, and in the dialplan extensions, steps and their arguments.
 */

/** One `name = value` or `name => value`, or an `#include`. */
export interface Setting {
  readonly section: string;
  readonly name: string;
  readonly value: string;
  /** `file:line`. */
  readonly at: string;
}

export interface Conf {
  readonly sections: readonly { readonly name: string; readonly at: string }[];
  readonly settings: readonly Setting[];
}

/** One step of the dialplan. */
export interface Step {
  readonly context: string;
  readonly exten: string;
  readonly priority: number;
  readonly label: string | undefined;
  readonly app: string;
  readonly data: string;
  readonly at: string;
}

export interface Dialplan {
  readonly contexts: ReadonlySet<string>;
  readonly includes: readonly { readonly context: string; readonly other: string; readonly at: string }[];
  readonly steps: readonly Step[];
}

/**
 * Reads a file and what it includes.
 * @param read the text of a file, by the path that an #include names; undefined when there is none.
 */
export function readConf(
  path: string,
  read: (path: string) => string | undefined,
  missing: string[] = [],
): Conf {
  const sections: { name: string; at: string }[] = [];
  const settings: Setting[] = [];
  let section = "";
  const readFile = (name: string, from: string): void => {
    const text = read(name);
    if (text === undefined) {
      missing.push(`${from}: there is no ${name} to include`);
      return;
    }
    for (const [index, raw] of text.split("\n").entries()) {
      const line = raw.replace(/(^|[^\\]);.*$/, "$1").trim();
      const at = `${name}:${index + 1}`;
      const heading = /^\[([^\]]+)\](?:\(.*\))?$/.exec(line);
      const include = /^#include\s+"?([^"]+)"?$/.exec(line);
      const setting = /^([^=#\s][^=]*?)\s*=>?\s*(.*)$/.exec(line);
      if (heading) {
        section = heading[1] ?? "";
        sections.push({ name: section, at });
      } else if (include) readFile(include[1] ?? "", at);
      else if (setting) settings.push({ section, name: setting[1] ?? "", value: setting[2] ?? "", at });
    }
  };
  readFile(path, path);
  return { sections, settings };
}

/** The dialplan in a file's settings. Lines that are no dialplan become steps of the application `?`. */
export function readDialplan(conf: Conf): Dialplan {
  const special = new Set(["general", "globals"]);
  const contexts = new Set(conf.sections.map(({ name }) => name).filter((name) => !special.has(name)));
  const includes: { context: string; other: string; at: string }[] = [];
  const steps: Step[] = [];
  let exten = "";
  for (const { section, name, value, at } of conf.settings) {
    if (special.has(section)) continue;
    if (name === "include") includes.push({ context: section, other: value, at });
    if (name !== "exten" && name !== "same") continue;
    const parts = name === "exten" ? /^([^,]+),(.*)$/.exec(value) : [value, exten, value];
    exten = parts?.[1]?.trim() ?? "";
    const step = /^\s*(\d+|n)(?:\((\w+)\))?\s*,\s*(\w+)\s*(?:\((.*)\))?\s*$/.exec(parts?.[2] ?? "");
    const last = steps.at(-1);
    const next = last && last.context === section && last.exten === exten ? last.priority + 1 : 1;
    steps.push({
      context: section,
      exten,
      priority: step?.[1] === "n" || !step ? next : Number(step[1]),
      label: step?.[2],
      app: step?.[3] ?? "?",
      data: step?.[4] ?? (step ? "" : value),
      at,
    });
  }
  return { contexts, includes, steps };
}

/** Splits at a character that is outside of brackets and quotes. */
export function split(text: string, separator: string): string[] {
  const parts = [""];
  let depth = 0;
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (!quoted && "([{".includes(character)) depth += 1;
    if (!quoted && ")]}".includes(character)) depth -= 1;
    if (character === separator && depth === 0 && !quoted) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}

/** Whether an extension (or a pattern) of the dialplan takes this number or name. */
export function takes(exten: string, dialled: string): boolean {
  if (!exten.startsWith("_")) return exten === dialled;
  const classes: Record<string, string> = { x: "[0-9]", z: "[1-9]", n: "[2-9]", ".": ".+", "!": ".*" };
  const pattern = [...exten.slice(1).matchAll(/\[[^\]]*\]|./g)].map(([token]) => {
    if (token.startsWith("[")) return token;
    return classes[token.toLowerCase()] ?? token.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  return new RegExp(`^${pattern.join("")}$`).test(dialled);
}
