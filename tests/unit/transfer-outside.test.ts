/** A number outside that a call is handed to: through the carrier of its line, with a number that the carrier knows. */
import t from "tap";
import type { Outside, Trunk } from "../../apps/core/floor.ts";
import { agent, house, line, queue, T0 } from "../support/floor.ts";

const first: Trunk = { id: "t", key: "t1", name: "First", dials: true };
const second: Trunk = { id: "u", key: "t2", name: "Second", dials: true };
const pbx: Trunk = { id: "v", key: "t3", name: "PBX", dials: true, kind: "pbx", number: "+74957770000" };
const NUMBER = "+79161112233";
const LINES = "+74950000101";

function scene(trunks: readonly Trunk[], trunkId?: string) {
  const anna = agent("Anna");
  const outside: Outside = { trunkId, seconds: 25, callerId: "line", forward: { mode: "off" } };
  const made = house([anna], [queue([anna])], [line({ outside })], trunks);
  made.arrive("c");
  made.hear({ kind: "talkStarted", at: T0, call: "c", phone: "a-anna", channel: "ch-anna" });
  return made;
}

function handedOver(trunks: readonly Trunk[], trunkId?: string) {
  const ways = ["blind", "consultation"] as const;
  const [blind, consultation] = ways.map((type) => {
    const ask = { do: "transfer", type, to: { number: NUMBER }, acceptanceNeeded: false } as const;
    const { effects } = scene(trunks, trunkId).hear({
      ...{ kind: "conversationAsked", at: T0, call: "c", by: "anna", ask },
    });
    const [move] = effects;
    if (move?.kind !== "redirect") throw new Error("nobody was moved");
    if ("kind" in move.place && move.place.kind === "external")
      return `${move.place.trunkKey} ${move.place.callerId}`;
    return move.other?.place.extension.split("~").slice(1).join(" ");
  });
  const keyed = scene(trunks, trunkId);
  keyed.hear({ kind: "talkEnded", at: T0, call: "c", phone: "a-anna", channel: "ch-anna", gone: true });
  const { effects } = keyed.hear({
    ...{ kind: "phoneTransferred", at: T0, call: "c", channel: "ch-c", lineKey: "l1" },
    ...{ shortNumber: NUMBER.slice(1), number: NUMBER, byPhone: "a-anna", draw: 0 },
  });
  const [going] = effects;
  const step = going?.kind === "continue" && going.step.kind === "external" ? going.step : undefined;
  return { blind, consultation, key: `${step?.trunkKey} ${step?.callerId}` };
}

t.test("XFER-10, LINE-15 the carrier that the line names, for all kinds of handing over", (t) => {
  t.same(handedOver([first, second], "u"), {
    blind: `t2 ${LINES}`,
    consultation: `${LINES} to-${NUMBER}_t2_30`,
    key: `t2 ${LINES}`,
  });
  t.same(handedOver([first, pbx, second], "u").blind, `t2 ${LINES}`, "also where there is an own PBX");
  t.same(handedOver([first, second]).blind, `t1 ${LINES}`, "a line that names none: the first");
  t.end();
});

t.test("XFER-10, LINE-06 the own PBX shows its number and never the line's", (t) => {
  t.same(handedOver([first, pbx]), {
    blind: `t3 ${pbx.number}`,
    consultation: `${pbx.number} to-${NUMBER}_t3_30`,
    key: `t3 ${pbx.number}`,
  });
  t.end();
});
