/** A carrier that wants digits only is given no plus, whatever the call is for: neither in the number nor in what is shown. */
import t from "tap";
import type { Callback, Trunk } from "../../apps/core/floor.ts";
import { dialThrough } from "../../apps/core/outgoing/trunk.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

const carrier: Trunk = { id: "t", key: "t1", name: "Carrier", dials: true };
const digits: Trunk = { ...carrier, numberFormat: "digits" };
const pbx: Trunk = { ...digits, kind: "pbx", number: "+74957770000" };
const NUMBER = "+79161112233";

function originates(trunk: Trunk) {
  const mobile = "+79167770000";
  const anna = agent("Anna", { callMode: "external", mobile });
  const { hear } = house([anna], [queue([anna])], [line()], [trunk]);
  const common = { at: T0, channel: "ch" };
  const placed = hear({
    ...{ kind: "callPlaced", ...common, call: "p", agent: "anna", to: { kind: "outside", number: NUMBER } },
  });
  const code = { code: "1234", language: "ru" } as const;
  const told = hear({ kind: "verificationAsked", ...common, call: "v", number: NUMBER, ...code });
  const callback: Callback = {
    ...{ id: "cb", call: "gone", queueId: "q", lineId: "l", number: NUMBER, keptAt: T0 },
    ...{ state: "calling", attempts: 1, nextAt: T0 },
  };
  hear({ kind: "callbacksRecovered", at: T0, callbacks: [callback] });
  const back = hear({ kind: "callbackCommitted", ...common, id: "cb", call: "b" });
  return [placed, told, back].map(({ effects }) => {
    const call = effects.find((each) => each.kind === "originate");
    return call?.kind === "originate" ? `${call.phone} ${call.callerId}` : "nobody";
  });
}

t.test("LINE-13, LINE-03, ROUTE-12 calls that we place are written as the carrier wants them", (t) => {
  t.same(originates(digits), [
    "79167770000@t1 79161112233",
    "79161112233@t1 74950000101",
    "79161112233@t1 74950000101",
  ]);
  t.same(originates(carrier), [
    "+79167770000@t1 +79161112233",
    "+79161112233@t1 +74950000101",
    "+79161112233@t1 +74950000101",
  ]);
  t.same(
    originates(pbx).slice(1),
    ["79161112233@t1 74957770000", "79161112233@t1 74957770000"],
    "LINE-06 the own PBX shows its number",
  );
  const colleague = '"Boris" <102>';
  t.equal(dialThrough(digits, NUMBER, colleague).callerId, colleague, "a name is no number");
  t.end();
});
