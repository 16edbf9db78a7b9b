import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { celLines } from "../../apps/asterisk/spool/cel.ts";
import { follow } from "../../apps/asterisk/spool/follow.ts";
import { until } from "../support/until.ts";

const quiet = { info: () => {}, warn: () => {} };

t.test("following a spool file", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dozvon-follow-"));
  const path = join(folder, "cel.csv");
  const lines: string[] = [];
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const following = follow({ path, onLine: (line) => lines.push(line), log: quiet });
  t.teardown(() => following.stop());

  await t.test("waits for the file, takes whole lines only, and each once", async (t) => {
    writeFileSync(path, "one\ntwo\nthr");
    await until("two lines", () => lines.length === 2);
    appendFileSync(path, "ee\n");
    await until("the third", () => lines.length === 3);
    t.strictSame(lines, ["one", "two", "three"]);
  });
  await t.test("goes on in the new file when the old one was renamed, without losing its end", async (t) => {
    appendFileSync(path, "last\n");
    renameSync(path, `${path}.1`);
    writeFileSync(path, "first of the new\n");
    await until("the new file", () => lines.length === 5);
    t.strictSame(lines.slice(3), ["last", "first of the new"]);
  });
  await t.test("a truncated file is followed from its beginning", async (t) => {
    truncateSync(path);
    await until("it is noticed", () => {
      appendFileSync(path, "x\n");
      return lines.at(-1) === "x";
    });
    t.notOk(lines.slice(5).some((line) => line !== "x"));
  });
});

t.test("begins at the checkpoint of the same file, else at the beginning", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dozvon-follow-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "queue_log");
  writeFileSync(path, "old\nnew\n");
  const inode = (await import("node:fs")).statSync(path).ino;
  for (const [file, expected] of [
    [`${inode}-abc`, ["new"]],
    ["1-abc", ["old", "new"]],
  ] as const) {
    const lines: string[] = [];
    const following = follow({
      path,
      from: { file, offset: 4 },
      onLine: (line) => lines.push(line),
      log: quiet,
    });
    await until("all is read", () => lines.length === expected.length);
    following.stop();
    t.strictSame(lines, expected);
  }
});

t.test("a CEL record with a newline inside is one line", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dozvon-follow-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "cel.csv");
  const lines: string[] = [];
  const following = follow({ path, onLine: (line) => lines.push(line), log: quiet, multiLine: celLines });
  t.teardown(() => following.stop());
  writeFileSync(path, '"ANSWER","1.000000","a\nb"\n"HANGUP","2.000000","c"\n');
  await until("both", () => lines.length === 2);
  t.match(lines[0], /^"ANSWER".*a\nb"$/s);
});
