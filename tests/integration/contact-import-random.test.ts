/**
 * Random lists, taken apart and loaded in pieces of random sizes into a real database, against what a plain reading of
 * IMP-14…IMP-20 says of each row: in order, each compared with everything that is there by then.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { sfc32 } from "../../apps/core/dialling/world/chance.ts";
import { readCards } from "../../apps/jobs/imports/cards.ts";
import { importedNumber } from "../../apps/phone/imported.ts";
import { display } from "../../apps/phone/number.ts";
import { orderedIds } from "../../apps/store/imports/ids.ts";
import { type ReadRow, savePiece } from "../../apps/store/imports/piece.ts";
import { openImportSession } from "../../apps/store/imports/session.ts";
import { withPostgres } from "../support/postgres.ts";

const postgres = await withPostgres();
const session = await openImportSession(postgres.url);
const folder = mkdtempSync(join(tmpdir(), "dozvon-random-lists-"));
t.teardown(async () => {
  await session.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});
const { db } = postgres;

const FILES = 24;
const ROWS = 60;
const POLICIES = ["skip", "merge", "all"] as const;
const seed = Number(process.env.DOZVON_SEED ?? Date.now() % 1_000_000);
const chance = sfc32(seed);
const below = (most: number) => Math.floor(chance() * most);
const often = (share: number) => chance() < share;

interface Row {
  readonly name: string;
  readonly organisation: string;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly refused: boolean;
}

/** From a narrow choice that moves on from file to file, so that some are new and some were there. */
function rowOf(file: number): Row {
  const one = (spread: number) => file * 4 + below(spread);
  const some = (share: number, make: () => string) =>
    often(share) ? [...new Set(often(0.3) ? [make(), make()] : [make()])] : [];
  const row = {
    name: often(0.85) ? `Имя ${one(30)}` : "",
    organisation: often(0.4) ? `Фирма ${one(12)}` : "",
    phones: some(0.6, () => `+7916${String(one(14)).padStart(7, "0")}`),
    emails: some(0.4, () => `user${one(14)}@list.example`),
  };
  const nobody = row.name === "" && row.organisation === "";
  if (nobody) return { ...row, phones: [], emails: [], refused: true };
  return often(0.05) ? { ...row, phones: ["12-34"], refused: true } : { ...row, refused: false };
}

/** As people write it: any case, blanks, spellings. */
function lineOf({ name, organisation, phones, emails }: Row): string {
  const cased = (text: string) => (often(0.3) ? text.toUpperCase() : often(0.3) ? text.toLowerCase() : text);
  const spelt = (phone: string) => (often(0.5) ? phone.replace("+7", "8") : phone);
  const cells = [cased(name), cased(organisation).replace(" ", "  "), phones.map(spelt).join(", ")];
  return [...cells, cased(emails.join(",")), "из файла"].map((cell) => `"${cell}"`).join(";");
}

type Result = "loaded" | "merged" | "skipped" | "refused";
interface Known {
  readonly nested: boolean;
  readonly kind: "contact" | "organisation";
  readonly keys: Set<string>;
}
/** Everybody in the service, with what they can be recognised by. */
const service: Known[] = [];

/** What is to become of a row, and what is in the service then. */
function expected(row: Row, policy: (typeof POLICIES)[number]): Result {
  if (row.refused) return "refused";
  const kind = row.organisation === "" ? "contact" : "organisation";
  const reached = [...row.phones, ...row.emails];
  const keys = [(row.organisation || row.name).toLowerCase(), ...reached];
  const like = service.filter((one) => keys.some((key) => one.keys.has(key)));
  if (policy === "skip" && like.length > 0) return "skipped";
  const into = policy === "merge" && like.find((one) => one.kind === kind && !one.nested);
  // The person in the organisation has the numbers and addresses.
  const own = kind === "organisation" && row.name !== "" ? [] : reached;
  if (into) for (const key of own) into.keys.add(key);
  else service.push({ kind, nested: false, keys: new Set([keys[0] as string, ...own]) });
  if (kind === "organisation" && row.name !== "")
    service.push({ kind: "contact", nested: true, keys: new Set([row.name.toLowerCase(), ...reached]) });
  return into ? "merged" : "loaded";
}

