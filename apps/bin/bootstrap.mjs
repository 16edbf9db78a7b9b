/**
 * The first step of every command: `node apps/bin/bootstrap.mjs <command> [args]`.
 *
 * Plain JavaScript without dependencies, because it runs before there are any. It installs the node modules
 * and compiles the sources when they are missing or older than their origin, then becomes the command:
 * dist/apps/bin/<command>.js runs in this same process, so that signals need no forwarding. npm and the
 * compiler run in children, so that a process that lives for ever does not carry their memory.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const OLDEST_NODE = [20, 11];
const home = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = join(home, "node_modules");
const stampFile = join(modules, ".dozvon-install.json");
const sourceFolders = ["apps", "tests", "bench"];

/** Something the person at the terminal can act upon; it is shown without a stack. */
class Trouble extends Error {}

async function main() {
  const [command = "", ...args] = process.argv.slice(2);
  // Others than root must be able to read what is installed and compiled, whatever root's own umask.
  process.umask(0o022);
  checkNode();
  if (command === "--make") return make(args[0] === "full");
  if (!/^[a-z][a-z-]*$/.test(command)) throw new Trouble(`which command? One of: ${commands().join(", ")}.`);
  const full = /^(test|bench|lint)/.test(command);
  if (installNeeded(full) || staleSources().length > 0 || orphans().length > 0) makeUnderLock(full);
  const program = join(home, "dist/apps/bin", `${command}.js`);
  if (!fs.existsSync(program))
    throw new Trouble(`there is no command "${command}". There are: ${commands().join(", ")}.`);
  process.argv = [process.execPath, program, ...args];
  await import(pathToFileURL(program).href);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Trouble(`Node ${OLDEST_NODE.join(".")} or newer is needed; this is ${process.versions.node}.`);
}

function commands() {
  return fs
    .readdirSync(join(home, "apps/bin"))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => basename(name, ".ts"));
}

/** Two starts at once must not install or compile both; the kernel drops this lock with its process. */
function makeUnderLock(full) {
  const lock = join(home, "dist", ".make.lock");
  fs.mkdirSync(dirname(lock), { recursive: true });
  const self = [process.execPath, fileURLToPath(import.meta.url), "--make", full ? "full" : "lean"];
  let result = spawnSync("flock", ["--wait", "600", lock, ...self], { stdio: "inherit" });
  if (result.error) result = spawnSync(self[0], self.slice(1), { stdio: "inherit" });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Runs in a child, under the lock; looks again, since another start may have done the work meanwhile. */
async function make(full) {
  if (installNeeded(full)) await install(full);
  compile();
}

// ---- node modules

function lockHash() {
  return createHash("sha256")
    .update(fs.readFileSync(join(home, "package-lock.json")))
    .digest("hex");
}

function readJson(path) {
  try {
    return JSON.parse(fs.readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function installNeeded(full) {
  const stamp = readJson(stampFile);
  if (stamp?.lock === lockHash() && (stamp.full || !full)) return false;
  // Someone may have run npm by hand: what counts is what is there.
  if (!isInstalled(full)) return true;
  writeStamp(isInstalled(true));
  return false;
}

/** Compares what the lock file asks for with npm's own record of what it has put in place. */
function isInstalled(full) {
  const wanted = readJson(join(home, "package-lock.json"))?.packages ?? {};
  const present = readJson(join(modules, ".package-lock.json"))?.packages;
  if (!present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith("node_modules/") || (!full && (entry.dev || entry.devOptional))) return true;
    if (!present[path]) return Boolean(entry.optional || entry.devOptional);
    return present[path].version === entry.version;
  });
}

function writeStamp(full) {
  fs.writeFileSync(stampFile, `${JSON.stringify({ lock: lockHash(), full })}\n`);
}

async function install(full) {
  const flags = [full ? "--include=dev" : "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  const since = Date.now();
  say(`installing node modules${full ? " with the tools for development" : ""} …`);
  const ask = (...verb) => runNpm([...verb, ...flags, "--loglevel=error"]);
  // Takes the locked versions too, but leaves in place what is right: a running instance uses these very modules.
  const add = () => ask("install", "--no-save");
  let { status, output } = await (readJson(stampFile)?.lock === lockHash() ? add() : ask("ci"));
  // "ci" also fails when the registry lacks another platform's binaries, which nobody here needs.
  if (status !== 0 && /EUSAGE/.test(output)) ({ status, output } = await add());
  if (status !== 0) throw new Trouble(explainNpm(output));
  writeStamp(full);
  say(`node modules installed (${seconds(since)})`);
}

function runNpm(args) {
  const cli = process.env.npm_execpath;
  const viaNode = cli !== undefined && /npm-cli\.c?js$/.test(cli);
  const [command, list] = viaNode ? [process.execPath, [cli, ...args]] : ["npm", args];
  return new Promise((resolve) => {
    const child = spawn(command, list, { cwd: home, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk) => {
      output = (output + chunk).slice(-8000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ status: 1, output: `${error.message}` }));
    child.on("close", (status) => resolve({ status, output }));
  });
}

function explainNpm(output) {
  const causes = [
    [/ENOSPC/, "the disk is full"],
    [/EACCES|EPERM|EROFS/, `this account may not write to ${home}`],
    [/spawn npm ENOENT/, "npm is not installed"],
    [
      /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|socket/,
      "the npm registry cannot be reached",
    ],
    [/E40[13]/, "the npm registry refuses us"],
    [/E404|ETARGET|notarget/, "the npm registry lacks a package"],
    [/EUSAGE/, "package.json and package-lock.json do not match"],
  ];
  const known = causes.find(([pattern]) => pattern.test(output));
  const last = output
    .split("\n")
    .filter((line) => /npm (error|ERR!)/.test(line) && !/complete log/.test(line))
    .slice(0, 3)
    .join("\n  ");
  return `node modules could not be installed: ${known ? known[1] : "npm failed"}.${last ? `\n  ${last}` : ""}`;
}

// ---- compiling

function filesUnder(folder, suffix) {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path, suffix);
    return entry.name.endsWith(suffix) ? [path] : [];
  });
}

