/** The house keeps its own rules: sizes, names, what is shipped, and files that must agree with each other. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import t from "tap";
import { parse } from "yaml";
import { home } from "../../apps/home.ts";
import { APPS } from "../../apps/host/apps.ts";
import { dumpSchema } from "../../apps/store/schema.ts";
import { withPostgres } from "../support/postgres.ts";

/** What git knows or would take in; without git (an archive) everything but what is generated. */
function ourFiles(): string[] {
  try {
    const text = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
      cwd: home,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return text.split("\n").filter((name) => name !== "" && existsSync(join(home, name)));
  } catch {
    const skipped = /^(node_modules|dist|\.git|\.tap|\.data|\.runtime)/;
    const names = readdirSync(home, { recursive: true }) as string[];
    return names.filter((name) => !skipped.test(name) && statSync(join(home, name)).isFile());
  }
}

const files = ourFiles();
const read = (name: string): string => readFileSync(join(home, name), "utf8");
const texts = files.filter((name) => !/\.(ulaw|alaw|wav|sln\d*|g722|gsm|png)$/.test(name));

t.test("names and sizes", async (t) => {
  t.ok(files.length > 100, "there is something to look at");
  const vague = /^(utils?|helpers?|common|misc|shared|stuff)(\.|$)/;
  const named = files.flatMap((name) =>
    name
      .split("/")
      .filter((part) => vague.test(part))
      .map(() => name),
  );
  // The API's shared shapes are the one exception: that is what they are.
  t.same(
    named.filter((name) => name !== "apps/api/schemas/common.ts"),
    [],
    "every name says what it is about",
  );
  const sources = files.filter((name) => /^apps\/.*\.(ts|mjs)$/.test(name));
  const long = sources.filter((name) => read(name).split("\n").length > 400);
  t.same(long, [], "one subject to a file, 400 lines at most");
  const anything = sources.filter((name) => /[:<(]\s*any\b(?!\w)/.test(code(name)));
  t.same(anything, [], "no any");
});

/** Without comments and strings, so that words in them do not count. */
function code(name: string): string {
  return read(name)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\/\/.*$/gm, "")
    .replace(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, '""');
}

