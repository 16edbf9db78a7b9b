/**
 * Agents who keep a line open on a real Asterisk: a campaign's customers come by it, one after the other, and the
 * agent's phone rings once. What must not happen: a second ring, a customer for whom the line is gone, two customers
 * who are one call, a customer who is lost with the one who held them.
 */
import { dirname } from "node:path";
import t from "tap";
import type { PhoneBehaviour } from "../../apps/peers/scenarios.ts";
import { FAR_ADDRESS, PHONE_ADDRESS, type SippPeer } from "../../apps/peers/sipp.ts";
import { OPEN_POLICY } from "../support/campaigns.ts";
import { Dialling, dialledBy } from "../support/dialling.ts";
import type { Scene, TestAgent } from "../support/scene.ts";
import { rings, sceneOfFile } from "../support/scene-file.ts";
import { channelOf, toneShare } from "../support/sound.ts";
import { until } from "../support/until.ts";
import { voice } from "../support/voice.ts";

const scene: Scene = await sceneOfFile();
const dialling = new Dialling(scene);
t.teardown(() => dialling.close());
/** Nobody is called a second time. */
const ONCE = JSON.stringify({ ...OPEN_POLICY, retry: {} });
const WITH_LINE = { connect: "open-line", policy: ONCE };

const live = async (agent: TestAgent) => (await scene.get(`/v1/agents/${agent.id}`)).live;
const stands = (agent: TestAgent, open: boolean) =>
  until(
    `${agent.name}'s line is ${open ? "open" : "closed"}`,
    async () => (await live(agent))?.openLine === open,
    40_000,
  );

/** Signs in and opens the line. */
async function withLine(agent: TestAgent, behaviour: Partial<PhoneBehaviour> = {}) {
  const phone = await dialling.ready(agent, behaviour);
  await scene.must("POST", `/v1/agents/${agent.id}/open-line`);
  await stands(agent, true);
  return phone;
}

/** Whether this customer has hung up. */
const left = (far: SippPeer, number: string): boolean =>
  far.notes().some(({ text }) => /^left (?!by)/.test(text) && text.includes(number));

/** How long after the answer the way to the agent's conference was there, by Asterisk's record. */
async function heardAfterMs(call: string, answeredAt: Date | null): Promise<number> {
  const rows = await dialling.db
    .selectFrom("call_event")
    .select(["at", "data"])
    .where("call_id", "=", call)
    .where("kind", "=", "BRIDGE_ENTER")
    .execute();
  const near = rows.filter(({ data }) => /;[12]$/.test(String((data as { channel?: string }).channel)));
  return Math.max(...near.map(({ at }) => at.getTime())) - (answeredAt?.getTime() ?? 0);
}

t.test("two customers, one after the other, on a line that rang once; then the agent hangs up", async (t) => {
  const agent = await scene.agent("Open");
  const line = await scene.line([agent]);
  await dialling.carrier({ "79171": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 } });
  const unopened = await dialling.campaign(line, [agent], ["+79171000009"], WITH_LINE);
  const phone = await withLine(agent);
  t.match(await live(agent), { status: "outbound", device: "busy", call: null }, "in no call");
  t.match(await scene.ask("POST", `/v1/agents/${agent.id}/open-line`), { status: 409 }, "one is enough");
  const campaign = await dialling.campaign(line, [agent], ["+79171000001", "+79171000002"], WITH_LINE);
  await dialling.move(campaign, "running");
  const attempts = await dialling.settled(campaign, 2, 90_000);
  t.same(
    attempts.map(({ ending, agent_id }) => [ending, agent_id]),
    [
      ["answered", agent.id],
      ["answered", agent.id],
    ],
  );
  t.equal(rings(phone), 1, "the phone rang for the line and for no customer");
  t.not(attempts[0]?.call_id, attempts[1]?.call_id);
  for (const { call_id, answered_at } of attempts) {
    t.comment(`live answer to agent: ${await heardAfterMs(call_id, answered_at)} ms`);
    const call = await scene.get(`/v1/calls/${call_id}`);
    t.match(call, { type: "outbound", ending: "answered", agentId: agent.id });
    t.ok(call.talkMs > 0, "they talked");
  }
  await until("the agent is free", async () => (await live(agent))?.call === null, 40_000);
  t.equal((await live(agent)).openLine, true, "the line is still open");

  await phone.stop();
  await scene.instance.console(`channel request hangup all`);
  await stands(agent, false);
  await until(
    "an agent without a line is on a break",
    async () => (await scene.get(`/v1/agents/${agent.id}`)).state === "break",
    40_000,
  );
  await scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "outbound" });
  await dialling.move(unopened, "running");
  const other = await scene.agent("Other");
  await withLine(other);
  const next = await dialling.campaign(line, [other], ["+79171000003"], WITH_LINE);
  await dialling.move(next, "running");
  await dialling.settled(next, 1, 90_000);
  t.same(await dialling.attempts(unopened), [], "nobody is dialled for who keeps no line open");
});

