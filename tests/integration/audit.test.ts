/** The audit: what is written down, who may read it, and that nobody can tidy it up. */
import t from "tap";
import { type Actor, audit } from "../../apps/store/writes/audit.ts";
import { addCompany, addKey, apiOn } from "../support/api.ts";
import { withPostgres } from "../support/postgres.ts";

const postgres = await withPostgres();
const { db } = postgres;
const rig = await apiOn(postgres);
t.teardown(async () => {
  await rig.stop();
  await postgres.stop();
});
const { ask } = rig;
const { anna } = await addCompany(db);
const admin = await addKey(db, "admin");
const annas = await addKey(db, "agent", anna);
const keyOf = async (key: string): Promise<string> => (await ask("GET", "/v1/me", key)).json().keyId;
const by: Actor = { keyId: await keyOf(annas), role: "agent", agentId: anna, address: "127.0.0.9" };
const rows = async (query = "") => (await ask("GET", `/v1/audit${query}`, admin)).json().items;
const subject = { subjectType: "recording", subjectId: "r1" };

t.test("REC-05 a deed is written with its doer, and read by the administrator alone", async (t) => {
  await audit(db, { by, action: "recording.listened", ...subject, detail: { callId: "c1" } });
  await audit(db, { by: "house", action: "recording.deleted", ...subject, detail: { reason: "retention" } });
  const [deleted, listened, ...more] = await rows();
  t.same(more, []);
  t.match(listened, {
    ...{ keyId: by.keyId, keyName: "agent", role: "agent", agentId: anna, address: "127.0.0.9" },
    ...{ action: "recording.listened", ...subject, detail: { callId: "c1" } },
  });
  t.match(deleted, { keyId: null, keyName: null, role: null, action: "recording.deleted" });
  for (const key of [annas, await addKey(db, "supervisor")])
    t.equal((await ask("GET", "/v1/audit", key)).statusCode, 403);
  t.equal((await ask("GET", "/v1/audit?action=recording'", admin)).statusCode, 400);
});

t.test("filters narrow, pages go on where the last one ended", async (t) => {
  await audit(db, { by, action: "recordings.other", subjectType: "other" });
  t.equal((await rows("?action=recording")).length, 2, "the beginning of an action ends at a dot");
  t.equal((await rows("?action=recording.listened")).length, 1);
  t.equal((await rows(`?keyId=${by.keyId}&subjectId=r1`)).length, 1);
  t.equal((await rows(`?agentId=${anna}`)).length, 2);
  t.same(await rows("?since=2100-01-01T00:00:00Z"), []);
  t.same(await rows("?until=2020-01-01T00:00:00Z"), []);
  const first = (await ask("GET", "/v1/audit?limit=2", admin)).json();
  const second = (await ask("GET", `/v1/audit?limit=2&cursor=${first.next}`, admin)).json();
  t.equal(new Set([...first.items, ...second.items].map(({ id }) => id)).size, 3);
  t.equal(second.next, null);
});

t.test("the same deed again and again is one row, another's deed is not", async (t) => {
  const again = {
    action: "recording.downloaded",
    subjectType: "recording",
    subjectId: "r2",
    onceInSeconds: 300,
  };
  await audit(db, { by, ...again });
  await audit(db, { by, ...again });
  await audit(db, { by: { keyId: await keyOf(admin), role: "admin" }, ...again });
  await audit(db, { by, ...again, subjectId: "r3" });
  t.equal((await rows("?subjectId=r2")).length, 2);
  t.equal((await rows("?subjectId=r3")).length, 1);
});

t.test("nobody can change or delete a row, and a deed that was rolled back was not done", async (t) => {
  await t.rejects(db.updateTable("audit").set({ action: "nothing.happened" }).execute(), { code: "42501" });
  await t.rejects(db.deleteFrom("audit").execute(), { code: "42501" });
  await t.rejects(
    db.transaction().execute(async (trx) => {
      await audit(trx, { by, action: "undone.deed", subjectType: "none" });
      throw new Error("no");
    }),
  );
  t.same(await rows("?action=undone.deed"), []);
});
