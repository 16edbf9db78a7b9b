/** How an import is shown, and the waiting for a file that is being looked at. */
import { setTimeout as pause } from "node:timers/promises";
import { FIELD_TITLES } from "../core/contacts/headings.ts";
import { columnLetter } from "../core/contacts/table.ts";
import { type ImportRow, listImports } from "../store/reads/imports.ts";
import type { ApiContext } from "./context.ts";
import { notFound, Problem } from "./problem.ts";
import { iso } from "./times.ts";

/** @param only the agent to whom the view is narrowed. @throws Problem 404 */
export async function showImport({ db }: ApiContext, id: string, only?: string) {
  const [row] = (await listImports(db, { id, only, limit: 1 })).items;
  if (!row) throw notFound("import");
  return importView(row);
}

/** An import as it is shown. */
export function importView(row: ImportRow) {
  const { headings, mapping, rowsTotal, loaded, merged, skipped, refused } = row;
  const rows = loaded + merged + skipped + refused;
  const over = row.state === "done";
  const percent = rowsTotal === null ? null : Math.min(99, Math.floor((rows * 100) / Math.max(1, rowsTotal)));
  return {
    ...row,
    columns: (headings ?? []).map((heading, index) => {
      const field = mapping?.[index] ?? null;
      return { letter: columnLetter(index), heading, field, title: FIELD_TITLES[field ?? "none"] };
    }),
    preview: row.preview ?? [],
    createdAt: iso(row.createdAt),
    startedAt: row.startedAt && iso(row.startedAt),
    endedAt: row.endedAt && iso(row.endedAt),
    progress: { rows, total: over ? rows : rowsTotal, percent: over ? 100 : percent },
    result: {
      ...{ loaded, merged, skipped, refused },
      ...{ contacts: row.contactsLoaded, organisations: row.organisationsLoaded },
      ...{ mergedContacts: row.contactsMerged, mergedOrganisations: row.organisationsMerged },
    },
    addressBook: `/v1/contacts?importId=${row.id}`,
    report: `/v1/contact-imports/${row.id}/report`,
  };
}

const LOOK_MS = 50;
const READ_WITHIN_MS = 10_000;

/**
 * The import once its file has been looked at, or as it is when that takes long: the jobs process may be away.
 * @throws Problem 422 when the file is refused
 */
export async function showRead(context: ApiContext, id: string) {
  const deadline = performance.now() + READ_WITHIN_MS;
  for (;;) {
    const view = await showImport(context, id);
    if (view.state === "refused" && view.problem) {
      const { code, message } = view.problem;
      throw new Problem(422, code, `file: ${message}`, [{ field: "file", message }]);
    }
    if (view.state !== "reading" || performance.now() > deadline) return view;
    await pause(LOOK_MS);
  }
}
