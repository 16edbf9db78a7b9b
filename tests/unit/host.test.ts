/** The host's pure parts, and what it does with files; processes are real but small. */
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { loadConfig } from "../../apps/config.ts";
import { parseAccount } from "../../apps/host/account.ts";
import { archiveUri, machineMirror, parseList, parseSources } from "../../apps/host/apt-sources.ts";
import { findAsterisk, isNewEnough, parseVersion } from "../../apps/host/asterisk.ts";
import { archiveName, codename, explainApt } from "../../apps/host/debian.ts";
import { tryLock } from "../../apps/host/lock.ts";
import { openLog, rotateLog } from "../../apps/host/log-file.ts";
import { checkMachine } from "../../apps/host/machine.ts";
import { makePlaces } from "../../apps/host/places.ts";
import { portsOf, requirePorts } from "../../apps/host/ports.ts";
import { allows } from "../../apps/host/reach.ts";
import { countDeaths, LONGEST_WAIT_MS, restartWaitMs, WELL_AFTER_MS } from "../../apps/host/restart.ts";
import { ensureSecrets, loadSecrets } from "../../apps/host/secrets.ts";
import { type ChildEvent, type Program, Supervisor } from "../../apps/host/supervisor.ts";

const silent = () => {};
const isRoot = process.getuid?.() === 0;