function compiled(source) {
  return join(home, "dist", `${source.slice(home.length + 1, -".ts".length)}.js`);
}

function staleSources() {
  const sources = sourceFolders.flatMap((folder) => filesUnder(join(home, folder), ".ts"));
  return sources.filter((source) => {
    if (source.endsWith(".d.ts")) return false;
    const result = fs.statSync(compiled(source), { throwIfNoEntry: false });
    return !result || result.mtimeMs < fs.statSync(source).mtimeMs;
  });
}

/** Compiled files whose source is gone; a deleted test must not go on running. */
function orphans() {
  const results = sourceFolders.flatMap((folder) => filesUnder(join(home, "dist", folder), ".js"));
  return results.filter(
    (path) => !fs.existsSync(join(home, `${path.slice(join(home, "dist").length + 1, -3)}.ts`)),
  );
}

/**
 * Takes the types off, file by file. Checking the types is the tests' business: it needs the development
 * packages and ten times as long, and neither belongs on a machine that only carries calls.
 */
function compile() {
  for (const orphan of orphans()) fs.rmSync(orphan);
  const stale = staleSources();
  if (stale.length === 0) return;
  const since = Date.now();
  const ts = createRequire(join(home, "package.json"))("typescript");
  const { config } = ts.readConfigFile(join(home, "tsconfig.json"), ts.sys.readFile);
  // One file alone cannot see package.json, so "nodenext" would take it for CommonJS.
  const options = { ...config.compilerOptions, module: "esnext", moduleResolution: "bundler" };
  const { options: compilerOptions } = ts.convertCompilerOptionsFromJson(options, home);
  for (const source of stale) compileOne(ts, compilerOptions, source);
  say(`compiled ${stale.length} file${stale.length === 1 ? "" : "s"} (${seconds(since)})`);
}

function compileOne(ts, compilerOptions, source) {
  const read = fs.readFileSync(source, "utf8");
  const made = ts.transpileModule(read, { compilerOptions, fileName: source, reportDiagnostics: true });
  const wrong = made.diagnostics?.find((one) => one.category === ts.DiagnosticCategory.Error);
  if (wrong) {
    const line = wrong.file?.getLineAndCharacterOfPosition(wrong.start ?? 0).line ?? 0;
    const text = ts.flattenDiagnosticMessageText(wrong.messageText, " ");
    throw new Trouble(`${source.slice(home.length + 1)}:${line + 1}: ${text}`);
  }
  const target = compiled(source);
  fs.mkdirSync(dirname(target), { recursive: true });
  // Written aside and renamed: another process may be reading the old one.
  const aside = `${target}.${process.pid}`;
  fs.writeFileSync(aside, made.outputText);
  fs.renameSync(aside, target);
}

// ---- words

function say(line) {
  console.error(line);
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

try {
  await main();
} catch (error) {
  const full = error?.code === "ENOSPC" ? "the disk is full." : undefined;
  if (!(error instanceof Trouble) && !full) throw error;
  say(`dozvon: ${full ?? error.message}`);
  process.exit(1);
}
