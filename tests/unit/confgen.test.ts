/**
 * From rows to Asterisk's files: what they look like (golden/confgen), that nobody's name can break out of its line, and
 * that the lint finds what it is for. `DOZVON_GOLDEN=write` writes the golden files anew; read the difference.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { readConf, readDialplan, split, takes } from "../../apps/confgen/dialplan.ts";
import { instanceOf, lintFiles, staticFiles, under } from "../../apps/confgen/etc.ts";
import { bodyOf, type Files, render } from "../../apps/confgen/generated.ts";
import { openingRanges } from "../../apps/confgen/opening.ts";
import { asteriskPlaces } from "../../apps/confgen/places.ts";
import { displayName, safe } from "../../apps/confgen/safe.ts";
import { clash, spellings } from "../../apps/confgen/spellings.ts";
import { readInstalled, swapIn } from "../../apps/confgen/swap.ts";
import { fill } from "../../apps/confgen/templates.ts";
import type { Config } from "../../apps/config.ts";
import type { Agent, Line } from "../../apps/core/floor.ts";
import { STANDARD_PROMPTS } from "../../apps/core/routing/prompts.ts";
import { home } from "../../apps/home.ts";
import type { Settings } from "../../apps/store/settings.ts";

const SOUND = "5f0c0e0a-0000-4000-8000-000000000001";
const unsafe = { message: /cannot be written as/ };
const AT = new Date("2026-03-01T09:00:00Z");
const config = {
  ...{ home, dataDir: "/srv/dozvon", runtimeDir: "/srv/runtime", apiHost: "127.0.0.1", apiPort: 8080 },
  ...{ sipBind: "192.0.2.10", sipPort: 5060, rtpFrom: 10000, rtpTo: 11999, ariPort: 8088, amiPort: 5038 },
  ...{ agiPort: 4573, databasePort: 5433, ariDriver: "native", logLevel: "info", country: "RU" },
  ...{ decisionMs: 1500, spoolMaxMb: 512, menuSeconds: 900 },
} as Config;
const instance = instanceOf(config);

function agent(id: string, name: string, shortNumber: string, state: Agent["state"]): Agent {
  return {
    id,
    name,
    shortNumber,
    phone: `agent-${shortNumber}-x7k2`,
    state,
    stateSince: 0,
    device: "unreachable",
  };
}

function company(change: Partial<Settings> = {}): Settings {
  const agents = [
    agent("a", "Анна Ли", "101", "inbound"),
    agent("b", "Boris O'Neil (night)", "102", "break"),
  ];
  const week = [
    { days: [1, 2, 3, 4, 5] as const, from: "09:00", to: "18:00" },
    { days: [6] as const, from: "10:00", to: "24:00" },
  ];
  const line = { queueId: "s", ownerFirst: true, recording: "stereo", announceRecording: true } as const;
  const times = {
    ...{ answerSeconds: 20, maxWaitSeconds: 300, weight: 0 },
    ...{ announcePosition: false, announceWait: false, announceEverySeconds: 45 },
  };
  return {
    agents,
    queues: [
      { id: "s", key: "q1", name: "Sales", strategy: "most-idle", ...times, agents: ["b", "a"] },
      { id: "t", key: "q2", name: "Support", strategy: "sequential", ...times, agents: ["a"] },
    ],
    lines: [
      {
        ...line,
        id: "l",
        key: "l1",
        number: "+74950000101",
        name: "Sales",
        hours: { zone: "Europe/Moscow", week },
      },
      { ...line, id: "m", key: "l2", number: "+493012345", name: "Support №2", recording: "off" },
    ],
    menus: menus(),
    carriers: [],
    trunks: [
      trunk({ key: "t1", name: "Carrier", addresses: ["203.0.113.0/24", "2001:db8::1"] }),
      trunk({
        key: "t2",
        name: "Registered",
        host: "sip.example.org",
        username: "74950000101",
        password: "s3cret,$(x)",
      }),
    ],
    digests: new Map(agents.map(({ id }) => [id, "0123456789abcdef0123456789abcdef"])),
    languages: new Map([
      ["l", "ru"],
      ["m", "en"],
    ]),
    prompts: new Map([
      [
        "m",
        {
          ...STANDARD_PROMPTS,
          arrival: SOUND,
          waiting: "none",
          "no-answer": SOUND,
        },
      ],
    ]),
    ...change,
  };
}

/** Every action, and every way to repeat. */
function menus(): Settings["menus"] {
  const common = { inputWaitSeconds: 4, createdAt: AT, sounds: new Map([["f", "Price list"]]) };
  const end = { type: "end" } as const;
  return [
    {
      ...{ ...common, id: "m1", key: "m1", name: "Main; menu", greeting: { id: "g", name: `Hello $\{x}` } },
      repeat: { mode: "times", times: 2 },
      buttons: [
        { digit: "1", action: { type: "queue", queueId: "s" } },
        { digit: "2", action: { type: "agent", agentId: "a" } },
        { digit: "3", action: { type: "external", number: "+74951112233" } },
        { digit: "4", action: { type: "menu", menuId: "m2" } },
        { digit: "5", action: { type: "sound", soundId: "f" } },
        { digit: "*", action: { type: "replay" } },
        { digit: "#", action: end },
      ],
      fallback: { type: "queue", queueId: "t" },
    },
    {
      ...{ ...common, id: "m2", key: "m2", name: "Night", repeat: { mode: "cyclic" } },
      buttons: [{ digit: "0", action: { type: "menu", menuId: "m1" } }],
      fallback: end,
    },
    {
      ...{ ...common, id: "m3", key: "m3", name: "Short", repeat: { mode: "none" }, buttons: [] },
      fallback: { type: "sound", soundId: "f" },
    },
  ];
}

