/**
 * One look at a file or one load of it, as the process for it does it (bin/import.ts).
 */
import { openImportSession } from "../../store/imports/session.ts";
import { beginImport, endImport, type ImportTask, importRead } from "../../store/imports/states.ts";
import { NotImportable } from "./not-importable.ts";

/** What the process is told. */
export interface ImportWork {
  readonly url: string;
  readonly task: ImportTask;
  readonly path: string;
  readonly country: string;
}

/** Does it and writes down what came of it. @throws when it should be begun again, or is a fault of ours */
export async function workOn({ url, task, path, country }: ImportWork): Promise<void> {
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
    const problem = problemOf(error);
    if (!problem) throw error;
    await endImport(session.db, task, problem);
  } finally {
    await session.close();
  }
}

function problemOf(error: unknown) {
  if (error instanceof NotImportable) return error.problem;
  if ((error as { code?: unknown }).code !== "ENOENT") return undefined;
  return { code: "file-gone", message: "the uploaded file is not there any more" };
}