function folder(test: Pick<typeof t, "teardown">): string {
  const path = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "dozvon-host-")));
  fs.chmodSync(path, 0o755);
  test.teardown(() => fs.rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Waits for a condition; the test's own time limit ends a wait for something that never comes. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

t.test("apt's sources in both formats", async (t) => {
  const list = `# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=/x.gpg] http://vendor.example/apt stable main
deb http://mirror.example/debian-security bookworm-security main # why not
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian/ bookworm main contrib
`;
  const parsed = parseList(list);
  t.equal(parsed.length, 3, "neither comments nor sources");
  t.same(parsed[2]?.components, ["main", "contrib"]);
  t.equal(archiveUri(parsed, "bookworm"), "http://mirror.example/debian/", "not the vendor's, not security");
  const deb822 = `Types: deb deb-src
# a comment inside
URIs: http://a.example/debian
 http://b.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /k.gpg

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://src.example/debian
Suites: bookworm
Components: main
`;
  t.same(
    parseSources(deb822).map(({ uri }) => uri),
    ["http://a.example/debian", "http://b.example/debian"],
    "neither what is switched off nor sources",
  );
  t.equal(archiveUri(parseSources(deb822), "bookworm"), "http://a.example/debian");
  t.equal(archiveUri([], "bookworm"), undefined);

  const etc = folder(t);
  t.throws(() => machineMirror({}, "bookworm", etc), /set DEBIAN_MIRROR/);
  fs.mkdirSync(join(etc, "sources.list.d"));
  fs.writeFileSync(join(etc, "sources.list.d/debian.sources"), deb822);
  fs.writeFileSync(
    join(etc, "sources.list.d/debian.sources.save"),
    "Types: deb\nURIs: http://no.example/debian",
  );
  t.equal(machineMirror({}, "bookworm", etc), "http://a.example/debian");
  t.equal(machineMirror({ DEBIAN_MIRROR: "http://mine.example" }, "bookworm", etc), "http://mine.example");
});

t.test("what apt complains about, in one sentence", async (t) => {
  const order = { suite: "forky", packages: ["asterisk"] };
  const cases = [
    ["Err:1 http://m forky InRelease\n  Temporary failure resolving 'm'", /mirror cannot be reached/],
    ["E: You don't have enough free space in /x/archives/.", /disk is full/],
    ["E: Unable to locate package asterisk", /no such package/],
    ["E: The repository 'http://m forky InRelease' is not signed.", /signature/],
    ["E: something new", /something new/],
  ] as const;
  for (const [said, expected] of cases) {
    const sentence = explainApt(said, order);
    t.match(sentence, expected);
    t.notMatch(sentence, /\n/);
  }
  t.equal(archiveName("libc6:amd64", "2:1.0-1", "amd64"), "libc6_2%3a1.0-1_amd64.deb");
  const release = join(folder(t), "os-release");
  t.equal(codename(release), "", "a machine without the file");
  fs.writeFileSync(release, 'ID=debian\nVERSION_CODENAME="bookworm"\n');
  t.equal(codename(release), "bookworm");
});

t.test("which Asterisk is new enough", async (t) => {
  t.equal(parseVersion("Asterisk 22.10.1~dfsg+~cs6"), "22.10.1");
  t.equal(parseVersion("Asterisk certified-22.8"), "22.8");
  t.equal(parseVersion("bash: no such thing"), undefined);
  for (const version of ["22.5", "22.5.0", "22.10.1", "23.0", "100"]) t.ok(isNewEnough(version), version);
  for (const version of ["22.4.9", "20.15", "22", "9.9"]) t.notOk(isNewEnough(version), version);
  const place = folder(t);
  const old = join(place, "asterisk");
  fs.writeFileSync(old, "#!/bin/sh\necho Asterisk 20.9.3\n", { mode: 0o755 });
  await t.rejects(findAsterisk({ asteriskBin: old, runtimeDir: place }, silent), /20\.9\.3; 22\.5 or newer/);
  const none = join(place, "none");
  await t.rejects(
    findAsterisk({ asteriskBin: none, runtimeDir: place }, silent),
    /ASTERISK_BIN: there is no/,
  );
  t.same(fs.readdirSync(place), ["asterisk"], "nothing was fetched for a wrong ASTERISK_BIN");
  t.throws(() => checkMachine("darwin", "x64"), /Linux/);
  t.throws(() => checkMachine("linux", "ia32"), /ia32/);
  t.doesNotThrow(() => checkMachine("linux", "arm64"));
});

t.test("secrets are made once, for us alone", async (t) => {
  const dataDir = folder(t);
  t.throws(() => loadSecrets({ dataDir }), /npm start/);
  const made = ensureSecrets({ dataDir }, undefined);
  const path = join(dataDir, "secrets.json");
  t.equal(fs.statSync(path).mode & 0o777, 0o600);
  t.match(made.adminApiKey, /^dz_admin_[\w-]{32}$/);
  t.equal(new Set(Object.values(made)).size, 4, "no two alike");
  t.same(loadSecrets({ dataDir }), made);
  fs.chmodSync(path, 0o644);
  t.same(ensureSecrets({ dataDir }, undefined), made, "never changed");
  t.equal(fs.statSync(path).mode & 0o777, 0o600, "closed again");
  const { amiSecret: _, ...older } = made;
  fs.writeFileSync(path, JSON.stringify(older));
  t.throws(() => loadSecrets({ dataDir }), /amiSecret/);
  t.match(ensureSecrets({ dataDir }, undefined), older, "only what was missing is added");
  t.same(fs.readdirSync(dataDir), ["secrets.json"], "nothing is left beside it");
});

t.test("logs stay small while somebody writes to them", async (t) => {
  const path = join(folder(t), "logs/x.log");
  const rotation = { maxBytes: 100, keep: 3 };
  const log = openLog(path, undefined);
  t.teardown(() => fs.closeSync(log));
  t.notOk(rotateLog(path, rotation), "not while it is small");
  for (const round of ["a", "b", "c", "d"]) {
    fs.writeSync(log, round.repeat(101));
    t.ok(rotateLog(path, rotation));
    t.equal(fs.statSync(path).size, 0);
  }
  fs.writeSync(log, "now");
  t.equal(fs.readFileSync(path, "utf8"), "now", "the writer goes on at the new start, not behind a hole");
  t.match(fs.readFileSync(`${path}.1`, "utf8"), /^d+$/);
  t.match(fs.readFileSync(`${path}.2`, "utf8"), /^c+$/);
  t.notOk(fs.existsSync(`${path}.3`), "three files in all");
  t.notOk(rotateLog(`${path}.none`, rotation), "a log that is not there");
});

t.test("the wait before a restart", async (t) => {
  t.same([1, 2, 3, 4, 5, 50].map(restartWaitMs), [0, 200, 400, 800, 1500, 1500]);
  t.ok(LONGEST_WAIT_MS < 2000, "back within two seconds");
  t.equal(countDeaths(7, 100), 8);
  t.equal(countDeaths(7, WELL_AFTER_MS), 1, "a long life makes up for earlier deaths");
});

t.test("a folder has one master", async (t) => {
  const path = join(folder(t), "lock");
  const take = () => {
    const lock = tryLock(path);
    if (typeof lock === "number") throw new Error(`process ${lock} has it`);
    return lock;
  };
  const lock = take();
  t.equal(lock.recovered, false);
  t.equal(tryLock(path), process.pid, "not twice, and it says who");
  lock.release();
  t.notOk(fs.existsSync(path));
  const gone = spawn("true");
  await new Promise((resolve) => gone.once("exit", resolve));
  for (const stale of [
    { pid: gone.pid, startedTicks: "1" },
    { pid: process.pid, startedTicks: "1" },
  ]) {
    fs.writeFileSync(path, JSON.stringify(stale));
    const taken = take();
    t.equal(taken.recovered, true, "even when its pid is somebody else's by now");
    taken.release();
  }
  fs.writeFileSync(path, "{ half");
  t.type(tryLock(path), "object", "a damaged lock does not lock for ever");
});

t.test("where webhooks may lead is no list of URLs, and the refusal says what it is", async (t) => {
  for (const text of ["http://127.0.0.1:18099/", "crm.local", "127.0.0.1:9000;10.0.0.1", "10.0.0.0/8/", ","])
    t.throws(() => loadConfig({ DOZVON_WEBHOOK_ALLOW: text }), {
      message: /DOZVON_WEBHOOK_ALLOW\): is not in its form.*crm\.local:443/,
    });
  for (const text of [
    "",
    "127.0.0.1:9000, crm.local:443, 10.1.0.0/16",
    "127.0.0.1",
    "[::1]:8080,::1, fd00::/8",
    "127.0.0.0/8",
  ])
    t.equal(loadConfig({ DOZVON_WEBHOOK_ALLOW: text }).webhookAllow, text, text);
});