function trunk(fields: Partial<Settings["trunks"][number]>): Settings["trunks"][number] {
  const none = { host: null, port: 5060, username: null, password: null, number_format: "e164" as const };
  return { id: "x", key: "t9", name: "T", addresses: ["198.51.100.7"], ...none, ...fields };
}

t.test("the files are as they were when somebody last read them", async (t) => {
  const folder = join(home, "tests/unit/golden/confgen");
  for (const [name, text] of Object.entries(render(company(), instance, AT))) {
    if (process.env.DOZVON_GOLDEN === "write") {
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(join(folder, name), text);
    }
    t.equal(text, fs.readFileSync(join(folder, name), "utf8"), name);
  }
  t.strictSame(
    render(company(), instance, AT),
    render(company(), instance, AT),
    "the same rows give the same files",
  );
});

t.test("no text that a manager types becomes configuration", async (t) => {
  const shape = shapeOf(render(company(), instance, AT));
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."\r\n;$,|\\\"'()[]{}<>=# \u2028\u0000aЖ9^&:?!~") }),
  );
  const property = fc.property(hostile, (name) => {
    const { agents, queues, lines, trunks } = company();
    const named = <Row extends { name: string }>(rows: readonly Row[]) =>
      rows.map((row) => ({ ...row, name }));
    const renamed = {
      agents: named(agents),
      queues: named(queues),
      lines: named(lines),
      trunks: named(trunks),
    };
    const files = render(company(renamed), instance, AT);
    assert.deepEqual(shapeOf(files), shape);
    for (const text of Object.values(files)) assert.doesNotMatch(text, /[^\P{C}\n]/u);
    const members = (files["queues.conf"] ?? "").matchAll(/^member => (.*)$/gm);
    for (const [, member = ""] of members) assert.equal(split(member, ",").length, 7, member);
  });
  const attack: [string] = ["Sales,a;b\n[x]\nc = $" + "{SHELL(id)} (:"];
  const { failed, counterexample } = fc.check(property, { numRuns: 300, examples: [attack] });
  t.notOk(failed, `whatever the name, only the name differs ${JSON.stringify(counterexample)}`);
  t.equal(
    displayName("Анна-Мария О'Нил (ночь) №2", "x"),
    "Анна-Мария О'Нил (ночь) №2",
    "ordinary names stay",
  );
  t.equal(displayName("x".repeat(200), "x").length, 60);
  t.equal(displayName(":-) ;;", "101"), "101", "something readable is always there");
  t.throws(
    () => render(company({ trunks: [trunk({ addresses: ["1.2.3.4\nmatch=0.0.0.0/0"] })] }), instance, AT),
    unsafe,
  );
  t.throws(
    () => render(company({ trunks: [trunk({ host: "h", username: "u", password: "a;b" })] }), instance, AT),
    unsafe,
  );
  for (const kind of ["key", "number", "secret", "account", "zone", "path", "host", "address"] as const)
    t.throws(() => safe(kind, "a\nb"), unsafe, kind);
});

/** Files with every name and comment blanked: what is left must not depend on names. */
function shapeOf(files: Files): string[] {
  const names = [/(CALLERID\(name\)=).*\)$/, /(callerid = )"[^"]*"/, /(,0,)[^,]*(,PJSIP)/];
  return Object.values(files).flatMap((text) =>
    text.split("\n").map((line) => {
      if (line.startsWith(";")) return ";";
      return names.reduce((left, name) => left.replace(name, "$1$2"), line);
    }),
  );
}

t.test("a number is taken in every spelling that a carrier sends", async (t) => {
  t.strictSame(spellings("+74950000101"), ["+74950000101", "74950000101", "84950000101", "4950000101"]);
  t.strictSame(spellings("+493012345"), ["+493012345", "493012345"], "eight and ten digits are Russia's");
  t.equal(clash("+84950000101", ["+74950000101"]), "+74950000101", "a spelling belongs to one line only");
  t.equal(clash("+74950000102", ["+74950000101"]), undefined);
});