t.test(
  "the agent hangs up in a talk: the customer's call ends, and nobody else is given to them",
  async (t) => {
    const agent = await scene.agent("Leaving");
    const line = await scene.line([agent]);
    const far = await dialling.carrier({ "79172": { does: "answer", afterMs: 300 } });
    await withLine(agent);
    const campaign = await dialling.campaign(line, [agent], ["+79172000001", "+79172000002"], WITH_LINE);
    await dialling.move(campaign, "running");
    await until("they talk", async () => (await live(agent))?.call?.phase === "talking", 40_000);
    const channels: string = await scene.instance.console("core show channels concise");
    const own = channels.split("\n").find((row) => row.startsWith(`PJSIP/${agent.account.username}-`));
    await scene.instance.console(`channel request hangup ${own?.split("!")[0]}`);
    const attempts = await dialling.settled(campaign, 1, 60_000);
    t.match(attempts[0], { ending: "answered", agent_id: agent.id });
    await stands(agent, false);
    await until(
      "the agent is on a break",
      async () => (await scene.get(`/v1/agents/${agent.id}`)).state === "break",
      40_000,
    );
    t.equal(dialledBy(far).size, 1, "the second number is not dialled");
    await dialling.move(campaign, "stopped");
  },
);

t.test("who waits while the only line is in use hears who called; who signs out has no line", async (t) => {
  const agent = await scene.agent("Single");
  const line = await scene.line([agent]);
  await dialling.carrier({
    "79173": { does: "answer", afterMs: 300, hangUpAfterMs: 12_000 },
    "79174": { does: "answer", afterMs: 2500 },
  });
  await withLine(agent);
  const campaign = await dialling.campaign(line, [agent], ["+79173000001", "+79174000001"], {
    ...{ ...WITH_LINE, mode: "power", ratio: 2 },
  });
  await dialling.move(campaign, "running");
  const attempts = await dialling.settled(campaign, 2, 90_000);
  t.same(Object.fromEntries(attempts.map(({ number, ending }) => [number.slice(0, 6), ending])), {
    "+79173": "answered",
    "+79174": "abandoned",
  });
  t.ok(attempts.find(({ ending }) => ending === "abandoned")?.message_played_at, "with the message");
  await scene.must("POST", `/v1/agents/${agent.id}/sign-out`, {});
  await stands(agent, false);
  await until("their phone is on the hook", async () => (await live(agent))?.device === "idle", 40_000);
});

t.test(
  "L1 L2 the engine dies: the talk goes on, the next comes by the line, which is known again later",
  async (t) => {
    const agent = await scene.agent("Steady");
    const line = await scene.line([agent]);
    const far = await dialling.carrier({
      "79175": { does: "answer", afterMs: 300, hangUpAfterMs: 9000 },
      "79176": { does: "answer", afterMs: 300, hangUpAfterMs: 1500 },
      "79177": { does: "answer", afterMs: 13_000, hangUpAfterMs: 1500 },
    });
    const phone = await withLine(agent);
    const numbers = ["+79175000001", "+79177000001", "+79176000001"];
    const campaign = await dialling.campaign(line, [agent], numbers, {
      ...WITH_LINE,
      mode: "power",
      ratio: 2,
    });
    await dialling.move(campaign, "running");
    await until("they talk", async () => (await live(agent))?.call?.phase === "talking", 40_000);
    await scene.instance.halt("engine");
    for (const number of ["+79175", "+79177"])
      await until(`${number} has left`, () => left(far, number), 60_000);
    await scene.instance.resume("engine");
    const attempts = await dialling.settled(campaign, 3, 120_000);
    t.same(
      attempts.map(({ ending, agent_id }) => [ending, agent_id]),
      numbers.map(() => ["answered", agent.id]),
    );
    const alone = attempts.find(({ number }) => number.startsWith("+79177"));
    t.match(await scene.get(`/v1/calls/${alone?.call_id}`), { fallback: true, agentId: agent.id });
    t.equal(rings(phone), 1, "the line was not opened again");
  },
);