t.test("a port that is taken is named before anything starts", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const taken = { key: "apiPort", host: "127.0.0.1", port, kind: "tcp" } as const;
  await t.rejects(requirePorts([taken], 0), new RegExp(`port ${port} \\(DOZVON_API_PORT\\) is taken`));
  const waiting = requirePorts([taken], 60_000);
  server.close();
  await t.resolves(waiting, "the patient one gets it when it is free");
  const elsewhere = { ...taken, host: "192.0.2.1" };
  await t.rejects(requirePorts([elsewhere], 0), /not an address of this machine/);
  const config = loadConfig({ DOZVON_PUBLIC_ADDRESS: "192.0.2.7" });
  t.ok(portsOf(config).some(({ key }) => key === "databasePort"));
  t.notOk(
    portsOf({ ...config, databaseUrl: "postgresql://elsewhere/x" }).some(({ key }) => key === "databasePort"),
    "another's database needs no port of ours",
  );
});

t.test("who can reach what", async (t) => {
  const closed = { mode: 0o700, uid: 0, gid: 0 };
  t.notOk(allows(closed, { uid: 7, gid: 7 }, 1));
  t.ok(allows(closed, { uid: 0, gid: 0 }, 7));
  t.ok(allows({ mode: 0o711, uid: 0, gid: 0 }, { uid: 7, gid: 7 }, 1));
  t.notOk(allows({ mode: 0o077, uid: 7, gid: 0 }, { uid: 7, gid: 7 }, 1), "the owner's bits count first");
  t.same(parseAccount("root:x:0:0::/:/bin/sh\ndozvon:x:998:997::/nonexistent:/x\n", "dozvon"), {
    uid: 998,
    gid: 997,
    name: "dozvon",
  });
  t.equal(parseAccount("dozvonx:x:1:1::/:/x", "dozvon"), undefined);
});

t.test("a checkout out of reach keeps links", { skip: !isRoot && "needs root" }, async (t) => {
  const base = folder(t);
  const home = join(base, "closed/checkout");
  fs.mkdirSync(join(home, "dist/apps/bin"), { recursive: true });
  fs.mkdirSync(join(home, "node_modules/left"), { recursive: true });
  fs.mkdirSync(join(home, ".git"));
  fs.writeFileSync(join(home, "dozvon.json"), "{}");
  fs.writeFileSync(join(home, "dist/apps/bin/engine.js"), "first", { mode: 0o600 });
  fs.writeFileSync(join(home, "node_modules/left/index.js"), "left");
  fs.chmodSync(join(base, "closed"), 0o700);
  const owner = { uid: 65534, gid: 65534, name: "nobody" };
  const elsewhere = join(base, "var");
  const config = {
    ...loadConfig({ DOZVON_PUBLIC_ADDRESS: "192.0.2.7" }),
    home,
    dataDir: join(home, ".data"),
    runtimeDir: join(home, ".runtime"),
  };
  const places = await makePlaces(config, owner, elsewhere);
  for (const [link, real] of [
    [config.dataDir, places.config.dataDir],
    [config.runtimeDir, places.config.runtimeDir],
  ] as const) {
    t.ok(real.startsWith(elsewhere), real);
    t.equal(fs.readlinkSync(link), real);
  }
  t.match(fs.statSync(places.config.dataDir), { uid: owner.uid, gid: owner.gid });
  t.equal(fs.statSync(places.config.dataDir).mode & 0o777, 0o700);
  t.equal(fs.statSync(places.config.runtimeDir).uid, 0, "programs cannot be changed by who runs them");
  const program = join(places.programs, "engine.js");
  const asOwner = { uid: owner.uid, gid: owner.gid, encoding: "utf8" } as const;
  t.equal(execFileSync("cat", [program], asOwner), "first", "the account can read our programs");
  for (const name of [".git", "dozvon.json"])
    t.notOk(fs.existsSync(join(places.config.home, name)), `${name} is nobody's business`);
  const later = new Date(Date.now() + 5000);
  fs.writeFileSync(join(home, "dist/apps/bin/engine.js"), "second");
  fs.utimesSync(join(home, "dist/apps/bin/engine.js"), later, later);
  t.same(await makePlaces(config, owner, elsewhere), places, "the second start finds the same places");
  t.equal(execFileSync("cat", [program], asOwner), "second");
  t.equal(fs.statSync(join(base, "closed")).mode & 0o777, 0o700, "what was closed stays closed");

  const open = join(base, "open");
  fs.mkdirSync(join(open, "dist"), { recursive: true });
  const near = { ...config, home: open, dataDir: join(open, ".data"), runtimeDir: join(open, ".runtime") };
  const simple = await makePlaces(near, owner, elsewhere);
  t.equal(simple.config.dataDir, near.dataDir, "a checkout within reach keeps its own folders");
  t.equal(simple.config.home, open);
});

