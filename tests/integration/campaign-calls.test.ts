/**
 * Campaigns dialled on a real Asterisk, with people of every kind behind a carrier. What must not happen: a number
 * dialled twice, a live person in silence, an attempt without an ending.
 */
import t from "tap";
import { Dialling, dialledBy } from "../support/dialling.ts";
import type { Scene } from "../support/scene.ts";
import { sceneOfFile } from "../support/scene-file.ts";

const scene: Scene = await sceneOfFile();
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());

t.test("L8 each ending comes from Asterisk's record; nobody is dialled twice", async (t) => {
  const agent = await scene.agent("Caller");
  const line = await scene.line([agent]);
  const far = await dialling.carrier({
    "791601": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 },
    "791602": { does: "refuse", status: 486, afterMs: 200 },
    "791603": { does: "refuse", status: 603 },
    "791604": { does: "refuse", status: 404 },
    "791605": { does: "refuse", status: 480 },
    "791606": { does: "refuse", status: 503 },
    "791607": { does: "ring" },
    "791608": { does: "early-media" },
  });
  const phone = await dialling.ready(agent);
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8].map((kind) => `+79160${kind}00001`);
  const campaign = await dialling.campaign(line, [agent], numbers);
  await dialling.move(campaign, "running");
  const attempts = await dialling.settled(campaign, 8, 90_000);
  t.same(Object.fromEntries(attempts.map(({ number, ending }) => [number.slice(0, 7), ending])), {
    "+791601": "answered",
    "+791602": "busy",
    "+791603": "rejected",
    "+791604": "not_in_service",
    "+791605": "no_answer",
    "+791606": "failed",
    "+791607": "no_answer",
    "+791608": "no_answer",
  });
  t.same([...dialledBy(far).values()], [1, 1, 1, 1, 1, 1, 1, 1], "each number once");
  const answered = attempts.find(({ ending }) => ending === "answered");
  t.equal(answered?.agent_id, agent.id);
  const heard = (answered?.connected_at?.getTime() ?? 0) - (answered?.answered_at?.getTime() ?? 0);
  t.comment(`live answer to agent: ${heard} ms`);
  t.ok(heard >= 0 && heard <= 1000, "the agent is there within a second");
  t.ok(phone.has("rings"), "by their own phone");
  const call = await scene.get(`/v1/calls/${answered?.call_id}`);
  t.match(call, { type: "outbound", ending: "answered", agentId: agent.id, to: { e164: answered?.number } });
});
