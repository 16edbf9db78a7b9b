/** Browsers as phones: the settings, what Asterisk's files say of them, and the certificate. */
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import t from "tap";
import { browserPhonesOf } from "../../apps/api/browser-phones.ts";
import { browserView } from "../../apps/confgen/browsers.ts";
import { loadConfig } from "../../apps/config.ts";
import { certificatePaths, ensureCertificate } from "../../apps/host/certificate.ts";
import { portsOf } from "../../apps/host/ports.ts";
import { openDoor } from "../../apps/wss/door.ts";
import { freePorts } from "../support/ports.ts";

const folder = fs.mkdtempSync(join(tmpdir(), "dozvon-browsers-"));
t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
const on = (settings: Record<string, string> = {}) =>
  loadConfig({ DOZVON_WSS_PORT: "8443", DOZVON_DATA_DIR: folder, ...settings });

t.test("LINE-12 browser phones are off until a port is named, and then on loopback", async (t) => {
  const off = loadConfig({});
  t.notOk(portsOf(off).some(({ key }) => key === "wssPort"));
  t.match(browserView(off, folder), { browsers: false });
  t.equal(browserPhonesOf(off), undefined);
  t.match(
    portsOf(on()).find(({ key }) => key === "wssPort"),
    { host: "127.0.0.1", port: 8443 },
  );
  t.throws(() => on({ DOZVON_TLS_CERT: "/etc/cert.pem" }), { message: /^tlsKey \(DOZVON_TLS_KEY\)/ });
  for (const [name, wrong] of [
    ["DOZVON_WSS_URL", "ws://pbx.example.com/ws"],
    ["DOZVON_STUN", "stun.example.com"],
    ["DOZVON_WEBRTC_CODECS", "alaw;ulaw"],
  ] as const)
    t.throws(() => on({ [name]: wrong }), { message: new RegExp(name) });
});

t.test("LINE-12 what browsers are told", async (t) => {
  t.match(browserPhonesOf(on()), { websocketUrl: "wss://127.0.0.1:8443/ws", stun: [] });
  t.match(browserPhonesOf(on({ DOZVON_PUBLIC_ADDRESS: "2001:db8::1" })), {
    websocketUrl: "wss://[2001:db8::1]:8443/ws",
  });
  const named = { DOZVON_WSS_URL: "wss://pbx.example.com/ws", DOZVON_STUN: "stun:a:3478,stun:b" };
  t.match(browserPhonesOf(on(named)), {
    websocketUrl: "wss://pbx.example.com/ws",
    stun: ["stun:a:3478", "stun:b"],
    codecs: ["alaw", "ulaw", "g722"],
  });
});

t.test("LINE-12 opus only where its modules are", async (t) => {
  const config = on({ DOZVON_WEBRTC_CODECS: "opus,alaw" });
  t.throws(() => browserView(config, folder), { message: /DOZVON_WEBRTC_CODECS.*codec_opus/ });
  for (const name of ["codec_opus_open_source.so", "res_format_attr_opus.so"])
    fs.writeFileSync(join(folder, name), "");
  t.match(browserView(config, folder), { opus: true, webrtcCodecs: "opus,alaw" });
  t.match(browserView(on(), folder), { opus: false, webrtcCodecs: "alaw,ulaw,g722" });
});

t.test("LINE-12 ICE offers the addresses that RTP can be reached at, and no others", async (t) => {
  const own = ["192.0.2.10", "10.0.0.5"];
  const ice = (settings: Record<string, string>) => {
    const { ownOnly, permitted, candidates } = browserView(on(settings), folder, own);
    return { ownOnly, permitted, candidates };
  };
  t.strictSame(ice({}), {
    ownOnly: true,
    permitted: [{ address: "127.0.0.1" }],
    candidates: [{ local: "192.0.2.10", shown: "127.0.0.1", also: "" }],
  });
  t.strictSame(ice({ DOZVON_SIP_BIND: "10.0.0.5" }), {
    ownOnly: true,
    permitted: [{ address: "10.0.0.5" }],
    candidates: [],
  });
  t.strictSame(ice({ DOZVON_SIP_BIND: "10.0.0.5", DOZVON_PUBLIC_ADDRESS: "203.0.113.1" }), {
    ownOnly: true,
    permitted: [{ address: "10.0.0.5" }, { address: "203.0.113.1" }],
    candidates: [{ local: "10.0.0.5", shown: "203.0.113.1", also: ",include_local_address" }],
  });
  t.strictSame(ice({ DOZVON_SIP_BIND: "0.0.0.0" }), { ownOnly: false, permitted: [], candidates: [] });
});