t.test("nothing of one machine, and no secret, is in a file", async (t) => {
  const forbidden: readonly (readonly [RegExp, string])[] = [
    [/(?<![\w.$}])\/(work|mnt\/data|home\/[a-z]\w+)\//, "a path of one machine"],
    [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
    [/\bdz_(admin|agent|supervisor)_[\w-]{30,}/, "an API key"],
    [/\b(ghp|npm|sk)_[A-Za-z0-9]{30,}/, "a token"],
    [/"key": ?"[\w-]{43}"/, "a master key of recordings"],
  ];
  for (const name of texts) {
    if (name === "tests/unit/house.test.ts") continue;
    for (const [pattern, what] of forbidden) if (pattern.test(read(name))) t.fail(`${name}: ${what}`);
  }
  const lock = JSON.parse(read("package-lock.json")) as { packages: Record<string, { resolved?: string }> };
  const resolved = Object.values(lock.packages).filter(({ resolved }) => /^https?:/.test(resolved ?? ""));
  t.same(resolved, [], "the lock file names no registry");
  t.notMatch(read(".npmrc"), /^(registry|.*_auth|.*:_password)\s*=/m, "nor do npm's settings");
});

t.test("what package.json promises is there", async (t) => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const [name, text] of Object.entries(scripts)) {
    const command = /^exec node (?:--[a-z-]+(?:=\d+)? )*apps\/bin\/bootstrap\.mjs ([a-z-]+)/.exec(text)?.[1];
    t.ok(command && existsSync(join(home, `apps/bin/${command}.ts`)), `npm run ${name}`);
  }
  t.ok(statSync(join(home, ".ci/run")).mode & 0o100, ".ci/run can be run");
  if (existsSync(join(home, "apps/README.md"))) {
    const readme = read("apps/README.md");
    const folders = new Set(files.flatMap((name) => /^apps\/([^/]+)\//.exec(name)?.[1] ?? []));
    for (const folder of folders)
      t.match(readme, new RegExp(`\\b${folder}\\b`), `apps/README.md names ${folder}`);
  }
});

t.test("prompts are whole", async (t) => {
  const known = JSON.parse(read("sounds/prompts.json")) as Record<string, unknown>;
  const [en, ru] = (["en", "ru"] as const).map((language) =>
    readdirSync(join(home, "sounds", language)).sort(),
  );
  t.same(en, ru, "both languages say the same");
  t.ok((en ?? []).length > 0);
  for (const language of ["en", "ru"])
    for (const name of en ?? []) {
      const { size } = statSync(join(home, "sounds", language, name));
      t.ok(size > 4000, `${language}/${name} is longer than half a second`);
      t.match(JSON.stringify(known), basename(name, ".ulaw"), `${name} has its text in prompts.json`);
    }
  const asked = ["dialplan", "asterisk-conf"].flatMap((folder) =>
    files.filter((name) => name.startsWith(folder)),
  );
  const played = asked.flatMap((name) => [...read(name).matchAll(/Playback\(dozvon\/([a-z-]+)\)/g)]);
  t.ok(played.length > 0);
  for (const [, name] of played) t.ok(en?.includes(`${name}.ulaw`), `the dialplan plays ${name}`);
});

t.test("containers take the steps of npm start", async (t) => {
  type Service = {
    command: string[];
    network_mode?: string;
    depends_on?: object;
    healthcheck?: { test: string[] };
    ports?: string[];
  };
  const compose = parse(read("docker-compose.yml"), { merge: true }) as { services: Record<string, Service> };
  const { services } = compose;
  t.same(Object.keys(services).sort(), ["prepare", "postgres", "asterisk", ...APPS].sort());
  const part = read("apps/bin/part.ts");
  for (const [name, service] of Object.entries(services)) {
    t.same(service.command, [name]);
    t.ok(APPS.includes(name as "api") || part.includes(`name === "${name}"`), `part.ts knows ${name}`);
    for (const other of Object.keys(service.depends_on ?? {}))
      t.ok(services[other], `${name} waits for ${other}`);
    if (name === "prepare") continue;
    const test = service.healthcheck?.test ?? [];
    t.same(test.slice(-2), ["healthy", name], `${name} says whether it is well`);
    t.ok(existsSync(join(home, (test[2] ?? "").replace(/^dist\/(.*)\.js$/, "$1.ts"))));
    if (name !== "postgres") t.equal(service.network_mode, "service:postgres");
    for (const port of service.ports ?? []) t.match(port, /^127\.0\.0\.1:/, "published on loopback only");
  }
  const docker = read("Dockerfile");
  t.match(docker, /^USER dozvon$/m, "nothing runs as root");
  for (const [, path] of docker.matchAll(/\b(apps\/bin\/\w+\.mjs)/g))
    t.ok(existsSync(join(home, path ?? "")));
});

t.test("the database is what its description says", async (t) => {
  const postgres = await withPostgres();
  t.teardown(() => postgres.stop());
  const dumped = await dumpSchema(postgres.db);
  t.equal(dumped, read("db/schema.sql"), "db/schema.sql is current (npm run schema)");
  const columns = new Map<string, string[]>();
  for (const [, table = "", body = ""] of dumped.matchAll(/^create table (\w+) \(\n([\s\S]*?)\n\);$/gm)) {
    const lines = body.split("\n").map((line) => /^ {2}"?(\w+)"? /.exec(line)?.[1] ?? "");
    columns.set(table, lines.filter((name) => name !== "constraint").sort());
  }
  const typed = new Map<string, string[]>();
  const tables = files
    .filter((name) => /^apps\/store\/tables[\w-]*\.ts$/.test(name))
    .map(read)
    .join("\n");
  const lists = [...tables.matchAll(/interface (?:Database|\w+Tables)\b[^{]*\{([\s\S]*?)\n\}/g)];
  const database = lists.map(([, list]) => list).join("");
  for (const [, table = "", type = ""] of database.matchAll(/^ {2}(\w+): (\w+);/gm)) {
    const body = new RegExp(`interface ${type} \\{([\\s\\S]*?)\\n\\}`).exec(tables)?.[1] ?? "";
    const names = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, name]) => name ?? "");
    typed.set(table, names.sort());
  }
  t.same(
    Object.fromEntries(typed),
    Object.fromEntries(columns),
    "apps/store/tables.ts has every column, and no other",
  );
});
