/**
 * Asterisk's data folder of an instance: the tree's own prompts and music, and ours beside them, so that
 * Playback(dozvon/recorded) finds the language of the call.
 */
import * as fs from "node:fs";
import { join, parse } from "node:path";
import { home } from "../home.ts";

/** Languages that a line can have; each has all of our prompts. */
export const LANGUAGES = ["en", "ru"] as const;

/**
 * Makes the data folder anew.
 * @param from `astdatadir` of the Asterisk that will run.
 * @param canFollow whether Asterisk's account can read a path; what it cannot is copied instead of linked.
 */
export function installData(from: string, to: string, canFollow: (path: string) => boolean): void {
  const aside = `${to}.new`;
  fs.rmSync(aside, { recursive: true, force: true });
  fs.mkdirSync(aside, { recursive: true });
  takeOver(from, aside, ["sounds"], canFollow);
  // Without a language: what has no words.
  fs.cpSync(join(home, "sounds/any"), join(aside, "sounds/dozvon"), { recursive: true });
  for (const language of LANGUAGES) {
    const sounds = join(aside, "sounds", language);
    combine(join(from, "sounds", language), join(home, "sounds/asterisk", language), sounds, canFollow);
    fs.cpSync(join(home, "sounds", language), join(sounds, "dozvon"), { recursive: true });
  }
  fs.rmSync(to, { recursive: true, force: true });
  fs.renameSync(aside, to);
}

/** Whether a prompt is there in every language, in whatever format. */
export function soundExists(data: string, name: string): boolean {
  return LANGUAGES.every((language) => {
    const path = join(data, "sounds", language, name);
    const [folder, file] = [join(path, ".."), path.slice(path.lastIndexOf("/") + 1)];
    return fs.existsSync(folder) && fs.readdirSync(folder).some((each) => each.startsWith(`${file}.`));
  });
}

/** The package's sounds, and ours in place of those of the same name, whatever their format. */
function combine(from: string, ours: string, to: string, canFollow: (path: string) => boolean): void {
  fs.mkdirSync(to, { recursive: true });
  const own = fs.existsSync(ours) ? fs.readdirSync(ours, { withFileTypes: true }) : [];
  const stems = new Set(["dozvon", ...own.map(({ name }) => parse(name).name)]);
  const theirs = fs.existsSync(from) ? fs.readdirSync(from) : [];
  const replaced = theirs.filter((name) => stems.has(parse(name).name));
  takeOver(from, to, replaced, canFollow);
  for (const entry of own) {
    const [path, target] = [join(ours, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) combine(join(from, entry.name), path, target, canFollow);
    else fs.cpSync(path, target);
  }
}

function takeOver(
  from: string,
  to: string,
  except: readonly string[],
  canFollow: (path: string) => boolean,
): void {
  if (!fs.existsSync(from)) return;
  for (const name of fs.readdirSync(from).filter((each) => !except.includes(each))) {
    const path = join(from, name);
    // A dangling link is a package's leftover.
    if (!fs.existsSync(path)) continue;
    if (canFollow(path)) fs.symlinkSync(fs.realpathSync(path), join(to, name));
    else fs.cpSync(path, join(to, name), { recursive: true, dereference: true });
  }
}
