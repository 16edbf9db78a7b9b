/**
 * How fast is a list of contacts loaded, and what does it take? People as a stream over the API (BENCH_ROWS of them),
 * beside plain COPY of the same data into the same tables with the same indexes; then 30,000 as a file, by hand, into
 * what is there by then. Seconds depend on who else uses the machine; those of the processor hardly do.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { writeXlsx } from "hucre/xlsx";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { home } from "../apps/home.ts";
import { FLAGS } from "../apps/host/apps.ts";
import { addKey, apiOn } from "../tests/support/api.ts";
import { type TestPostgres, withPostgres } from "../tests/support/postgres.ts";
import { carryOut, rowCommands } from "../tests/support/row-commands.ts";
import { until } from "../tests/support/until.ts";
import { copyFiles, ndjson, rows, TAG } from "./import-data.ts";
import { childrenOf, cpuOfTree, serverOf, type Taken, takenBy } from "./processes.ts";

const STREAMED = Number(process.env.BENCH_ROWS ?? 100_000);
const BY_HAND = 30_000;
const WITHIN_MS = 3_600_000;
const LOOK_MS = 50;
/** As an instance has it (apps/host/postgres.ts). */
const SERVER = { fsync: "on", shared_buffers: "64MB" };

/** Runs everything and returns the one line: rows a second, their ratio, seconds, and megabytes of the jobs process. */
export async function run(): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), "dozvon-bench-import-"));
  try {
    const copied = await plainCopy(folder);
    const loaded = await throughTheApi(folder);
    const { stream } = loaded;
    return {
      bench: "import",
      rows: STREAMED,
      copyRowsPerSecond: copied.rowsPerSecond,
      copyPostgresCpuSeconds: copied.postgresCpuSeconds,
      streamRowsPerSecond: stream.rowsPerSecond,
      copyToStream: rounded(copied.rowsPerSecond / stream.rowsPerSecond),
      ...loaded,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** COPY of every table, one after another, in one transaction. */
async function plainCopy(folder: string) {
  const postgres = await withPostgres(SERVER);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const tag = await client.query("insert into tag (name, creator) values ($1, 'admin') returning id", [
      TAG,
    ]);
    const files = await copyFiles(folder, STREAMED, tag.rows[0].id);
    const server = await serverOf(postgres.db);
    const before = cpuOfTree(server);
    const since = performance.now();
    await client.query("begin");
    for (const [into, path] of files)
      await pipeline(createReadStream(path), client.query(copyFrom(`copy ${into} from stdin`)));
    await client.query("commit");
    const rowsPerSecond = perSecond(STREAMED, since);
    return { rowsPerSecond, postgresCpuSeconds: rounded(cpuOfTree(server) - before) };
  } finally {
    await client.end();
    await postgres.stop();
  }
}

async function throughTheApi(folder: string) {
  const postgres = await withPostgres(SERVER);
  const importsDir = join(folder, "imports");
  mkdirSync(importsDir);
  const rig = await apiOn(postgres, { importsDir, strict: false });
  carryOut(rig.engine, rowCommands(postgres.db), "import.");
  const key = await addKey(postgres.db, "admin");
  const address = await rig.api.listen({ host: "127.0.0.1", port: 0 });
  const client = clientOf(address, key);
  try {
    const stream = await withJobs(postgres, folder, () => streamed(client));
    const byHand: Record<string, unknown> = {};
    for (const policy of ["skip", "merge"])
      byHand[`csv ${policy}`] = await withJobs(postgres, folder, () => handed(client, csv(), policy));
    const workbook = await writeXlsx({ sheets: [{ name: "A", rows: rows(STREAMED * 2, BY_HAND) }] });
    byHand["xlsx skip"] = await withJobs(postgres, folder, () => handed(client, workbook, "skip"));
    return { stream, byHand };
  } finally {
    await rig.stop();
    await postgres.stop();
  }
}

/** Half of them are there already. */
function csv(): string {
  const from = STREAMED - BY_HAND / 2;
  return rows(from, BY_HAND)
    .map((row) => `${row.join(";")}\r\n`)
    .join("");
}

type Client = ReturnType<typeof clientOf>;

function clientOf(address: string, key: string) {
  const ask = async (path: string, init: RequestInit & { duplex?: "half" } = {}) => {
    const headers = { authorization: `Bearer ${key}`, ...init.headers };
    const answer = await fetch(`${address}/v1/contact-imports${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as { id: string; state: string; result: Record<string, number> };
  };
  const over = async (id: string) => {
    const view = await until(
      "the import is over",
      async () => {
        const now = await ask(`/${id}`);
        return /^(reading|queued|running)$/.test(now.state) ? undefined : now;
      },
      WITHIN_MS,
    );
    if (view.state !== "done") throw new Error(JSON.stringify(view));
    return view;
  };
  return { ask, over };
}

/** From the first byte sent to the last row committed. */
async function streamed({ ask, over }: Client) {
  const since = performance.now();
  const { id } = await ask("/stream?policy=skip", {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: Readable.toWeb(ndjson(STREAMED)) as ReadableStream,
    duplex: "half",
  });
  const sentSeconds = seconds(since);
  const { result } = await over(id);
  return { sentSeconds, seconds: seconds(since), rowsPerSecond: perSecond(STREAMED, since), result };
}

/** From the upload to the last row; a person's time before the mapping not counted. */
async function handed({ ask, over }: Client, content: string | Uint8Array, policy: string) {
  const form = new FormData();
  form.append("file", new Blob([content as string]), "list");
  const since = performance.now();
  const { id } = await ask("", { method: "POST", body: form });
  const recognisedSeconds = seconds(since);
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ policy }),
  };
  await ask(`/${id}/start`, init);
  const { result } = await over(id);
  return { recognisedSeconds, seconds: seconds(since), rowsPerSecond: perSecond(BY_HAND, since), result };
}

/**
 * Work while a jobs process of its own runs, as `npm start` runs it; with the most memory that it and the process for the
 * import ever had, and what they and the server took of the processor.
 */
async function withJobs<Result extends object>(
  postgres: TestPostgres,
  dataDir: string,
  work: () => Promise<Result>,
) {
  const server = await serverOf(postgres.db);
  const before = cpuOfTree(server);
  const jobs: ChildProcess = spawn(process.execPath, [...FLAGS.jobs, join(home, "dist/apps/bin/jobs.js")], {
    env: { PATH: process.env.PATH, DATABASE_URL: postgres.url, DOZVON_DATA_DIR: dataDir },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const gone = new Promise((resolve) => jobs.once("exit", resolve));
  const importing = new Map<number, Taken>();
  const look = setInterval(() => {
    for (const pid of childrenOf(jobs.pid ?? 0)) {
      const taken = takenBy(pid);
      if (taken) importing.set(pid, taken);
    }
  }, LOOK_MS);
  try {
    const result = await work();
    const imports = [...importing.values()];
    return {
      ...result,
      importPeakRssMb: Math.max(...imports.map(({ peakRssMb }) => peakRssMb)),
      importCpuSeconds: rounded(imports.reduce((sum, each) => sum + each.cpuSeconds, 0)),
      postgresCpuSeconds: rounded(cpuOfTree(server) - before),
      jobsPeakRssMb: takenBy(jobs.pid ?? 0)?.peakRssMb,
    };
  } finally {
    clearInterval(look);
    jobs.kill("SIGTERM");
    await gone;
  }
}

const perSecond = (count: number, since: number) => Math.round(count / ((performance.now() - since) / 1000));
const seconds = (since: number) => rounded((performance.now() - since) / 1000);
const rounded = (value: number) => Math.round(value * 100) / 100;
