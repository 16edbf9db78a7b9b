/** The rules of menus and forwarding, without Asterisk: what the core decides, and which menus are refused. */
import t from "tap";
import { endlessMenu, type MenuShape } from "../../apps/commands/menu-graph.ts";
import type { Line, Outside, Trunk } from "../../apps/core/floor.ts";
import type { MenuAction } from "../../apps/store/reads/menus.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

const end: MenuAction = { type: "end" };
const replay: MenuAction = { type: "replay" };
const sound: MenuAction = { type: "sound", soundId: "s" };
const to = (menuId: string): MenuAction => ({ type: "menu", menuId });

function shape(
  id: string,
  actions: readonly MenuAction[],
  fallback: MenuAction,
  mode: "none" | "cyclic" = "none",
): MenuShape {
  return { id, name: id, repeat: { mode }, buttons: actions.map((action) => ({ action })), fallback };
}

t.test("IVR-05, IVR-07, IVR-08 every menu has a way out, by a key or by waiting", (t) => {
  const blamed = (menus: readonly MenuShape[], saved = menus[0]?.id ?? "") => {
    const found = endlessMenu(menus, saved);
    return found && `${found.menu.id} ${found.field}`;
  };
  t.equal(blamed([shape("a", [], end)]), undefined);
  t.equal(blamed([shape("a", [], replay)]), "a fallback");
  t.equal(blamed([shape("a", [end], replay)]), undefined, "a key is a way out");
  t.equal(blamed([shape("a", [sound, replay], replay)]), "a fallback", "neither is an end");
  t.equal(blamed([shape("a", [], sound)]), undefined, "a sound for the one who waits is followed by the end");
  t.equal(blamed([shape("a", [], end, "cyclic")]), "a buttons", "cyclic never comes to the fallback (D-11)");
  t.equal(blamed([shape("a", [end], end, "cyclic")]), undefined);
  const circle = [shape("a", [to("b")], to("b")), shape("b", [replay, to("a")], replay)];
  t.equal(blamed(circle, "b"), "b buttons.1.action.menuId");
  t.equal(blamed([...circle, shape("c", [], end)], "c"), "a buttons.0.action.menuId", "others count too");
  t.equal(blamed([shape("a", [to("b")], replay), shape("b", [], end)]), undefined, "an end two levels on");
  t.equal(blamed([shape("a", [], to("a"))]), "a fallback.menuId");
  t.end();
});

const main = { key: "m1", name: "Main", when: "always" } as const;
const carrier: Trunk = { id: "t", key: "t1", name: "Carrier", dials: true };
const outside = (forward: Outside["forward"], change: Partial<Outside> = {}): Outside => ({
  ...{ seconds: 25, callerId: "line", forward },
  ...change,
});
const NUMBER = "+74951112233";

function scene(change: Partial<Line> = {}, people = [agent("Anna"), agent("Boris")], trunks = [carrier]) {
  const groups = [
    queue([people[0] ?? agent("Anna")]),
    queue(people.slice(1), { id: "g", key: "q2", name: "Group" }),
  ];
  const made = house(people, groups, [line(change)], trunks);
  const chose = (action: "agent" | "queue" | "external", target: string, at = T0) => {
    const common = { call: "1", channel: "ch-1", lineKey: "l1", menuKey: "m1", digit: "1", draw: 0 };
    return made.hear({ kind: "menuChose", at, ...common, action, target });
  };
  const external = (result = "NOANSWER") =>
    made.hear({
      kind: "externalEnded",
      ...{ at: T0, call: "1", channel: "ch-1", lineKey: "l1", trunkKey: "t1", result, draw: 0 },
    });
  return { ...made, chose, external };
}

const stepOf = ({ effects }: { effects: readonly object[] }) =>
  (effects[0] as { step?: object } | undefined)?.step;
const ruleOf = ({ events }: { events: readonly object[] }) =>
  (events.at(-1) as { because?: { rule: string; text: string } } | undefined)?.because;

