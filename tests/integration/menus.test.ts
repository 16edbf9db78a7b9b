/**
 * Voice menus on a real Asterisk: every action, every way to repeat, every time of playing, and the engine's absence.
 */
import { join } from "node:path";
import t from "tap";
import { farEnd } from "../../apps/peers/sipp.ts";
import type { Scene } from "../support/scene.ts";
import { numbersFrom, rings, sceneOfFile } from "../support/scene-file.ts";
import { writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";
import { toneWav } from "../support/uploads.ts";

const scene: Scene = await sceneOfFile();

const someone = numbersFrom("+79163333000");
/** Answers at once, says something, and hangs up. */
const speech = writeTone(join(scene.place.folder, "..", "agent.ulaw"), 1000);
const quick = { answerAfterMs: 150, hangUpAfterMs: 700, speech } as const;
const press = (key: string, afterMs = 400) => ({ key, afterMs });
const OUTSIDE = "+74951112233";

let nextMenu = 1;
interface MenuFields {
  readonly [field: string]: unknown;
}

/** A menu that waits one second once; what is not named ends the call. */
async function menu(fields: MenuFields): Promise<{ id: string; key: string }> {
  const short = { inputWaitSeconds: 1, repeat: { mode: "none" }, buttons: [], fallback: { type: "end" } };
  return scene.must("POST", "/v1/menus", { name: `Menu ${nextMenu++}`, ...short, ...fields });
}

/** What the record says of the menus: `m1`, `m1.2`, … in order. */
async function pathOf(call: string): Promise<string[]> {
  const { items } = await scene.get(`/v1/calls/${call}/events`);
  type Event = { kind: string; data: { userEvent?: string; extra?: { extra?: string } } };
  return (items as Event[]).flatMap(({ data }) =>
    data.userEvent === "MENU" ? [data.extra?.extra ?? ""] : [],
  );
}

/** The line's recording rule holds, however the call came to its talk. */
async function recorded(call: string): Promise<void> {
  await until(
    "the recording",
    async () => (await scene.get(`/v1/calls/${call}`)).recording?.state === "kept",
  );
}

/** Hours that are over, or begin, so that the line is closed now. */
function closedNow() {
  const later = ((new Date().getUTCDay() + 2) % 7) + 1;
  return { zone: "Europe/Moscow", week: [{ days: [later], from: "10:00", to: "10:01" }] };
}

/** A carrier that takes calls to numbers outside. */
async function carrier(name: string, behaviour: Parameters<typeof farEnd>[1]) {
  const peer = scene.keep(farEnd(scene.place, behaviour));
  const addresses = ["127.0.0.4"];
  const trunk = await scene.must("POST", "/v1/trunks", {
    name,
    addresses,
    host: "127.0.0.4",
    port: peer.port,
  });
  return { peer, trunk: trunk.id as string, gone: () => scene.must("DELETE", `/v1/trunks/${trunk.id}`) };
}

async function upload(name: string): Promise<string> {
  const form = new FormData();
  form.append("name", name);
  form.append("file", new Blob([new Uint8Array(toneWav(440, 300))]), `${name}.wav`);
  const response = await fetch(`${scene.instance.url}/v1/sounds`, {
    method: "POST",
    headers: { authorization: `Bearer ${scene.instance.secrets.adminApiKey}` },
    body: form,
  });
  const body = (await response.json()) as { id: string };
  if (response.status !== 201) throw new Error(JSON.stringify(body));
  return body.id;
}

t.test(
  "IVR-01, IVR-04, IVR-05 a key leads to an agent, another to a group; nobody else's phone rings",
  async (t) => {
    const [anna, boris, clara] = [
      await scene.agent("Anna"),
      await scene.agent("Boris"),
      await scene.agent("Clara"),
    ];
    const group = await scene.line([clara]);
    const main = await menu({
      buttons: [
        { digit: "1", action: { type: "agent", agentId: boris.id } },
        { digit: "2", action: { type: "queue", queueId: group.queueId } },
      ],
    });
    const line = await scene.line([anna, boris], { line: { menuId: main.id, menuWhen: "always" } });
    const phones = [];
    for (const agent of [anna, boris, clara]) phones.push(await scene.onShift(agent, quick));
    const [annas, boriss, claras] = phones;

    const toAgent = someone();
    t.equal(await scene.customer(line.number, { from: toAgent, keys: [press("1")] }).done, 0);
    const first = await scene.record(toAgent);
    t.match(first, { ending: "answered", agentId: boris.id, lineId: line.id, fallback: false });
    t.strictSame(await pathOf(first.id), [main.key, `${main.key}.1`]);
    t.match((await scene.why(first.id)).decisions, [
      { decision: "menu", rule: "IVR-02" },
      { because: `the menu ${main.key} was played` },
      { because: `1 in the menu ${main.key}` },
      { decision: "chosen", rule: "IVR-05", because: /1 was pressed in .*: agent Boris/ },
      { decision: "offered", rule: "IVR-05", agentId: boris.id },
    ]);
    t.equal(annas?.notes().length, 0, "the queue's first agent was not asked");

    const toGroup = someone();
    t.equal(await scene.customer(line.number, { from: toGroup, keys: [press("2")] }).done, 0);
    const second = await scene.record(toGroup);
    t.match(second, { ending: "answered", agentId: clara.id, queueId: group.queueId });
    await recorded(second.id);
    t.equal(annas?.notes().length, 0);
    t.equal(
      boriss?.notes().filter(({ text }) => text.startsWith("rings")).length,
      1,
      "only by the first caller",
    );
    t.ok(claras?.has("answered"));
  },
);

t.test("IVR-05, D-09 a number outside works out of hours; an agent does not, and is told so", async (t) => {
  const agent = await scene.agent("Sleeper");
  const { peer, gone } = await carrier("Menu carrier", quick);
  const night = await menu({
    buttons: [
      { digit: "1", action: { type: "external", number: "8 (495) 111-22-33" } },
      { digit: "2", action: { type: "agent", agentId: agent.id } },
    ],
  });
  const closed = { menuId: night.id, menuWhen: "closed", hours: closedNow(), forwardCallerId: "caller" };
  const line = await scene.line([agent], { line: closed });
  const phone = await scene.onShift(agent, quick);
  const outside = someone();
  t.equal(await scene.customer(line.number, { from: outside, keys: [press("1")] }).done, 0);
  const record = await scene.record(outside);
  t.match(record, { ending: "answered", agentId: null, forwardedTo: { e164: OUTSIDE }, type: "inbound" });
  await recorded(record.id);
  const { legs } = await scene.get(`/v1/calls/${record.id}`);
  t.match(
    legs,
    [{ toNumber: null }, { toNumber: { e164: OUTSIDE }, agentId: null }],
    "FWD-08 the leg to be billed",
  );
  t.ok(legs[1].talkMs > 300 && legs[1].answeredAt && legs[1].endedAt);
  t.ok(peer.has(`dialled sip:${OUTSIDE}`));
  t.match(peer.notes()[0]?.text, new RegExp(`sip:\\${outside}@`), "FWD-05 the caller's own number is shown");

  const asleep = someone();
  t.equal(await scene.customer(line.number, { from: asleep, keys: [press("2")] }).done, 0);
  const missed = await scene.record(asleep);
  t.match(missed, { ending: "out_of_hours", agentId: null });
  t.match((await scene.why(missed.id)).decisions.at(-1), { decision: "refused", rule: "D-09" });
  t.equal(phone.notes().length, 0, "the agent's phone rang for neither");
  t.equal(rings(peer), 1);
  await scene.must("PATCH", `/v1/lines/${line.id}`, { menuWhen: "never" });
  await gone();
});

t.test(
  "IVR-03, IVR-05, IVR-06 own greeting, a file, replay, another level, and the end of the call",
  async (t) => {
    const agent = await scene.agent("Unneeded");
    const greeting = await upload("Greeting");
    const prices = await upload("Prices");
    const second = await menu({ greetingId: greeting, buttons: [{ digit: "#", action: { type: "end" } }] });
    const first = await menu({
      greetingId: greeting,
      inputWaitSeconds: 5,
      buttons: [
        { digit: "1", action: { type: "sound", soundId: prices } },
        { digit: "*", action: { type: "replay" } },
        { digit: "9", action: { type: "menu", menuId: second.id } },
      ],
    });
    const line = await scene.line([agent], { line: { menuId: first.id, menuWhen: "always" } });
    const phone = await scene.onShift(agent, quick);
    const from = someone();
    const keys = [press("1"), press("5", 1200), press("*", 1500), press("9", 900), press("#", 900)];
    const customer = scene.customer(line.number, { from, keys });
    t.equal(await customer.done, 0);
    t.ok(customer.has("left by us"), "the menu hung up");
    const record = await scene.record(from);
    t.match(record, { type: "inbound", ending: "self_service", agentId: null, recordingId: null });
    const [a, b] = [first.key, second.key];
    t.strictSame(await pathOf(record.id), [a, `${a}.1`, a, `${a}.*`, a, `${a}.9`, b, `${b}.#`]);
    t.equal(phone.notes().length, 0);
    const shown = await scene.instance.console(`dialplan show menu-${first.key}`);
    t.match(shown, /Background\([^)]*\)/);
    t.match(shown, /WaitExten\(5\)/);

    t.match(await scene.ask("DELETE", `/v1/sounds/${prices}`), {
      status: 409,
      body: { detail: /key 1 of the menu/ },
    });
    t.match(await scene.ask("DELETE", `/v1/sounds/${greeting}`), {
      status: 409,
      body: { detail: /greeting/ },
    });
    t.match(await scene.ask("DELETE", `/v1/menus/${second.id}`), {
      status: 409,
      body: { detail: /leads to this/ },
    });
    t.match(await scene.ask("DELETE", `/v1/menus/${first.id}`), {
      status: 409,
      body: { detail: /plays this menu/ },
    });
  },
);

