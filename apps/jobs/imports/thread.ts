/**
 * One look at a file or one load of it, in a thread of its own: large files are work for the processor, and a file that
 * unfolds to more than it seems must end nothing but its thread.
 */
import { workerData } from "node:worker_threads";
import { openImportSession } from "../../store/imports/session.ts";
import { beginImport, endImport, type ImportTask, importRead } from "../../store/imports/states.ts";
import { NotImportable } from "./not-importable.ts";

/** What the thread is told. */
export interface ThreadData {
  readonly url: string;
  readonly task: ImportTask;
  readonly path: string;
  readonly country: string;
}

const { url, task, path, country } = workerData as ThreadData;
const session = await openImportSession(url);
try {
  const source = await beginImport(session.db, task);
  // Each kind of task needs only its own half, and people wait for the look.
  if (source && task.kind === "read") {
    const { recognise } = await import("./recognise.ts");
    await importRead(session.db, task.id, await recognise(path, source));
  } else if (source) {
    const { loadFile } = await import("./load.ts");
    if (await loadFile({ path, source, session, country })) await endImport(session.db, task, undefined);
  }
} catch (error) {
  if (error instanceof NotImportable) await endImport(session.db, task, error.problem);
  else if ((error as { code?: unknown }).code === "ENOENT")
    await endImport(session.db, task, {
      code: "file-gone",
      message: "the uploaded file is not there any more",
    });
  else throw error;
} finally {
  await session.close();
}
