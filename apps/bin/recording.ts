/**
 * `npm run recording -- <file.wav.enc> [<target.wav>]`: opens a recording without the database, for the day on which
 * that is lost. The file says which recording it is; the keys are in this instance's data folder, or in the file that
 * DOZVON_DATA_DIR leads to. Without a target it only says what the file is.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { loadConfig } from "../config.ts";
import { SealError } from "../vault/format.ts";
import { readMasterKeys } from "../vault/keys.ts";
import { openSealed, readSealed } from "../vault/sealed-file.ts";

const [source, target] = process.argv.slice(2);
if (!source) fail("which recording? npm run recording -- <file.wav.enc> [<target.wav>]");

const file = await open(source).catch((error: Error) => fail(error.message));
try {
  const header = await openSealed(file, readMasterKeys(join(loadConfig().dataDir, "recording-keys.json")));
  console.log(`recording ${header.id}: ${header.plainBytes} bytes, master key ${header.masterId}`);
  if (target) {
    const to = await open(target, "wx", 0o600);
    await pipeline(Readable.from(readSealed(file, header, 0, header.plainBytes - 1)), to.createWriteStream());
    console.log(`written to ${target}`);
  }
} catch (error) {
  if (!(error instanceof SealError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
  fail((error as Error).message);
} finally {
  await file.close();
}

function fail(message: string): never {
  console.error(`dozvon: ${message}`);
  process.exit(1);
}
