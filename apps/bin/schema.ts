/**
 * `npm run schema`: writes the shape that the migrations lead to into db/schema.sql, for people to read and for
 * a test to compare with. It asks the database of this checkout, or the one in DATABASE_URL.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { home } from "../home.ts";
import { HostError } from "../host/problem.ts";
import { findInstance } from "../peers/instance.ts";
import { openDatabase } from "../store/database.ts";
import { dumpSchema } from "../store/schema.ts";

try {
  const { databaseUrl: url } = findInstance();
  const db = openDatabase({ url, name: "schema", poolSize: 1, log: { warn: () => {} } });
  const text = await dumpSchema(db);
  await db.destroy();
  writeFileSync(join(home, "db/schema.sql"), text);
  console.log("db/schema.sql is written");
} catch (error) {
  if (!(error instanceof HostError)) throw error;
  console.error(`dozvon: ${error.message}`);
  process.exit(1);
}