t.test("the supervisor", async (t) => {
  const logs = folder(t);
  const events: ChildEvent[] = [];
  const supervisor = new Supervisor(logs, (event) => events.push(event));
  t.teardown(() => supervisor.stop());
  const seen = (type: string, name: string) =>
    events.filter((e) => e.type === type && e.name === name).length;
  const program = (name: string, script: string): Program => ({
    name,
    command: "/bin/sh",
    args: ["-c", script],
    cwd: logs,
    env: { PATH: process.env.PATH },
    account: undefined,
  });
  const first = await supervisor.start(program("first", "echo up $$; exec sleep 1000"));
  await supervisor.start(program("second", "exec sleep 1000"));
  const pid = first.pid;
  await until(() => fs.readFileSync(first.logPath, "utf8").startsWith("up "));
  first.signal("SIGKILL");
  await until(() => seen("restarted", "first") === 1);
  t.not(first.pid, pid);
  t.equal(seen("died", "second"), 0, "the other one is left alone");
  await until(() => fs.readFileSync(first.logPath, "utf8").split("\n").length > 2);
  t.match(fs.readFileSync(first.logPath, "utf8"), /^up \d+\nup \d+\n$/, "its log goes on");

  await supervisor.halt("first");
  t.equal(first.pid, undefined);
  await supervisor.resume("first");
  t.type(first.pid, "number");
  t.equal(seen("died", "first"), 1, "being stopped is not dying");

  const never = { ...program("never", "echo no luck >&2; exit 3"), ready: async () => false };
  await t.rejects(supervisor.start(never), /never ends at once \(status 3\).*no luck/s);
  t.equal(supervisor.child("never").pid, undefined, "and it is not tried for ever");
  await t.rejects(
    supervisor.start({ ...program("none", ""), command: "/nonexistent", ready: async () => false }),
  );

  const stubborn = await supervisor.start(
    program("stubborn", "trap '' TERM; echo on; while :; do sleep 0.05; done"),
  );
  await until(() => fs.readFileSync(stubborn.logPath, "utf8") === "on\n");
  await stubborn.stop(50);
  t.equal(stubborn.pid, undefined, "what does not listen is killed");

  await supervisor.stop();
  const stops = events.filter((event) => event.type === "stopped").map((event) => event.name);
  t.same(stops.slice(-2), ["second", "first"], "the youngest first");
  t.throws(() => supervisor.child("other"), /no part named other/);
  await t.rejects(supervisor.start(program("late", "exit 0")), /stopped/);
});

t.test("nothing outlives a supervisor that is killed", async (t) => {
  const logs = folder(t);
  const supervisor = new URL("../../apps/host/supervisor.js", import.meta.url).href;
  const script = `import { Supervisor } from ${JSON.stringify(supervisor)};
    const s = new Supervisor(${JSON.stringify(logs)}, () => {});
    const c = await s.start({ name: "x", command: "sleep", args: ["1000"], cwd: "/", env: process.env, account: undefined });
    process.stdout.write(String(c.pid));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script]);
  const pid = await new Promise<number>((resolve) =>
    parent.stdout.once("data", (text) => resolve(Number(text))),
  );
  const lives = () => /^State:\s+[^ZX]/m.test(status(pid));
  t.ok(lives());
  parent.kill("SIGKILL");
  await until(() => !lives());
  t.notOk(lives());
});

function status(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}