t.test("LINE-12 a certificate is made once, for us alone, or the operator's own is taken", async (t) => {
  const config = on({ DOZVON_PUBLIC_ADDRESS: "203.0.113.1", DOZVON_WSS_URL: "wss://pbx.example.com/ws" });
  const paths = certificatePaths(config);
  await ensureCertificate(config, undefined);
  const first = fs.readFileSync(paths.cert);
  t.equal(fs.statSync(paths.key).mode & 0o777, 0o600);
  const { subjectAltName = "" } = new X509Certificate(first);
  for (const name of [
    "DNS:localhost",
    "IP Address:127.0.0.1",
    "IP Address:203.0.113.1",
    "DNS:pbx.example.com",
  ])
    t.ok(subjectAltName.split(", ").includes(name), name);
  await ensureCertificate(config, undefined);
  t.same(fs.readFileSync(paths.cert), first, "not made again");

  const own = (cert: string, key: string) =>
    ensureCertificate(on({ DOZVON_TLS_CERT: cert, DOZVON_TLS_KEY: key }), undefined);
  await own(paths.cert, paths.key);
  await t.rejects(own(join(folder, "none.pem"), paths.key), { message: /^DOZVON_TLS_CERT/ });
  await t.rejects(own(paths.key, paths.cert), { message: /no PEM/ });
  const other = on({ DOZVON_DATA_DIR: join(folder, "other") });
  await ensureCertificate(other, undefined);
  await t.rejects(own(paths.cert, certificatePaths(other).key), { message: /is not the key/ });
});

t.test("LINE-12 the door asks Asterisk anew, and passes nothing on before Asterisk agrees", async (t) => {
  await ensureCertificate(on(), undefined);
  const { cert, key } = certificatePaths(on());
  const identity = { cert: fs.readFileSync(cert, "utf8"), key: fs.readFileSync(key, "utf8") };
  // An Asterisk that speaks no SIP over WebSocket, and keeps the connection open for the next request.
  const asked: string[] = [];
  const asterisk = createServer((request, response) => {
    asked.push([request.method, request.url, ...request.rawHeaders].join(" "));
    t.equal(request.socket.remoteAddress, "127.0.0.7", "no trunk's address");
    response.writeHead(404, { "content-length": 0 }).end();
  });
  await new Promise<void>((resolve) => asterisk.listen(0, "127.0.0.1", resolve));
  asterisk.on("upgrade", (request, socket, more: Buffer) => {
    if (more.length > 0) asked.push(`smuggled ${more}`);
    asked.push([request.method, request.url, ...request.rawHeaders].join(" "));
    t.equal(request.socket.remoteAddress, "127.0.0.7", "no trunk's address");
    socket.on("data", (data: Buffer) => asked.push(`smuggled ${data}`));
    setTimeout(() => socket.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), 50);
  });
  const [port = 0] = await freePorts(1);
  const asteriskPort = (asterisk.address() as AddressInfo).port;
  const door = await openDoor({
    ...{ identity, host: "127.0.0.1", port, asteriskPort },
    log: { warn: () => {} },
  });
  t.teardown(async () => {
    await door.close();
    asterisk.closeAllConnections();
    asterisk.close();
  });
  const head = [
    "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ari, sip",
    "Authorization: Basic c3RyYW5nZXI=\r\nCookie: a=b\r\n\r\n",
  ].join("\r\n");
  const answer = await new Promise<string>((resolve, reject) => {
    let text = "";
    const browser = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () =>
      browser.write(`${head}GET /ari/asterisk/info HTTP/1.1\r\nHost: x\r\n\r\n`),
    );
    browser.on("data", (data) => {
      text += String(data);
    });
    browser.once("error", reject);
    browser.once("close", () => resolve(text));
  });
  t.match(answer, /^HTTP\/1\.1 503 /);
  t.equal(asked.length, 1, "one request came to Asterisk");
  t.match(asked[0], /^GET \/ws .*Sec-WebSocket-Protocol sip( |$)/);
  t.notMatch(asked[0], /authorization|cookie|\bari\b/i, "and nothing of the stranger's with it");
});
