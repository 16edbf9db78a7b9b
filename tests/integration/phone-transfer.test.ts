/**
 * A phone's own transfer after a consultation (REFER with Replaces), on a real Asterisk: the same record and the same
 * rules as a transfer from the workplace.
 */
import t from "tap";
import { colleagueCalls } from "../../apps/peers/sipp.ts";
import { cast, onShift, talk } from "../support/conversation.ts";
import { dialogOf, transferAfterConsultation } from "../support/refer.ts";
import { openScene, type Scene, type TestAgent } from "../support/scene.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
t.setTimeout(240_000);

const scene: Scene = await openScene();
const company = await cast(scene);
const { customer: client, operator: own, colleague, third } = company.voices;
const { all } = company;
t.teardown(async () => {
  company.close();
  await scene.close();
});
t.afterEach(async () => {
  await scene.clear();
  scene.live.length = 0;
});

const live = async (agent: TestAgent) => (await scene.get(`/v1/agents/${agent.id}`)).live;

/** The operator's phone calls the colleague beside the talk with the customer, and presses its transfer key. */
async function transferOnThePhone(from: string, change: object = {}) {
  const [operator, other, spare] = [
    await scene.agent("Operator"),
    await scene.agent("Colleague"),
    await scene.agent("Spare"),
  ];
  if (Object.keys(change).length > 0) await scene.must("PATCH", `/v1/agents/${other.id}`, change);
  const line = await scene.line([operator, spare]);
  const phone = await onShift(scene, operator, own, { tellsDialog: true });
  const { id, customer } = await talk(scene, company, operator, line, from);
  await onShift(scene, other, colleague);
  await onShift(scene, spare, third);
  const second = scene.keep(
    colleagueCalls(scene.place, operator.account, other.shortNumber, { hangUpAfterMs: 60_000 }),
  );
  await until("the colleague talks with the operator", async () => (await live(other)).status === "talking");
  const { call } = await live(operator);
  const me = `sip:${operator.account.username}@${scene.place.asterisk.address}`;
  const talkDialog = { dialog: await dialogOf(phone), me, port: phone.port };
  const answer = await transferAfterConsultation(scene.place.asterisk, talkDialog, await dialogOf(second));
  return { id, customer, operator, other, spare, answer, during: call };
}

t.test(
  "SOFT-13, XFER-01, XFER-03 a phone's own transfer after a consultation: one record, the colleague has the call, the operator is free",
  async (t) => {
    const from = "+79165580001";
    const { id, operator, other, spare, answer, during } = await transferOnThePhone(from);
    t.equal(answer, 202);
    t.equal(during?.id, id, "while consulting, the operator was in the customer's call");
    await client.hears("the colleague", [colleague], all);
    await colleague.hears("and the colleague the client", [client], all);
    await until("the operator is free", async () => (await live(operator)).status === "available");
    const now = await live(other);
    t.match(now, { status: "talking", call: { id, phase: "talking" } }, "the call is the colleague's");
    t.equal((await live(spare)).status, "available", "nobody else was rung");
    await scene.must("POST", `/v1/calls/${id}/hold`);
    await client.hearsMusic(all);
    await scene.must("POST", `/v1/calls/${id}/resume`);
    await client.hears("the workplace goes on with it", [colleague], all);
    await scene.must("POST", `/v1/calls/${id}/hang-up`);
    const record = await scene.record(from);
    t.match(record, { id, agentId: other.id, firstOfferedId: operator.id, transfers: 1, ending: "answered" });
    const { parts } = await scene.get(`/v1/calls/${id}`);
    const talks = parts.filter((part: { kind: string }) => part.kind === "talk");
    t.match([talks[0].agentId, talks.at(-1).agentId], [operator.id, other.id]);
    t.match(JSON.stringify((await scene.why(id)).decisions), /on the phone, after a consultation/);
    await until("the colleague is free", async () => (await live(other)).status === "available");
  },
);

t.test(
  "XFER-05 a phone cannot leave a customer with who talks to colleagues only: the line takes the customer back",
  async (t) => {
    const from = "+79165580002";
    const { id, operator, other, spare, answer } = await transferOnThePhone(from, { consultationOnly: true });
    t.equal(answer, 202, "Asterisk does what the phone asks");
    await until("the colleague is taken out", async () =>
      /talks to colleagues only: to the line/.test(JSON.stringify((await scene.why(id)).decisions)),
    );
    await until("somebody of the line talks with the customer", async () => {
      const line = await Promise.all([operator, spare].map(live));
      return line.some(({ status, call }) => status === "talking" && call.id === id);
    });
    t.equal((await live(other)).status, "available");
    await scene.must("POST", `/v1/calls/${id}/hang-up`);
    t.not((await scene.record(from)).agentId, other.id);
  },
);
