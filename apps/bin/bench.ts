/**
 * `npm run bench -- <name>`: runs bench/<name> and prints its figures as one JSON line.
 */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../bench/", import.meta.url));
const name = process.argv[2] ?? "";
const known = readdirSync(folder).filter((file) =>
  /^(route|directory|queue|whatif|events|statistics|import|dialer|dialer-full|dialer-live|search|connect)\.js$/.test(
    file,
  ),
);
if (!/^[a-z-]+$/.test(name) || !existsSync(`${folder}${name}.js`)) {
  console.error(`Which one? ${known.map((file) => file.replace(".js", "")).join(", ")}`);
  process.exit(2);
}
const { run } = (await import(`${folder}${name}.js`)) as { run(): Promise<unknown> };
console.log(JSON.stringify(await run()));
process.exit(0);