t.test(
  "IVR-07, IVR-08 repeats first, then the fallback; played once; cyclic never comes to the fallback",
  async (t) => {
    const agent = await scene.agent("Fallback");
    const line = await scene.line([agent]);
    const queue = { type: "queue", queueId: line.queueId };
    const times = await menu({ repeat: { mode: "times", times: 2 }, fallback: queue });
    const once = await menu({ fallback: { type: "end" } });
    const cyclic = await menu({ repeat: { mode: "cyclic" }, buttons: [{ digit: "1", action: queue }] });
    const phone = await scene.onShift(agent, quick);
    const plays = async (menuId: string) =>
      scene.must("PATCH", `/v1/lines/${line.id}`, { menuId, menuWhen: "always" });

    await plays(times.id);
    const patient = someone();
    t.equal(await scene.customer(line.number, { from: patient }).done, 0);
    const answered = await scene.record(patient);
    t.match(answered, { ending: "answered", agentId: agent.id });
    t.strictSame(await pathOf(answered.id), [times.key, `${times.key}.none`]);
    t.match((await scene.why(answered.id)).decisions.slice(-2), [
      { rule: "IVR-08" },
      { decision: "offered" },
    ]);
    t.ok(answered.waitMs > 3000, `three greetings and three waits: ${answered.waitMs} ms`);
    await scene.status(agent, "available");

    await plays(once.id);
    const silent = someone();
    t.equal(await scene.customer(line.number, { from: silent }).done, 0);
    const ended = await scene.record(silent);
    t.match(ended, { ending: "self_service" });
    t.ok(ended.waitMs < answered.waitMs, "once is shorter");

    await plays(cyclic.id);
    const stubborn = someone();
    const before = phone.notes().length;
    t.equal(await scene.customer(line.number, { from: stubborn, hangUpAfterMs: 9000 }).done, 0);
    const left = await scene.record(stubborn);
    t.match(left, { ending: "abandoned", type: "missed" });
    t.strictSame(await pathOf(left.id), [cyclic.key], "nothing was chosen for the caller");
    t.equal(phone.notes().length, before, "and nobody was rung");
    const chooses = someone();
    const late = { from: chooses, keys: [press("1", 7500)] };
    t.equal(await scene.customer(line.number, late).done, 0);
    t.match(await scene.record(chooses), { ending: "answered", agentId: agent.id }, "a key in a later round");
  },
);

