/** The search field over a real database; the engine is a fake. */
import t from "tap";
import { addKey } from "../support/api.ts";
import { openCompany } from "../support/company.ts";

const { ask, db, engine, anna, boris, annas, supervisor } = await openCompany();
const find = async (q: string, key: string) =>
  (await ask("GET", `/v1/search?q=${encodeURIComponent(q)}`, key)).json();
const names = (items: readonly { name: string }[]) => items.map(({ name }) => name);

t.test("SOFT-09 a leading asterisk restricts results to employees; alone it lists the team", async (t) => {
  await db
    .insertInto("contact")
    .values({ name: "Anna the customer", owner_id: anna, position: null })
    .execute();
  const both = await find("anna", supervisor);
  t.same([names(both.employees), names(both.contacts)], [["Anna"], ["Anna the customer"]]);
  const restricted = await find("*anna", supervisor);
  t.same([names(restricted.employees), restricted.contacts, restricted.number], [["Anna"], [], null]);
  t.same((await find("*", annas)).employees.map(({ id }: { id: string }) => id).sort(), [anna, boris].sort());
  t.same((await find("*%", supervisor)).employees, [], "a pattern's letters are letters");
});

t.test(
  "SOFT-08 a colleague is found by the short number, with the status that says who can be called",
  async (t) => {
    const { short_number } = await db
      .selectFrom("agent")
      .select("short_number")
      .where("id", "=", anna)
      .executeTakeFirstOrThrow();
    const at = Date.now();
    engine.view = {
      ...engine.view,
      agents: [
        { id: anna, state: "inbound", stateSince: at, status: "available", device: "idle", openLine: false },
      ],
    };
    const { employees } = await find(short_number, annas);
    t.match(employees, [{ id: anna, shortNumber: short_number, status: "available" }]);
    t.same(
      Object.keys(employees[0]).sort(),
      ["id", "name", "shortNumber", "status"],
      "and nothing else of a colleague",
    );
  },
);

t.test(
  "SOFT-07, CONT-05 a number in any spelling: its contact, or the offer to call or create",
  async (t) => {
    const known = await find("8 (916) 123-45-67", supervisor);
    t.match(known.number, { e164: "+79161234567", known: true });
    t.equal(known.contacts.length, 1);
    t.match((await find("+7 499 555-66-77", supervisor)).number, { e164: "+74995556677", known: false });
    t.equal((await find("ivan", supervisor)).number, null);
    const boriss = await addKey(db, "agent", boris);
    t.same((await find("9161234567", boriss)).contacts, [], "another agent's customer stays unseen");
  },
);

t.test("what cannot be searched for is told", async (t) => {
  for (const query of ["", "?q=", "?q=%00", `?q=${"x".repeat(101)}`, "?q=a&limit=0"]) {
    const answer = await ask("GET", `/v1/search${query}`, supervisor);
    t.match([answer.statusCode, answer.json().errors[0].field], [/^4/, /^(q|limit)$/], query);
  }
});