t.test(
  "SOFT-02, SOFT-03, XFER-02, XFER-03, AGENT-12, REC-01 on an open line: held, muted, listened to, handed over, recorded",
  async (t) => {
    const folder = dirname(scene.place.folder);
    const { address } = scene.place.asterisk;
    const client = await voice(FAR_ADDRESS, address, 600, folder);
    const own = await voice(PHONE_ADDRESS, address, 1000, folder);
    const other = await voice(PHONE_ADDRESS, address, 1700, folder);
    const all = [client, own, other];
    t.teardown(() => {
      for (const each of all) each.close();
    });
    const [agent, colleague] = [await scene.agent("Opener"), await scene.agent("Colleague")];
    const line = await scene.line([colleague], { line: { recording: "stereo" } });
    const far = await dialling.carrier({ "79178": { does: "answer", afterMs: 300, earPort: client.port } });
    client.lend(far);
    const phone = own.lend(await withLine(agent, { earPort: own.port }));
    other.lend(await scene.onShift(colleague, { answerAfterMs: 200, earPort: other.port }));
    const idOf = async (what: string) =>
      until(
        what,
        async () => {
          const { call } = (await live(agent)) ?? {};
          return call?.phase === "talking" ? (call.id as string) : undefined;
        },
        40_000,
      );
    const ask = (id: string, what: string, body?: object) =>
      scene.must("POST", `/v1/calls/${id}/${what}`, body);
    const ended = async (id: string) => {
      const channels: string = await scene.instance.console("core show channels concise");
      for (const row of channels.split("\n"))
        if (row.startsWith("PJSIP/t"))
          await scene.instance.console(`channel request hangup ${row.split("!")[0]}`);
      const over = async () => {
        const call = await scene.get(`/v1/calls/${id}`);
        return call.endedAt ? call : undefined;
      };
      return until("the call is over", over, 40_000);
    };
    const free = async () => {
      await until("the agent is free", async () => (await live(agent))?.call === null, 40_000);
      t.equal((await live(agent)).openLine, true, "and the line is open");
    };
    const next = async (number: string) => {
      const campaign = await dialling.campaign(line, [agent], [number], WITH_LINE);
      await dialling.move(campaign, "running");
      const id = await idOf(`${agent.name} talks with ${number}`);
      await client.hears("the agent", [own], all, 30_000);
      await own.hears("the customer", [client], all, 30_000);
      return id;
    };

    const first = await next("+79178000001");
    await ask(first, "supervise", { mode: "listen", agentId: colleague.id });
    await other.hears("who listens hears both", [own, client], all, 30_000);
    await client.hears("and is not heard", [own], all);
    await scene.must("DELETE", `/v1/calls/${first}/supervise?agentId=${colleague.id}`);
    await scene.status(colleague, "available", 30_000);
    await ask(first, "mute");
    await client.hears("the agent is muted", [], all, 30_000);
    await ask(first, "unmute");
    await client.hears("and speaks again", [own], all, 30_000);
    await ask(first, "hold");
    await client.hearsMusic(all);
    await own.hears("the agent waits", [], all, 30_000);
    t.match(await live(agent), { status: "talking", openLine: true });
    await ask(first, "resume");
    await client.hears("back from hold", [own], all, 30_000);
    await ask(first, "transfer", { type: "consultation", to: { agentId: colleague.id } });
    await other.hears("a consultation by the open line", [own], all, 30_000);
    await client.hearsMusic(all);
    await ask(first, "transfer/complete");
    await client.hears("the customer has the colleague", [other], all, 30_000);
    await own.hears("and the agent an open line", [], all, 30_000);
    await free();
    t.match(await ended(first), { agentId: colleague.id, ending: "answered", transfers: 1 });
    const recording = await until(
      "it is recorded",
      async () => (await scene.get(`/v1/calls/${first}`)).recording,
    );
    const wav = Buffer.from(
      await (
        await fetch(`${scene.instance.url}${recording.audio}`, {
          headers: { authorization: `Bearer ${scene.instance.secrets.adminApiKey}` },
        })
      ).arrayBuffer(),
    );
    t.ok(toneShare(channelOf(wav, 0), client.hertz) > 0.8, "the customer on one side");
    t.ok(toneShare(channelOf(wav, 1), own.hertz) > 0.1, "on the other the agent");
    t.ok(toneShare(channelOf(wav, 1), other.hertz) > 0.1, "and the colleague");
    await scene.status(colleague, "available", 40_000);

    const second = await next("+79178000002");
    await ask(second, "transfer", { type: "blind", to: { agentId: colleague.id } });
    await client.hears("handed over without a consultation", [other], all, 30_000);
    await free();
    t.match(await ended(second), { agentId: colleague.id, transfers: 1 });
    await scene.status(colleague, "available", 40_000);

    const third = await next("+79178000003");
    await ask(third, "hold");
    await client.hearsMusic(all);
    t.equal(rings(phone), 1, "the phone rang for the line only");
    const channels: string = await scene.instance.console("core show channels concise");
    const mine = channels.split("\n").find((row) => row.startsWith(`PJSIP/${agent.account.username}-`));
    await scene.instance.console(`channel request hangup ${mine?.split("!")[0]}`);
    await client.hears("who was held by an agent who hung up gets another", [other], all, 60_000);
    await stands(agent, false);
    t.match(await ended(third), { agentId: colleague.id, ending: "answered" });
  },
);
