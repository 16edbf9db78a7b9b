/**
 * A supervisor in a conversation, and the headset test, on a real Asterisk: who hears whom.
 */
import t from "tap";
import { cast, onShift, talk } from "../support/conversation.ts";
import type { Scene } from "../support/scene.ts";
import { sceneOfFile } from "../support/scene-file.ts";
import { until } from "../support/until.ts";

const scene: Scene = await sceneOfFile();
const company = await cast(scene);
const { voices, all } = company;
const { customer: client, operator: own, third: boss } = voices;
t.teardown(() => company.close());

t.test("AGENT-12, ROLE-06 listen, whisper, barge, take over: who hears whom, and the audit", async (t) => {
  const [operator, supervisor] = [await scene.agent("Operator"), await scene.agent("Supervisor")];
  const line = await scene.line([operator]);
  await onShift(scene, operator, own);
  await onShift(scene, supervisor, boss);
  const { id, customer } = await talk(scene, company, operator, line, "+79165570001");
  const path = `/v1/calls/${id}/supervise`;
  const agentId = supervisor.id;
  t.equal((await scene.ask("PATCH", path, { mode: "barge", agentId })).status, 409, "not in the call yet");
  t.match(await scene.must("POST", path, { mode: "listen", agentId }), { id, agentId, mode: "listen" });
  await boss.hears("the supervisor hears both", [own, client], all);
  await client.hears("the client hears the operator only", [own], all);
  await own.hears("the operator hears the client only", [client], all);
  await scene.must("PATCH", path, { mode: "whisper", agentId });
  await own.hears("a whisper to the operator", [client, boss], all);
  await client.hears("which the client does not hear", [own], all);
  await scene.must("PATCH", path, { mode: "barge", agentId });
  await client.hears("the client hears the supervisor", [own, boss], all);
  await own.hears("and so does the operator", [client, boss], all);
  await scene.must("DELETE", `${path}?agentId=${agentId}`);
  await client.hears("the conversation goes on", [own], all);
  await until(
    "the supervisor is free",
    async () => (await scene.get(`/v1/agents/${agentId}`)).live.status === "available",
  );
  await scene.must("POST", path, { mode: "listen", agentId });
  await boss.hears("again", [own, client], all);
  await scene.must("POST", `/v1/calls/${id}/take-over?agentId=${agentId}`);
  await client.hears("the supervisor has the call", [boss], all);
  await boss.hears("the supervisor has the call", [client], all);
  await until(
    "the operator is free",
    async () => (await scene.get(`/v1/agents/${operator.id}`)).live.status !== "talking",
  );
  const { items } = await scene.get("/v1/audit?limit=50");
  const deeds = items.map((each: { action: string }) => each.action);
  t.ok(deeds.includes("call.supervised") && deeds.includes("call.taken-over"), deeds.join(" "));
  await customer.stop();
  await scene.instance.console("channel request hangup all");
  t.match(await scene.record("+79165570001"), { agentId: supervisor.id, firstOfferedId: operator.id });
});

t.test("ENV-03 the headset test: the agent hears the own voice", async (t) => {
  const agent = await scene.agent("Newcomer");
  const phone = await onShift(scene, agent, own);
  t.match(await scene.must("POST", `/v1/agents/${agent.id}/echo-test`), { agentId: agent.id });
  await until("the phone answers", () => phone.has("answered"));
  await until("the own voice comes back", () => own.heardOf(own, all) > 0.5, 20_000);
  t.pass();
});