t.test("IVR-02, IVR-09 at any time, in the working hours only, outside of them only, never", async (t) => {
  const agent = await scene.agent("Hours");
  const over = await menu({ buttons: [{ digit: "1", action: { type: "end" } }] });
  const line = await scene.line([agent], { line: { menuId: over.id } });
  await scene.onShift(agent, quick);
  const cases = [
    ["always", null, "self_service"],
    ["always", closedNow(), "self_service"],
    ["open", null, "self_service"],
    ["open", closedNow(), "out_of_hours"],
    ["closed", closedNow(), "self_service"],
    ["closed", null, "answered"],
    ["never", null, "answered"],
  ] as const;
  for (const [menuWhen, hours, ending] of cases) {
    await scene.must("PATCH", `/v1/lines/${line.id}`, { menuWhen, hours });
    const from = someone();
    t.equal(await scene.customer(line.number, { from }).done, 0);
    t.match(await scene.record(from), { ending }, `${menuWhen}, ${hours ? "closed" : "open"}`);
    await scene.status(agent, "available");
  }
});

t.test(
  "IVR-04, IVR-05, IVR-06 a menu without an end, or that leads nowhere, is refused and named",
  async (t) => {
    const end = { type: "end" };
    const refused = async (fields: MenuFields, field: string, detail: RegExp) => {
      const answer = await scene.ask("POST", "/v1/menus", {
        name: "Bad",
        buttons: [],
        fallback: end,
        ...fields,
      });
      t.match(answer, { status: 422, body: { detail, errors: [{ field }] } }, field);
    };
    const nobody = "00000000-0000-4000-8000-000000000000";
    const button = (action: object, digit = "1") => ({ digit, action });
    await refused({ fallback: { type: "replay" } }, "fallback", /never end/);
    await refused({ repeat: { mode: "cyclic" } }, "buttons", /never end/);
    await refused(
      { buttons: [button({ type: "agent", agentId: nobody })] },
      "buttons.0.action.agentId",
      /no such/,
    );
    await refused({ buttons: [button(end), button({ type: "sound", soundId: nobody }, "2")] }, "buttons.1.action.soundId", /no such/); // biome-ignore format: one case per line.
    await refused(
      { buttons: [button({ type: "menu", menuId: nobody })] },
      "buttons.0.action.menuId",
      /no such/,
    );
    await refused({ buttons: [button(end), button(end)] }, "buttons.1.digit", /twice/);
    const abroad = { type: "external", number: "+442071234567" };
    await refused({ buttons: [button(abroad)] }, "buttons.0.action.number", /only numbers with \+7/);

    const inner = await menu({});
    const outer = await menu({
      buttons: [button({ type: "menu", menuId: inner.id })],
      fallback: { type: "replay" },
    });
    const circle = { buttons: [button({ type: "menu", menuId: outer.id })], fallback: { type: "replay" } };
    t.match(await scene.ask("PATCH", `/v1/menus/${inner.id}`, circle), {
      status: 422,
      body: { errors: [{ field: "buttons.0.action.menuId" }] },
    });
    t.match((await scene.get(`/v1/menus/${inner.id}`)).fallback, end, "it is as it was");
    t.match(await scene.ask("PUT", `/v1/menus/${inner.id}/buttons/7`, { action: end }), { status: 200 });
    t.match(await scene.ask("DELETE", `/v1/menus/${inner.id}/buttons/7`), {
      status: 200,
      body: { buttons: [] },
    });
    t.equal((await scene.ask("DELETE", `/v1/menus/${outer.id}`)).status, 204);
    t.equal((await scene.ask("DELETE", `/v1/menus/${inner.id}`)).status, 204);
  },
);

