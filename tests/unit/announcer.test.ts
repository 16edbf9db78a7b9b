import t from "tap";
import type { Input } from "../../apps/core/inputs.ts";
import { createAnnouncer } from "../../apps/engine/announcer.ts";
import { agent, house, T0 } from "../support/floor.ts";

/** A house whose events are announced; `said` is what screens hear. */
function announced() {
  const scene = house([agent("Anna"), agent("Boris", { state: "break" })]);
  const said: { kind: string; data: Record<string, unknown> }[] = [];
  const announcer = createAnnouncer(() => scene.floor, {
    push: (_, kind, data) => said.push({ kind, data: { ...data } }),
  });
  const tell = (events: readonly Parameters<typeof announcer.announce>[0][]): void => {
    for (const event of events) announcer.announce(event);
  };
  return {
    said,
    last: (kind: string) => said.filter((each) => each.kind === kind).at(-1)?.data,
    arrive: (call: string) => tell(scene.arrive(call).events),
    hear: (input: Input) => tell(scene.hear(input).events),
  };
}

t.test(
  "an agent is shown free again when the caller gives up, whichever of phone and record tells first",
  (t) => {
    const scene = announced();
    scene.arrive("1");
    t.match(scene.last("agent.changed"), { id: "anna", status: "ringing", callId: "1" });
    scene.hear({ kind: "deviceChanged", at: T0, phone: "a-anna", device: "ringing" });
    scene.hear({ kind: "deviceChanged", at: T0, phone: "a-anna", device: "idle" });
    t.equal(scene.last("agent.changed")?.status, "ringing");
    scene.hear({ kind: "callGone", at: T0, call: "1" });
    t.match(scene.last("agent.changed"), { id: "anna", status: "available" });
    t.end();
  },
);

t.test("an agent whose offer Asterisk refused is shown free again", (t) => {
  const scene = announced();
  scene.arrive("1");
  scene.hear({ kind: "stepRefused", at: T0, call: "1" });
  t.match(scene.last("agent.changed"), { id: "anna", status: "available" });
  t.end();
});

t.test("ROUTE-12 the number of waiting callers is told when one comes and when one is connected", (t) => {
  const scene = announced();
  scene.hear({ kind: "deviceChanged", at: T0, phone: "a-anna", device: "busy" });
  scene.arrive("1");
  t.match(scene.last("queue.changed"), { id: "q", waiting: 1 });
  scene.hear({ kind: "talkStarted", at: T0, call: "1", phone: "a-anna" });
  t.match(scene.last("queue.changed"), { id: "q", waiting: 0 });
  t.end();
});

t.test("what looks the same is not said twice", (t) => {
  const scene = announced();
  scene.arrive("1");
  const before = scene.said.length;
  scene.hear({ kind: "deviceChanged", at: T0, phone: "a-anna", device: "busy" });
  t.equal(scene.said.length, before);
  t.end();
});
