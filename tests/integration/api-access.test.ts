/** Who may ask the API for what: keys, roles, and what is an agent's own. The engine is a fake. */
import t from "tap";
import { addKey } from "../support/api.ts";
import { NOBODY, openCompany } from "../support/company.ts";

// Every route with every role, on a busy machine.
t.setTimeout(120_000);
const { ask, engine, db, calls, anna, boris, queue, admin, supervisor, annas, operations, passes } =
  await openCompany();

t.test("TEN-08 a key signs in; without one nothing is told", async (t) => {
  for (const { method, path } of operations.filter(({ security }) => security?.length !== 0)) {
    const url = path.replace(/\{[a-z]+\}/gi, NOBODY);
    const answer = await ask(method as "GET", url);
    t.equal(answer.statusCode, 401, `${method} ${path}`);
    t.match(answer.headers["content-type"], /problem\+json/);
  }
  t.match((await ask("GET", "/v1/me", admin)).json(), {
    role: "admin",
    permissions: { "keys:write": "all" },
  });
  t.match((await ask("GET", "/v1/me", annas)).json(), { role: "agent", agentId: anna });
  for (const key of ["x", `${admin}x`, "'; drop table api_key; --", "a".repeat(300)])
    t.equal((await ask("GET", "/v1/me", key)).statusCode, 401, "a wrong key");
  const me = (await ask("GET", "/v1/me", admin)).json();
  t.ok(
    (await db.selectFrom("api_key").selectAll().where("id", "=", me.keyId).executeTakeFirst())?.last_used_at,
  );
  t.notMatch((await ask("GET", "/v1/keys", admin)).body, /hash/);
});

t.test("TEN-08 a revoked key is refused within 5 s", async (t) => {
  const key = await addKey(db, "supervisor");
  const { keyId } = (await ask("GET", "/v1/me", key)).json();
  await db.updateTable("api_key").set({ revoked_at: new Date() }).where("id", "=", keyId).execute();
  passes(5001);
  t.equal((await ask("GET", "/v1/me", key)).statusCode, 401);
});

t.test("keys are made by the administrator and shown once", async (t) => {
  engine.answers["key.create"] = async ({ name, role, agentId }) => {
    const key = await addKey(db, role, agentId);
    const row = await db
      .selectFrom("api_key")
      .selectAll()
      .where("name", "=", role)
      .orderBy("created_at", "desc")
      .executeTakeFirstOrThrow();
    await db.updateTable("api_key").set({ name }).where("id", "=", row.id).execute();
    return { id: row.id, key };
  };
  const made = await ask("POST", "/v1/keys", admin, { name: "CRM", role: "supervisor" });
  t.equal(made.statusCode, 201);
  t.match(made.json(), { name: "CRM", role: "supervisor", agentId: null, key: /^dz_/ });
  t.notMatch((await ask("GET", "/v1/keys", admin)).body, made.json().key);
  const wrong = await ask("POST", "/v1/keys", admin, { name: "x", role: "agent" });
  t.match(wrong.json(), { status: 422, errors: [{ field: "agentId" }] });
});

/** What supervisors write. */
const OF_SUPERVISORS =
  /^\/v1\/(queues|settings|callbacks|contacts|contact-imports|tags|duplicates|campaigns|previews|refusals|consents|dial-tasks|call-lists|list-items|orders|products|agents\/[^/]+\/products)/;

t.test("every route against every role: the table holds", async (t) => {
  const forbidden = { supervisor: 0, agent: 0 };
  for (const { method, path } of operations.filter((each) => each.path.startsWith("/v1/"))) {
    const url = path.replace(/\{[a-z]+\}/gi, NOBODY);
    const status = async (key: string) => (await ask(method as "GET", url, key)).statusCode;
    t.not(await status(admin), 403, `admin ${method} ${path}`);
    if ((await status(supervisor)) === 403) forbidden.supervisor++;
    if ((await status(annas)) === 403) forbidden.agent++;
    const writes =
      method !== "GET" &&
      method !== "HEAD" &&
      !/state$|sign-(in|out)$|tickets$|refusals$|echo-test$|open-line$|recordings.download$|calls$|deferred|calls\/[^/]+\/\w|notices\/.*\/read$|verifications|dial-tasks\/[^/]+\/\w|previews\/[^/]+\/\w|call-lists|list-items\/[^/]+\/(call|save)$|orders\/take$|orders\/[^/]+\/\w/.test(
        path,
      ) &&
      !(
        /^\/v1\/(contacts(?!\/delete)|contact-imports|tags|duplicates(?!.*delete))/.test(path) &&
        (method !== "DELETE" || /tags/.test(path))
      );
    if (/supervise$|take-over$/.test(path))
      t.equal(await status(annas), 403, `agent may not ${method} ${path}`);
    if (writes) t.equal(await status(annas), 403, `agent may not ${method} ${path}`);
    if (writes && !OF_SUPERVISORS.test(path))
      t.equal(await status(supervisor), 403, `supervisor may not ${method} ${path}`);
  }
  t.ok(forbidden.agent > forbidden.supervisor && forbidden.supervisor > 0);
});

t.test("an agent's key reaches its own and nothing else", async (t) => {
  const list = async (url: string) =>
    (await ask("GET", url, annas)).json().items.map((item: { id: string }) => item.id);
  t.same(await list("/v1/agents"), [anna]);
  t.equal((await ask("GET", `/v1/agents/${boris}`, annas)).statusCode, 404);
  t.equal((await ask("GET", `/v1/agents/${boris}/calls`, annas)).statusCode, 404);
  t.same(await list("/v1/calls"), [calls.missed, calls.talked], "her talk, and the one her phone rang for");
  for (const part of ["", "/events", "/why"])
    t.equal((await ask("GET", `/v1/calls/${calls.boris}${part}`, annas)).statusCode, 404, part);
  t.same(await list(`/v1/calls?agentId=${boris}`), [], "a filter opens nothing");
  t.same(await list("/v1/recordings"), [calls.recording]);
  t.equal((await ask("GET", `/v1/recordings/${calls.borisRecording}`, annas)).statusCode, 404);
  t.equal((await ask("GET", `/v1/recordings/${calls.borisRecording}/audio`, annas)).statusCode, 404);
  t.same(await list("/v1/queues"), [queue]);
  const before = engine.asked.length;
  t.equal((await ask("PUT", `/v1/agents/${boris}/state`, annas, { state: "break" })).statusCode, 404);
  t.equal((await ask("POST", `/v1/agents/${boris}/sign-out`, annas)).statusCode, 404);
  t.equal(engine.asked.length, before, "the engine was not even asked");
  t.equal((await ask("PUT", `/v1/agents/${anna}/state`, annas, { state: "inbound" })).statusCode, 200);
  t.match(engine.asked.at(-1), {
    name: "agent.state",
    args: { id: anna, state: "inbound" },
    by: { role: "agent", agentId: anna },
  });
});
