/**
 * `node apps/bin/bootstrap.mjs lint`: the static checks of `npm test` alone; with `--fix` formatted first.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { home } from "../home.ts";
import { runCheck, STATIC_CHECKS } from "../proof/checks.ts";

if (process.argv.includes("--fix"))
  spawnSync(join(home, "node_modules/.bin/biome"), ["check", "--write"], { cwd: home, stdio: "ignore" });
let failed = 0;
for (const check of STATIC_CHECKS) {
  const { ok, output, seconds } = await runCheck(check);
  console.log(`${ok ? "✔" : "✘"} ${check.title} (${seconds.toFixed(1)} s)`);
  if (ok) continue;
  failed++;
  console.log(output);
}
process.exit(failed === 0 ? 0 : 1);