t.test("opening hours are the same for Asterisk as for the core", async (t) => {
  const zone = "Asia/Novosibirsk";
  const week = [{ days: [7, 1] as const, from: "00:00", to: "24:00" }];
  t.strictSame(openingRanges({ zone, week }), [{ from: "00:00", last: "23:59", days: "mon&sun", zone }]);
  t.strictSame(
    openingRanges({ zone, week: [{ days: [1], from: "09:00", to: "09:00" }] }),
    [],
    "an empty range never opens",
  );
  const closed = render(
    company({ lines: [{ ...(company().lines[0] as Line), hours: { zone, week: [] } }] }),
    instance,
    AT,
  );
  t.match(closed["lines.conf"], /no day of the week[\s\S]*Set\(DZ_OPEN=0,DZ_MENU=\)\n same => n,Return/);
});

t.test("files are swapped in one step and can be put back", async (t) => {
  const link = join(fs.mkdtempSync(join(tmpdir(), "dozvon-swap-")), "generated");
  t.teardown(() => fs.rmSync(join(link, ".."), { recursive: true }));
  const first = swapIn(link, { "a.conf": "; 1\nx\n", "b.conf": "; 1\ny\n" });
  t.strictSame(first.changed, ["a.conf", "b.conf"]);
  const second = swapIn(link, { "a.conf": "; 2\nx\n", "b.conf": "; 2\nz\n" });
  t.strictSame(second.changed, ["b.conf"], "a new time alone is no change");
  t.strictSame(readInstalled(link), { "a.conf": "; 1\nx\n", "b.conf": "; 2\nz\n" });
  t.strictSame(swapIn(link, { "a.conf": "; 3\nx\n", "b.conf": "; 3\nz\n" }).changed, []);
  second.undo();
  t.strictSame(readInstalled(link), { "a.conf": "; 1\nx\n", "b.conf": "; 1\ny\n" });
  t.equal(fs.readdirSync(join(link, "..")).length, 2, "the link and one folder are left");
});

t.test("templates can name only what they are given", async (t) => {
  const announce = { announceEvery: "0", announcePosition: "no", announceWait: "no" };
  const queue = { key: "q1", name: "N", strategy: "linear", answerSeconds: "1", weight: "0", members: [] };
  const view = { queues: [{ ...queue, ...announce, callback: false, digit: "1", after: "0" }] };
  t.match(fill("generated/queues.conf.mustache", view), /\[q1\]/);
  const { strategy: _, ...less } = view.queues[0] ?? {};
  t.throws(() => fill("generated/queues.conf.mustache", { queues: [less as never] }), /«strategy»/);
});

t.test("LINE-11, LINE-12 an agent's phone is a browser, where browsers may be phones", async (t) => {
  const places = asteriskPlaces("/srv/dozvon");
  const secrets = { ariPassword: "a".repeat(24), amiSecret: "b".repeat(24) };
  const asterisk = { moduleDir: "/usr/lib/asterisk", sbinDir: "/usr/sbin" };
  const [anna, boris] = company().agents;
  const settings = company({ agents: [{ ...anna, callMode: "webrtc" }, boris] as Agent[] });
  const filesOf = (change: Partial<Config>) => {
    const all = { ...config, ...change };
    const generated = under("generated", render(settings, instanceOf(all), AT));
    return { ...staticFiles({ config: all, secrets, asterisk, places }), ...generated };
  };
  const off = filesOf({});
  t.match(off["generated/pjsip-agents.conf"], /^\[agent-101-x7k2\]\(agent\)$/m);
  t.match(off["rtp.conf"], /^icesupport = no$/m);
  t.notMatch(`${off["modules.conf"]}${off["pjsip.conf"]}`, /transport_websocket|protocol = ws/);
  const on = filesOf({ wssPort: 8443, webrtcCodecs: "alaw,g722" });
  t.match(on["generated/pjsip-agents.conf"], /^\[agent-101-x7k2\]\(agent-webrtc\)$/m);
  t.match(on["generated/pjsip-agents.conf"], /^\[agent-102-x7k2\]\(agent\)$/m);
  t.match(on["rtp.conf"], /^icesupport = yes/m);
  t.match(on["modules.conf"], /^load = res_pjsip_transport_websocket\.so/m);
  t.match(on["pjsip.conf"], /\[agent-webrtc\]\(!,agent\)\nwebrtc = yes\ndisallow = all\nallow = alaw,g722\n/);
  t.match(on["http.conf"], /^bindaddr = 127\.0\.0\.1$/m, "Asterisk itself stays on loopback");
  t.notMatch(on["http.conf"], /tls/);
});

