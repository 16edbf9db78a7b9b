/**
 * Browsers as phones (LINE-12) on a real Asterisk: what the door lets in, what the browser is offered, and a call.
 */
import { readFileSync, statSync } from "node:fs";
import { get as plainGet } from "node:http";
import { get as tlsGet } from "node:https";
import { join } from "node:path";
import t from "tap";
import { findWebBaresip } from "../../apps/host/peers.ts";
import { softphone } from "../../apps/peers/baresip.ts";
import { header, openBrowser } from "../support/browser.ts";
import { freePorts } from "../support/ports.ts";
import { relayTo } from "../support/relay.ts";
import { openScene, type Scene, type TestAgent } from "../support/scene.ts";
import { channelOf, toneShare, writeTone } from "../support/sound.ts";
import { until } from "../support/until.ts";

t.jobs = 1;
t.setTimeout(300_000);

const [wssPort = 0] = await freePorts(1);
const scene: Scene = await openScene({
  DOZVON_WSS_PORT: String(wssPort),
  DOZVON_STUN: "stun:stun.example.com:3478",
});
t.teardown(() => scene.close());
t.afterEach(() => scene.clear());

let nextCustomer = 1000;
const someone = (): string => `+7916777${nextCustomer++}`;

/** An agent whose phone is a browser. */
async function browserAgent(name: string): Promise<TestAgent> {
  const agent = await scene.agent(name);
  await scene.must("PATCH", `/v1/agents/${agent.id}`, { callMode: "webrtc" });
  return agent;
}

/** The status of a GET to the door. */
function status(path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = tlsGet(
      { host: "127.0.0.1", port: wssPort, path, headers, rejectUnauthorized: false, agent: false },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    request.once("upgrade", (_answer, socket) => {
      socket.destroy();
      resolve(101);
    });
    request.once("error", reject);
  });
}

const upgrade = (protocol?: string): Record<string, string> => ({
  ...{ connection: "Upgrade", upgrade: "websocket" },
  ...{ "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
  ...(protocol !== undefined && { "sec-websocket-protocol": protocol }),
});

t.test("LINE-12 the door leads to SIP over WebSocket and to nothing else of Asterisk's", async (t) => {
  const { ariPassword } = scene.instance.secrets;
  const authorization = `Basic ${Buffer.from(`dozvon:${ariPassword}`).toString("base64")}`;
  t.equal(await status("/ws", upgrade("sip")), 101);
  const ari = "/ari/asterisk/info";
  for (const path of [
    ari,
    `/ws/..${ari}`,
    `//127.0.0.1${ari}`,
    "/ws/",
    "/ws?app=dozvon",
    "/",
    "/static/index.html",
  ])
    t.equal(await status(path, { authorization }), 404, path);
  const events = `/ari/events?app=dozvon&api_key=dozvon:${ariPassword}`;
  t.equal(await status(events, upgrade("ari")), 404, "ARI's WebSocket");
  t.equal(await status("/ws"), 404, "no upgrade");
  t.equal(await status("/ws", { connection: "Upgrade", upgrade: "h2c" }), 404, "another upgrade");
  for (const protocol of [undefined, "ari", "media", "sips"])
    t.equal(await status("/ws", upgrade(protocol)), 400, `sub-protocol ${protocol}`);
  const { ariPort } = scene.instance.config;
  const inside = await fetch(`http://127.0.0.1:${ariPort}${ari}`, { headers: { authorization } });
  t.equal(inside.status, 200, "that path and password are right, on the loopback address");
  await t.rejects(
    new Promise((resolve, reject) =>
      plainGet(`http://127.0.0.1:${wssPort}/ws`, resolve).once("error", reject),
    ),
    "not without TLS",
  );
  const key = statSync(join(scene.instance.config.dataDir, "tls/self-signed.key"));
  t.equal(key.mode & 0o777, 0o600);
});

t.test("LINE-11, LINE-12 what a page needs is shown to the agent and the administrator only", async (t) => {
  const [agent, other] = [await browserAgent("Wera"), await scene.agent("Xenia")];
  const path = `/v1/agents/${agent.id}/webrtc`;
  const { status, body } = await scene.ask("GET", path, undefined, await scene.keyOf(agent));
  t.equal(status, 200);
  t.match(body, {
    websocketUrl: `wss://127.0.0.1:${wssPort}/ws`,
    sipUri: `sip:${agent.account.username}@127.0.0.1`,
    authorizationUser: agent.account.username,
    displayName: "Wera",
    realm: "dozvon",
    ha1: /^[0-9a-f]{32}$/,
    iceServers: [{ urls: ["stun:stun.example.com:3478"] }],
    codecs: ["PCMA", "PCMU", "G722"],
  });
  const { items } = await scene.get(`/v1/audit?action=agent.phone-account-shown&subjectId=${agent.id}`);
  t.match(items, [{ agentId: agent.id, role: "agent" }]);
  t.notOk(JSON.stringify(items).includes(body.ha1), "the audit holds no secret");

  t.equal((await scene.ask("GET", path, undefined, await scene.keyOf(other))).status, 404, "not a colleague");
  const { key } = await scene.must("POST", "/v1/keys", { name: "Supervisor", role: "supervisor" });
  t.equal((await scene.ask("GET", path, undefined, key)).status, 403, "no supervisor");
  const refused = await scene.ask("GET", `/v1/agents/${other.id}/webrtc`);
  t.equal(refused.status, 409);
  t.match(refused.body, { code: "not-a-browser-phone", errors: [{ field: "callMode" }] });
});

t.test("LINE-12 a browser registers, and is called with DTLS-SRTP; other phones are as before", async (t) => {
  const [agent, other] = [await browserAgent("Yana"), await scene.agent("Zoya")];
  const account = await scene.get(`/v1/agents/${agent.id}/webrtc`);
  const stranger = await openBrowser(account);
  t.equal(await stranger.register("0123456789abcdef0123456789abcdef"), 401, "a wrong password");
  t.equal((await scene.get(`/v1/agents/${agent.id}`)).live.device, "unreachable");
  stranger.close();

  const browser = await openBrowser(account);
  t.equal(await browser.register(), 200);
  await until(
    "the phone is there",
    async () => (await scene.get(`/v1/agents/${agent.id}`)).live.device === "idle",
  );
  await scene.must("POST", `/v1/agents/${agent.id}/sign-in`, {});
  await scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "inbound" });
  await scene.status(agent, "available");
  const { number } = await scene.line([agent, other]);
  const phone = await scene.onShift(other, { answerAfterMs: 100 });
  const from = someone();
  const customer = scene.customer(number, { from });
  const invite = await browser.asked("INVITE");
  t.match(invite, /^m=audio \d+ UDP\/TLS\/RTP\/SAVPF /m);
  for (const line of [
    /^a=fingerprint:SHA-256 /im,
    /^a=ice-ufrag:/m,
    /^a=candidate:.* 127\.0\.0\.1 /m,
    /^a=rtcp-mux/m,
  ])
    t.match(invite, line);
  t.match(invite, /^a=setup:actpass/m);
  t.match(header(invite, "Via"), /^SIP\/2\.0\/WSS? 127\.0\.0\.1/);
  browser.answer(invite, "486 Busy Here");
  await until("the call goes on to the colleague", () => phone.has("answered"));
  t.notMatch(await scene.instance.console(`pjsip show endpoint ${other.account.username}`), /webrtc +: yes/);
  t.match(
    await scene.instance.console(`pjsip show endpoint ${other.account.username}`),
    /media_encryption +: no\s/,
  );
  t.match(await scene.instance.console(`pjsip show endpoint ${agent.account.username}`), /webrtc +: yes/);
  await customer.stop();

  browser.close();
  await until("a closed tab is no phone", async () => {
    const { live } = await scene.get(`/v1/agents/${agent.id}`);
    return live.device === "unreachable";
  });
});

