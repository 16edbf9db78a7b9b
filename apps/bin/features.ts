/**
 * `npm run features`: which entries of the feature ledger the last test run has proven.
 *
 *   npm run features                     a table by chapter
 *   npm run -s features -- --open T      the open entries of one layer, with their texts
 *   npm run -s features -- --json        one line of JSON: {"proven": […], "open": […]} (-s: without npm's banner)
 */
import { provenBy, readLedger } from "../proof/ledger.ts";
import { GROUPS, readResults } from "../proof/results.ts";

const words = process.argv.slice(2);
const chapters = readLedger();
const results = GROUPS.map((group) => ({ group, files: readResults(group) }));
const proven = provenBy(results.flatMap(({ files }) => files.map(({ points }) => points)));
const entries = chapters.flatMap((chapter) => chapter.entries);

if (words.includes("--json")) {
  const ids = entries.map(({ id }) => id);
  const answer = { proven: ids.filter((id) => proven.has(id)), open: ids.filter((id) => !proven.has(id)) };
  console.log(JSON.stringify(answer));
} else if (words[0] === "--open") {
  for (const { id, layer, text } of entries)
    if (!proven.has(id) && (words[1] === undefined || layer === words[1]))
      console.log(`${id.padEnd(10)} ${layer.padEnd(2)} ${text}`);
} else if (results.every(({ files }) => files.length === 0)) {
  console.log("No test has run yet: npm test.");
} else table();

function table(): void {
  for (const { title, entries: own } of chapters) {
    const done = own.filter(({ id }) => proven.has(id));
    console.log(`${title.padEnd(44)} ${String(done.length).padStart(3)} of ${String(own.length).padEnd(3)}`);
    for (const { id, layer, text } of done) console.log(`  ✔ ${id.padEnd(10)} ${layer.padEnd(2)} ${text}`);
  }
  console.log();
  for (const layer of ["T", "TW", "W", "O"] as const) {
    const own = entries.filter((entry) => entry.layer === layer);
    const done = own.filter(({ id }) => proven.has(id));
    console.log(`layer ${layer.padEnd(2)} ${done.length} of ${own.length}`);
  }
  const unknown = [...proven].filter((id) => !entries.some((entry) => entry.id === id));
  if (unknown.length > 0) console.log(`\nnot in the ledger: ${unknown.join(", ")}`);
  for (const { group, files } of results) {
    const latest = files.map(({ at }) => at.getTime()).reduce((a, b) => Math.max(a, b), 0);
    if (latest > 0) console.log(`${group}: ${files.length} files, ran ${new Date(latest).toISOString()}`);
  }
  console.log(`\n${[...proven].length - unknown.length} proven, ${entries.length} in all`);
}