async function load(rows: readonly Row[], policy: (typeof POLICIES)[number]): Promise<string> {
  const id = randomUUID();
  const path = join(folder, id);
  writeFileSync(path, ["ФИО;Организация;Телефон;Почта;Теги", ...rows.map(lineOf)].join("\n"));
  await db
    .insertInto("contact_import")
    .values({ id, way: "file", file_name: "x", bytes: 1, state: "running", policy })
    .execute();
  const form = { format: "csv", encoding: "utf-8", delimiter: ";" } as const;
  const mapping = ["name", "organisation", "phones", "emails", "tags"] as const;
  const rules = { phone: (text: string) => importedNumber(text, "RU"), shown: display };
  const read: ReadRow[] = [];
  for await (const row of readCards({ ...form, path, mapping, after: 0 }, rules)) read.push(row);
  const nextId = orderedIds();
  for (let [from, after] = [0, 0]; from < read.length; ) {
    const piece = read.slice(from, from + 1 + below(40));
    await savePiece(session, id, { after, rows: piece, nextId }, new Map());
    from += piece.length;
    after = piece.at(-1)?.row ?? after;
  }
  return id;
}

t.test(
  "IMP-14…IMP-20 each row of a random list is loaded, merged, skipped or refused as the rules say",
  async (t) => {
    t.comment(`DOZVON_SEED=${seed}`);
    const seen = new Set<string>();
    for (let file = 0; file < FILES; file++) {
      const policy = POLICIES[file % POLICIES.length] ?? "all";
      const rows = Array.from({ length: ROWS }, () => rowOf(file));
      const id = await load(rows, policy);
      const wanted = rows.map((row) => expected(row, policy));
      const report = await db
        .selectFrom("contact_import_row")
        .select(["number", "result"])
        .where("import_id", "=", id)
        .orderBy("number")
        .execute();
      t.same(
        report.map(({ number, result }) => `${number} ${result}`),
        wanted.map((result, index) => `${index + 2} ${result}`),
        `file ${file}, ${policy}`,
      );
      const sums = await db
        .selectFrom("contact_import")
        .select(["loaded", "merged", "skipped", "refused", "row_done"])
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      const of = (result: Result) => wanted.filter((one) => one === result).length;
      t.same(sums, {
        ...{ loaded: of("loaded"), merged: of("merged"), skipped: of("skipped"), refused: of("refused") },
        row_done: ROWS + 1,
      });
      for (const result of wanted) seen.add(`${policy} ${result}`);
    }
    t.same([...seen].sort(), [
      ...["all loaded", "all refused", "merge loaded", "merge merged", "merge refused"],
      ...["skip loaded", "skip refused", "skip skipped"],
    ]);
    const people = await db.selectFrom("contact").select(["id", "kind", "name", "organisation_id"]).execute();
    const shape = ({ kind, nested }: { kind: string; nested: boolean }) =>
      `${kind}${nested ? " of one" : ""}`;
    const count = (list: readonly string[]) =>
      [...new Set(list)].sort().map((each) => `${each}: ${list.filter((one) => one === each).length}`);
    t.same(
      count(people.map((one) => shape({ kind: one.kind, nested: one.organisation_id !== null }))),
      count(service.map(shape)),
      "as many people and organisations as there must be",
    );
    const phones = await db.selectFrom("contact_phone").select("phone").distinct().execute();
    const emails = await db.selectFrom("contact_email").select("email").execute();
    const there = [...phones.map(({ phone }) => phone), ...emails.map(({ email }) => email.toLowerCase())];
    const must = service.flatMap(({ keys }) => [...keys].filter((key) => /^\+|@/.test(key)));
    t.same([...new Set(there)].sort(), [...new Set(must)].sort(), "no number and no address is lost");
  },
);