t.test(
  "IVR-05 callers in a menu are not cut by changes; without the engine keys still lead on",
  async (t) => {
    const [agent, other] = [await scene.agent("Alone"), await scene.agent("Not asked")];
    const line = await scene.line([other]);
    const group = await scene.line([agent]);
    const { peer, gone } = await carrier("Lonely carrier", quick);
    const alone = await menu({
      inputWaitSeconds: 20,
      buttons: [
        { digit: "1", action: { type: "queue", queueId: group.queueId } },
        { digit: "2", action: { type: "external", number: OUTSIDE } },
      ],
    });
    await scene.must("PATCH", `/v1/lines/${line.id}`, { menuId: alone.id, menuWhen: "always" });
    const phone = await scene.onShift(agent, quick);
    const otherPhone = await scene.onShift(other, quick);
    const inside = someone();
    const first = scene.customer(line.number, {
      from: inside,
      keys: [press("1", 3500)],
    });
    await until("the caller is in the menu", () => first.has("answered"));
    await scene.must("PATCH", `/v1/menus/${alone.id}`, {
      inputWaitSeconds: 15,
      repeat: { mode: "times", times: 3 },
      fallback: { type: "end" },
    });
    t.equal(await first.done, 0);
    t.match(
      await scene.record(inside),
      { ending: "answered", agentId: agent.id },
      "the change did not cut it",
    );
    await scene.status(agent, "available");

    const byQueue = someone();
    const second = scene.customer(line.number, {
      from: byQueue,
      keys: [press("1", 2500)],
    });
    await until("the caller is in the menu", () => second.has("answered"));
    t.ok(scene.instance.kill("engine", "SIGSTOP"));
    t.equal(await second.done, 0);
    const outside = someone();
    t.equal(await scene.customer(line.number, { from: outside, keys: [press("2", 4000)] }).done, 0);
    scene.instance.kill("engine", "SIGCONT");
    t.match(await scene.record(byQueue), { ending: "answered", agentId: agent.id, fallback: true });
    const record = await scene.record(outside);
    t.match(record, { ending: "answered", forwardedTo: { e164: OUTSIDE }, fallback: true });
    t.strictSame(
      await pathOf(record.id),
      [alone.key, `${alone.key}.2`],
      "the fallback plays the menu as well",
    );
    t.ok(peer.has(`dialled sip:${OUTSIDE}`));
    t.equal(otherPhone.notes().length, 0, "the line's own queue was not asked");
    t.ok(phone.has("answered"));
    await gone();
  },
);

t.test("IVR-01 a menu is not deleted while a caller is in it, and the caller is not cut", async (t) => {
  const agent = await scene.agent("Elsewhere");
  const line = await scene.line([agent]);
  const [other, doomed] = [await menu({}), await menu({ inputWaitSeconds: 30 })];
  await scene.must("PATCH", `/v1/lines/${line.id}`, { menuId: doomed.id, menuWhen: "always" });
  const caller = scene.customer(line.number, { from: someone(), hangUpAfterMs: 8000 });
  await until("the caller is in the menu", async () =>
    (await scene.instance.console("core show channels concise")).includes(`!menu-${doomed.key}!`),
  );
  await scene.must("PATCH", `/v1/lines/${line.id}`, { menuId: other.id, menuWhen: "never" });
  const path = `/v1/menus/${doomed.id}`;
  t.match(await scene.ask("DELETE", path), { status: 409, body: { code: "menu-busy" } });
  t.notOk(
    caller.notes().some(({ text }) => text.startsWith("left")),
    "the call goes on",
  );
  t.equal(await caller.done, 0, "until the caller hangs up");
  await until("nobody is there", async () => (await scene.channels()) === 0);
  t.equal((await scene.ask("DELETE", path)).status, 204);
});