t.test("the lint", async (t) => {
  const places = asteriskPlaces(fs.mkdtempSync(join(tmpdir(), "dozvon-lint-")));
  t.teardown(() => fs.rmSync(join(places.root, ".."), { recursive: true }));
  for (const language of ["ru", "en"])
    fs.cpSync(join(home, "sounds", language), join(places.data, "sounds", language, "dozvon"), {
      recursive: true,
    });
  const secrets = { ariPassword: "a".repeat(24), amiSecret: "b".repeat(24) };
  const asterisk = { moduleDir: "/usr/lib/asterisk", sbinDir: "/usr/sbin" };
  const good: Files = {
    ...staticFiles({ config, secrets, asterisk, places }),
    ...under("generated", render(company(), instance, AT)),
  };
  t.strictSame(lintFiles(good, places), [], "finds nothing in what we ship");
  t.notMatch(Object.values(good).join("\n"), /\{\{/, "no tag is left over");
  const browsers = { ...config, wssPort: 8443, webrtcCodecs: "alaw" } as Config;
  const other = { ...good, ...staticFiles({ config: browsers, secrets, asterisk, places }) };
  t.strictSame(lintFiles(other, places), [], "nor with browsers as phones");

  const mistakes: readonly (readonly [file: string, from: string, to: string, found: RegExp])[] = [
    [
      "dialplan/30-decide.conf",
      "?fallback,",
      "?falback,",
      /30-decide.conf:\d+: there is no context \[falback\]/,
    ],
    ["dialplan/40-fallback.conf", "?queue)", "?queueue)", /has no step queueue/],
    ["dialplan/40-fallback.conf", "ending,no-answer,1)", "ending,noanswer,1)", /does not take noanswer/],
    ["dialplan/50-offer.conf", "b(reserve^s^1)", "b(reserved^s^1)", /no context \[reserved\]/],
    ["dialplan/45-prompts.conf", "dozvon/no-answer", "dozvon/noanswer", /no prompt dozvon\/noanswer/],
    [
      "dialplan/10-from-trunk.conf",
      "include => lines",
      "include => linez",
      /no context \[linez\] to include/,
    ],
    ["dialplan/30-decide.conf", "Stasis(dozvon", "Stasis(dosvon", /nobody listens to Stasis\(dosvon\)/],
    ["dialplan/30-decide.conf", "MusicOnHold(default", "MusicOnHold(jazz", /no music class jazz/],
    ["dialplan/50-offer.conf", "TRYLOCK(", "TRYLOK(", /no function TRYLOK/],
    ["dialplan/50-offer.conf", "SoftHangup(", "SoftHangUp(", /no application SoftHangUp/],
    ["modules.conf", "load = app_queue.so\n", "", /Queue needs app_queue.so, which is not loaded/],
    ["generated/lines.conf", "DZ_QUEUE=q1", "DZ_QUEUE=q9", /no queue q9/],
    ["generated/pjsip-agents.conf", "auth = agent-101", "auth = agent-109", /no \[agent-109-x7k2\]/],
    ["extensions.conf", "generated/lines.conf", "generated/line.conf", /no generated\/line.conf to include/],
  ];
  for (const [file, from, to, found] of mistakes) {
    const before = good[file] ?? "";
    t.ok(before.includes(from), `${file} has ${from.trim()}`);
    const problems = lintFiles({ ...good, [file]: before.replace(from, to) }, places);
    t.match(problems.join("\n"), found, `finds ${to.trim() || `the missing ${from.trim()}`}`);
  }
});

t.test("the dialplan is read as Asterisk reads it", async (t) => {
  t.ok(takes("_X!", "1") && takes("_to-.", "to-a_1") && takes("_[+0-9]!", "+7") && takes("s", "s"));
  t.notOk(takes("_owner-.", "owner-1"), "the n in a pattern is a digit from 2 to 9");
  t.notOk(takes("_[a-z].", "x") || takes("_[a-z].", "12") || takes("s", "t"));
  const text =
    "[a](!)\nexten => s,1(top),Answer(50) ; why\n same => n,Set(X=a,b)\n\n[b]\nexten => 1,1,Goto(a,s,1)\n";
  const plan = readDialplan(readConf("x", (path) => (path === "x" ? text : undefined)));
  t.strictSame([...plan.contexts], ["a", "b"]);
  t.match(plan.steps, [
    { context: "a", exten: "s", priority: 1, label: "top", app: "Answer", data: "50", at: "x:2" },
    { priority: 2, app: "Set", data: "X=a,b" },
    { context: "b", exten: "1", priority: 1, app: "Goto" },
  ]);
  t.equal(bodyOf("; head\nrest"), "rest");
});
