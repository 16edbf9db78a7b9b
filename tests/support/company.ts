/** A small company over a real database: the API, two agents with their calls, and a key of each role. */
import t from "tap";
import { addCompany, addKey, apiOn } from "./api.ts";
import { addCalls } from "./calls.ts";
import { withPostgres } from "./postgres.ts";

/** An id that nothing has. */
export const NOBODY = "00000000-0000-4000-8000-000000000000";

/** One operation of the API as its own description says it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly security?: readonly unknown[];
  readonly summary?: string;
  readonly description?: string;
  readonly operationId?: string;
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<
      Record<string, { schema: { required?: readonly string[]; minProperties?: number } }>
    >;
  };
  readonly "x-ledger"?: readonly string[];
  readonly responses: Readonly<Record<string, unknown>>;
}

/** Opens it for the whole file; it is closed behind the last test. */
export async function openCompany() {
  const postgres = await withPostgres();
  const { db } = postgres;
  let ahead = 0;
  const rig = await apiOn(postgres, { now: () => Date.now() + ahead });
  t.teardown(async () => {
    await rig.stop();
    await postgres.stop();
  });
  const company = await addCompany(db);
  const calls = await addCalls(db, company);
  const keys = {
    admin: await addKey(db, "admin"),
    supervisor: await addKey(db, "supervisor"),
    annas: await addKey(db, "agent", company.anna),
  };
  const document = (await rig.ask("GET", "/openapi.json")).json();
  const operations: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  /** The API's clock goes on by so many milliseconds at once. */
  const passes = (ms: number): void => {
    ahead += ms;
  };
  return { ...rig, ...company, ...keys, postgres, db, calls, document, operations, passes };
}