t.test("LINE-12, REC-01 a call over DTLS-SRTP and ICE: both sides are heard and recorded", async (t) => {
  const tone = writeTone(join(scene.place.folder, "..", "customer.ulaw"), 500);
  const speech = writeTone(join(scene.place.folder, "..", "agent.ulaw"), 1200);
  const agent = await browserAgent("Baresip");
  const line = await scene.line([agent]);
  const relay = await relayTo(wssPort);
  const place = {
    folder: scene.place.folder,
    baresip: await findWebBaresip(scene.instance.config, () => {}),
    asterisk: { address: "127.0.0.1", port: relay.port },
    webrtc: true,
  };
  const phone = await softphone(place, agent.account, { answer: "auto", speech });
  t.teardown(() => phone.stop().finally(relay.close));
  await scene.must("POST", `/v1/agents/${agent.id}/sign-in`, {});
  await scene.must("PUT", `/v1/agents/${agent.id}/state`, { state: "inbound" });
  await scene.status(agent, "available");
  const from = someone();
  const customer = scene.customer(line.number, { from, hangUpAfterMs: 4000, speech: tone });
  t.equal(await customer.done, 0);
  const record = await scene.record(from);
  t.match(record, { ending: "answered", agentId: agent.id });
  t.ok(phone.has("DTLS-SRTP complete"), "the media was encrypted");
  const recording = await until(
    "the recording",
    async () => (await scene.get(`/v1/calls/${record.id}`)).recording,
  );
  const headers = { authorization: `Bearer ${scene.instance.secrets.adminApiKey}` };
  const answer = await fetch(`${scene.instance.url}/v1/recordings/${recording.id}/audio`, { headers });
  const wav = Buffer.from(await answer.arrayBuffer());
  t.ok(toneShare(channelOf(wav, 0), 500) > 0.6, "the customer's voice");
  t.ok(toneShare(channelOf(wav, 1), 1200) > 0.6, "the browser's voice");
  const [heard = ""] = phone.heard();
  t.ok(toneShare(channelOf(readFileSync(heard), 0), 500) > 0.6, "the browser heard the customer");
  await scene.status(agent, "available");
});
