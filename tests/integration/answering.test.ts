/**
 * What an agent sees and does while a call rings, on a real Asterisk: the offer window, and answering from the panel.
 */
import t from "tap";
import WebSocket from "ws";
import { type LiveMessage, openScene, type Scene, type TestAgent } from "../support/scene.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
t.setTimeout(240_000);

const scene: Scene = await openScene();
t.teardown(() => scene.close());
t.afterEach(async () => {
  await scene.clear();
  scene.live.length = 0;
});

const offeredTo = (agent: TestAgent) =>
  scene.heard("the offer", (each) => each.kind === "call.offered" && each.data.agentId === agent.id);
const answer = async (id: string, key?: string) => {
  const { status, body } = await scene.ask("POST", `/v1/calls/${id}/answer`, undefined, key);
  return status === 202 ? body : `${status} ${body.code}`;
};

/** What this agent's own key hears. */
async function streamOf(agent: TestAgent): Promise<{ heard: LiveMessage[]; close(): void }> {
  const heard: LiveMessage[] = [];
  const socket = new WebSocket(`${scene.instance.url.replace("http", "ws")}/v1/stream?topics=calls,agents`, {
    headers: { authorization: `Bearer ${await scene.keyOf(agent)}` },
  });
  socket.on("message", (text) => heard.push(JSON.parse(String(text)) as LiveMessage));
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return { heard, close: () => socket.terminate() };
}

t.test(
  "ROUTE-09 the offer window: name, position, number and line of a caller who is known, else number and line; at nobody else's screen",
  async (t) => {
    const [own, other] = [await scene.agent("Own"), await scene.agent("Other")];
    const line = await scene.line([own], { queue: { answerSeconds: 30 } });
    const { name: lineName } = await scene.get(`/v1/lines/${line.id}`);
    const [mine, theirs] = [await streamOf(own), await streamOf(other)];
    t.teardown(() => [mine, theirs].map((each) => each.close()));
    const known = "+79165570010";
    const person = { name: "Мария Ивановна Соколова", position: "Chief accountant", phones: [known] };
    const { id: contactId } = await scene.must("POST", "/v1/contacts", person);
    await scene.onShift(other, { answerAfterMs: "never" });
    const phone = await scene.onShift(own, { answerAfterMs: "never" });
    const { name, position } = person;
    for (const { from, contact } of [
      { from: known, contact: { id: contactId, name, position } },
      { from: "+79165570011", contact: null },
    ]) {
      const rings = phone.notes().filter((note) => note.text.startsWith("rings")).length;
      const customer = scene.customer(line.number, { from, cancelAfterMs: 2500 });
      const shown = () =>
        mine.heard.find((each) => each.kind === "call.offered" && each.data.from === from)?.data;
      const offer = await until("the own screen shows it", shown);
      t.match(offer, { agentId: own.id, lineId: line.id, lineName, ringSeconds: 30 });
      t.same(offer.contact, contact);
      await until(
        "while the phone rings",
        () => phone.notes().filter((note) => note.text.startsWith("rings")).length > rings,
      );
      t.notOk(
        mine.heard.some((each) => each.kind === "card.open"),
        "the card opens with the answer only",
      );
      t.equal(await customer.done, 0);
      await scene.record(from);
    }
    t.notOk(
      theirs.heard.some((each) => each.topic === "calls" || JSON.stringify(each).includes(known)),
      "another agent's screen shows nothing of it",
    );
  },
);

t.test(
  "SOFT-14, SOFT-01 a call is answered by the panel's command; another agent's command does not answer it, nor one that comes too late",
  async (t) => {
    const [own, other] = [await scene.agent("Own"), await scene.agent("Other")];
    const [key, stranger] = [await scene.keyOf(own), await scene.keyOf(other)];
    const line = await scene.line([own], { queue: { answerSeconds: 30 } });
    const phone = await scene.onShift(own, { answerAfterMs: "never", answersOnTalk: true });
    const far = await scene.onShift(other, { answerAfterMs: "never", answersOnTalk: true });
    const from = "+79165570001";
    scene.customer(line.number, { from, hangUpAfterMs: 1500 });
    const { id } = (await offeredTo(own)).data;
    await until("the phone rings", () => phone.has("rings"));
    await scene.status(own, "ringing");

    t.equal(await answer(id, stranger), "403 not-yours");
    t.equal(await answer("00000000-0000-4000-8000-000000000000", key), "404 over");
    t.notOk(phone.has("asked"), "nobody asked the phone to answer");
    t.notOk(scene.live.some((each) => each.kind === "call.talking"));

    t.match(await answer(id, key), { callId: id, agentId: own.id, sent: "NOTIFY talk" });
    await scene.heard("the command", (each) => each.kind === "call.answering" && each.data.id === id);
    await scene.heard("the talk", (each) => each.kind === "call.talking" && each.data.agentId === own.id);
    t.ok(phone.has("asked to answer"), "by Asterisk's NOTIFY");
    t.notOk(far.has("rings"));
    t.equal(await answer(id, key), "409 not-ringing", "it is answered already");
    const record = await scene.record(from);
    t.match(record, { agentId: own.id, ending: "answered", transfers: 0 });
    t.match(
      (await scene.why(record.id)).decisions.map((each: { rule: string }) => each.rule),
      ["ROUTE-04", "SOFT-14"],
    );
  },
);

t.test(
  "SOFT-14 a phone that does not know the command goes on ringing, and is not shown as answered",
  async (t) => {
    const own = await scene.agent("Deaf");
    const line = await scene.line([own], { queue: { answerSeconds: 30 } });
    const phone = await scene.onShift(own, { answerAfterMs: "never" });
    const customer = scene.customer(line.number, { from: "+79165570002", cancelAfterMs: 6000 });
    const { id } = (await offeredTo(own)).data;
    await until("the phone rings", () => phone.has("rings"));
    const asked = () => answer(id);
    await until("the supervisor's command is sent", async () => typeof (await asked()) === "object");
    t.equal(await customer.done, 0, "the customer gave up");
    await until("the phone stops ringing", () => phone.has("cancelled"));
    t.notOk(scene.live.some((each) => each.kind === "call.talking"));
    await until("nothing rings any more", async () => (await answer(id)) === "409 not-ringing");
  },
);
