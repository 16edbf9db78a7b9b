/** The folders that Asterisk expects to find, and the place where a site keeps its own configuration. */
import * as fs from "node:fs";
import { join } from "node:path";
import type { AsteriskPlaces } from "./places.ts";

const FOLDERS = [
  "lib/agi-bin",
  "run",
  "cache",
  "spool/monitor",
  "spool/voicemail",
  "spool/recording",
  "spool/tmp",
  "log/cel-custom",
];

const README = `# Your own Asterisk configuration

Files here are read by Asterisk and never touched by Dozvon; they survive every change and every update.

| name | becomes part of |
|---|---|
| \`extensions-*.conf\` | the dialplan (extensions.conf) |
| \`pjsip-*.conf\` | SIP endpoints, trunks, transports (pjsip.conf) |
| \`queues-*.conf\` | queues (queues.conf) |
| \`modules-*.conf\` | the list of modules to load (modules.conf), after a restart |

Dozvon's own files are in ../etc and are rendered from the database: changes there are lost.
Begin every file with a [context] or [section] of its own. Asterisk skips a file with a mistake, and the files of
the same kind after it, silently: look at "applied.warnings" in the answer to the next change, at npm run doctor, and
at log/messages.log beside this folder.
`;

/** Makes what is missing; what is there stays. */
export function makeFolders(places: AsteriskPlaces): void {
  for (const folder of FOLDERS) fs.mkdirSync(join(places.root, folder), { recursive: true, mode: 0o750 });
  if (fs.existsSync(places.customD)) return;
  fs.mkdirSync(places.customD, { mode: 0o750 });
  fs.writeFileSync(join(places.customD, "README.md"), README);
}

/** Gives everything to the account that carries Asterisk; only root can, and only root needs to. */
export function giveTo(
  path: string,
  owner: { readonly uid: number; readonly gid: number } | undefined,
): void {
  if (!owner || process.getuid?.() !== 0) return;
  fs.lchownSync(path, owner.uid, owner.gid);
  if (!fs.lstatSync(path).isDirectory()) return;
  for (const name of fs.readdirSync(path)) giveTo(join(path, name), owner);
}
