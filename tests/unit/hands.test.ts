/** What Asterisk does not carry out, the core hears of. */
import t from "tap";
import { createHands, type Tools } from "../../apps/asterisk/hands.ts";
import type { Step } from "../../apps/core/effects.ts";
import type { Input } from "../../apps/core/inputs.ts";
import { until } from "../support/until.ts";

const STEP: Step = { kind: "offer", phone: "a-anna", seconds: 20, record: "off", announce: false };
const nothing = async (): Promise<never> => {
  throw new Error("not asked for");
};

t.test("ROUTE-05 a caller who could not be taken to the owner is decided about again", async (t) => {
  const heard: Input[] = [];
  const warnings: string[] = [];
  const tools: Tools = {
    ari: {} as Tools["ari"],
    members: { pause: nothing },
    mover: {
      redirect: async () => {
        throw new Error("AMI is away");
      },
      nudge: nothing,
      mute: nothing,
    },
    probe: {} as Tools["probe"],
    asker: {} as Tools["asker"],
    hear: (input) => heard.push(input),
  };
  const log = {
    debug() {},
    info() {},
    error() {},
    warn: (_: object, text: string) => void warnings.push(text),
  };
  createHands(tools, log).perform({ kind: "continue", call: "1", channel: "c", step: STEP, elsewhere: true });
  await until("it is heard", () => heard.length > 0);
  t.match(heard, [{ kind: "stepRefused", call: "1" }]);
  t.match(warnings, [/was not moved/]);
});
