/** Calls and contacts over the API: lists, pages, details and reasons. The engine is a fake. */
import t from "tap";
import { NOBODY, openCompany } from "../support/company.ts";

const { ask, engine, calls, anna, boris, line, contact, admin, supervisor, annas } = await openCompany();

t.test("CONT-06 contacts take any spelling and show the canonical one", async (t) => {
  const found = (await ask("GET", "/v1/contacts?phone=8%20(916)%20123-45-67", supervisor)).json();
  t.match(found.items, [
    { id: contact, phones: [{ e164: "+79161234567", display: "+7 (916) 123-45-67" }], ownerId: anna },
  ]);
  t.equal(found.items.length, 1);
  const search = async (q: string) =>
    (await ask("GET", `/v1/contacts?q=${encodeURIComponent(q)}`, supervisor)).json().items.length;
  t.same(
    [await search("olga"), await search("123-45"), await search("%"), await search("nobody")],
    [1, 1, 0, 0],
  );
  engine.answers["contact.create"] = (fields) => {
    t.same(fields.phones, ["+79161234567", "+4930123456"], "E.164, and each number once");
    return { id: contact };
  };
  const phones = ["8 916 123 45 67", "+7 (916) 123-45-67", "810 49 30 123456"];
  t.equal((await ask("POST", "/v1/contacts", admin, { name: "Olga", phones })).statusCode, 201);
  const wrong = await ask("POST", "/v1/contacts", admin, { name: "Olga", phones: ["+79161234567", "112"] });
  t.match(wrong.json(), { status: 422, errors: [{ field: "phones.1" }] });
  const of = await ask("GET", `/v1/contacts/${contact}/calls`, supervisor);
  t.same(
    of.json().items.map((call: { id: string }) => call.id),
    [calls.missed, calls.talked],
  );
});

t.test("MISS-04 missed calls are a type of their own, filtered like the others", async (t) => {
  const ids = async (query: string) =>
    (await ask("GET", `/v1/calls?${query}`, supervisor)).json().items.map((call: { id: string }) => call.id);
  t.same(await ids("type=missed"), [calls.missed]);
  t.same(await ids("type=internal"), [calls.boris]);
  t.same(await ids("ending=abandoned"), [calls.missed]);
  t.same(await ids("open=true"), [calls.open]);
  t.same(await ids(`agentId=${anna}`), [calls.talked]);
  t.same(await ids("from=8%20916%20123-45-67"), [calls.missed, calls.talked]);
  t.same(await ids("to=101"), [calls.boris]);
  t.same(
    await ids("since=2026-01-05T09:00:00.001Z&until=2026-01-05T09:30:00Z"),
    [calls.missed],
    "until is excluded",
  );
  t.same(await ids(`lineId=${line}&type=inbound&open=false`), [calls.talked]);
  t.same(await ids(`queueId=${NOBODY}`), []);
  for (const query of [
    "type=lost",
    "limit=0",
    "limit=201",
    "limit=x",
    "since=yesterday",
    "lineId=1",
    "foo=1",
    "cursor=x",
    "type=missed&type=inbound",
  ])
    t.equal((await ask("GET", `/v1/calls?${query}`, supervisor)).statusCode, 400, query);
});

t.test("pages hold every call once, newest first", async (t) => {
  const seen: string[] = [];
  let next: string | null = "";
  while (next !== null) {
    const cursor: string = next === "" ? "" : `&cursor=${next}`;
    const page = (await ask("GET", `/v1/calls?limit=1${cursor}`, supervisor)).json();
    seen.push(...page.items.map((call: { id: string }) => call.id));
    next = page.next;
  }
  t.same(seen, [calls.open, calls.boris, calls.missed, calls.talked]);
});

t.test(
  "LINE-15 a call names its line; WRAP-06 it is in the agent's journal with legs and recording",
  async (t) => {
    const one = (await ask("GET", `/v1/calls/${calls.talked}`, supervisor)).json();
    t.match(one, {
      lineName: "Orders",
      from: { e164: "+79161234567", display: "+7 (916) 123-45-67" },
      talkMs: 60_000,
      legs: [
        { channel: "1.1", agentId: null },
        { channel: "1.2", agentId: anna },
      ],
      recording: { id: calls.recording, audio: `/v1/recordings/${calls.recording}/audio` },
    });
    t.notMatch(JSON.stringify(one), /2026\/01\/05/, "not where the file lies");
    const journal = async (id: string, key: string) =>
      (await ask("GET", `/v1/agents/${id}/calls`, key)).json().items.map((call: { id: string }) => call.id);
    t.same(await journal(anna, annas), [calls.missed, calls.talked]);
    t.same(await journal(boris, supervisor), [calls.boris]);
    t.equal((await ask("GET", `/v1/agents/${NOBODY}/calls`, supervisor)).statusCode, 404);
    t.match((await ask("GET", `/v1/calls/${calls.boris}`, supervisor)).json().from, {
      e164: null,
      display: "102",
    });
  },
);

t.test("every decision of a call can be read, with its reason", async (t) => {
  const why = (await ask("GET", `/v1/calls/${calls.missed}/why`, annas)).json();
  t.match(why.decisions, [
    { decision: "offered", rule: "ROUTE-05", agentId: anna, considered: [{ name: "Anna", verdict: "free" }] },
    { decision: "offer-ended", agentId: anna },
    { decision: "fallback", rule: "L2" },
  ]);
  t.match(why.summary, /^Offered to Anna, because .*; ended as abandoned\.$/);
  const story = (await ask("GET", `/v1/calls/${calls.missed}/events`, annas)).json().items;
  t.same(
    story.map((event: { kind: string }) => event.kind),
    ["CHAN_START", "AgentOffered", "OfferEnded", "USER_DEFINED"],
  );
});