t.test("IVR-02 the menu goes before the hours, the owner and the queue, once", (t) => {
  const closed = { zone: "Europe/Moscow", week: [{ days: [7] as const, from: "00:00", to: "01:00" }] };
  const goes = (change: Partial<Line>) => scene(change).arrive("1", { owner: "anna" }).goes;
  t.equal(goes({ menu: main }), "menu m1");
  t.equal(goes({ menu: main, hours: closed }), "menu m1");
  t.equal(goes({ menu: { ...main, when: "open" } }), "menu m1");
  t.equal(goes({ menu: { ...main, when: "open" }, hours: closed }), "ending out-of-hours");
  t.equal(goes({ menu: { ...main, when: "closed" }, hours: closed }), "menu m1");
  t.equal(goes({ menu: { ...main, when: "closed" } }), "offer a-anna");
  t.end();
});

t.test(
  "IVR-05 what was chosen is obeyed: the agent first, the group's own people, and the number alone",
  (t) => {
    const first = scene({ menu: main });
    first.arrive("1");
    t.match(stepOf(first.chose("agent", "a-boris")), { kind: "offer", phone: "a-boris" });
    t.match(
      stepOf(first.ringOut("1", "boris")),
      { kind: "offer", phone: "a-anna" },
      "then the queue, as after an owner",
    );

    const group = scene({ menu: main });
    group.arrive("1", { owner: "anna" });
    const chosen = group.chose("queue", "q2");
    t.match(stepOf(chosen), { kind: "offer", phone: "a-boris" }, "the owner does not serve that group");
    t.match(chosen.events.at(-1), { queue: "g" });

    const number = scene({ menu: main });
    number.arrive("1");
    t.match(stepOf(number.chose("external", NUMBER)), { kind: "external", number: NUMBER, trunkKey: "t1", callerId: "+74950000101" }); // biome-ignore format: one case.
    const ended = number.external("BUSY");
    t.match(stepOf(ended), { kind: "ending", name: "no-answer" }, "nobody in the house is rung for it");
    t.match(ruleOf(ended), { rule: "IVR-05" });

    const gone = scene({ menu: main });
    gone.arrive("1");
    t.match(
      stepOf(gone.chose("queue", "q9")),
      { kind: "offer", phone: "a-anna" },
      "a queue that is gone: the line's",
    );
    t.end();
  },
);

t.test("FWD-04, D-08, D-44 forwarding: attempts, then the prompt; what is not proved is not called", (t) => {
  const away = [agent("Anna", { state: "offline" })];
  const one = (verified: boolean) =>
    scene({ outside: outside({ mode: "number", number: NUMBER, verified, attempts: 2 }) }, away);
  const proved = one(true);
  t.equal(proved.arrive("1").goes, `external ${NUMBER} by t1`);
  t.match(stepOf(proved.external()), { kind: "external", number: NUMBER });
  t.match(stepOf(proved.external()), { kind: "ending", name: "no-answer" });
  const doubtful = one(false).arrive("1");
  t.equal(doubtful.goes, "ending no-answer");
  t.match(doubtful.because?.text, /not verified/);
  const without = scene(
    { outside: outside({ mode: "number", number: NUMBER, verified: true, attempts: 1 }) },
    away,
    [],
  );
  t.match(without.arrive("1").because?.text, /no trunk/);
  t.end();
});

t.test("FWD-03, law L7 an agent who is called outside is offered nothing else meanwhile", (t) => {
  const own = { number: NUMBER, approved: true };
  const made = scene({ outside: outside({ mode: "agents", attempts: 1 }) }, [
    agent("Anna", { ownNumber: own }),
  ]);
  made.arrive("1");
  t.match(stepOf(made.ringOut("1", "anna")), { kind: "external", number: NUMBER });
  t.equal(made.arrive("2").goes, "queue q1", "the second caller waits");
  made.external();
  t.equal(made.floor.agents.get("anna")?.call, undefined, "and is free again");
  t.end();
});
