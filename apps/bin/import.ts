/**
 * One import of contacts, started by the jobs process and gone with it: large files are work for the processor and take
 * memory that is given back only so, and a file that unfolds to more than it seems ends nothing else.
 */
import { type ImportWork, workOn } from "../jobs/imports/work.ts";
import { isDatabaseAway } from "../store/database.ts";

// Whoever starts the jobs process again begins this import again: two must not work on it.
process.on("disconnect", () => process.exit(1));

const work = JSON.parse(process.env.IMPORT_WORK ?? "null") as ImportWork;
try {
  await workOn({ ...work, url: process.env.DATABASE_URL ?? "" });
  process.exit(0);
} catch (error) {
  console.error(error);
  process.exit(isDatabaseAway(error) ? 75 : 1);
}
