/** Webhooks without a network: where they may lead, how they are signed, when they are tried again. */
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import t from "tap";
import { checkDestination, checkUrl, guardedLookup, parseAllowed } from "../../apps/jobs/webhooks/address.ts";
import { PATIENCE, probeIn, retryIn } from "../../apps/jobs/webhooks/backoff.ts";
import { createPoster } from "../../apps/jobs/webhooks/post.ts";
import { message } from "../../apps/jobs/webhooks/pump.ts";
import { signedHeaders } from "../../apps/jobs/webhooks/signature.ts";

const none = parseAllowed("");
const forbidden = { name: "ForbiddenAddress" };
const resolve = (addresses: Record<string, string[]>) => async (host: string) => {
  const found = addresses[host];
  if (!found) throw new Error("ENOTFOUND");
  return found;
};

/** Spellings of places that only this machine or its network can reach. */
const FORBIDDEN = [
  ["http://127.0.0.1/", "loopback"],
  ["http://127.255.255.254:9000/", "the whole of 127/8"],
  ["http://127.1/", "short"],
  ["http://2130706433/", "decimal"],
  ["http://0x7f000001/", "hexadecimal"],
  ["http://0x7f.0.0.1/", "hexadecimal in parts"],
  ["http://0177.0.0.1/", "octal"],
  ["http://017700000001/", "octal at once"],
  ["http://１２７.0.0.1/", "full-width digits"],
  ["http://127。0。0。1/", "ideographic dots"],
  ["http://127.0.0.1./", "with a dot behind"],
  ["http://%31%32%37.0.0.1/", "percent-encoded"],
  ["http://0.0.0.0/", "this host"],
  ["http://0/", "this host, short"],
  ["http://0.1.2.3/", "this network"],
  ["http://10.0.0.1/", "private"],
  ["http://172.16.0.1/", "private"],
  ["http://172.31.255.255/", "private"],
  ["http://192.168.1.1/", "private"],
  ["http://3232235777/", "private, decimal"],
  ["http://100.64.0.1/", "carrier-grade NAT"],
  ["http://100.100.100.200/", "Alibaba's metadata"],
  ["http://169.254.169.254/latest/meta-data/", "metadata"],
  ["http://169.254.1.1/", "link-local"],
  ["http://168.63.129.16/", "Azure's metadata"],
  ["http://192.0.0.192/", "Oracle's metadata"],
  ["http://192.0.2.1/", "documentation"],
  ["http://198.18.0.1/", "benchmarking"],
  ["http://224.0.0.1/", "multicast"],
  ["http://239.255.255.250/", "multicast"],
  ["http://240.0.0.1/", "reserved"],
  ["http://255.255.255.255/", "broadcast"],
  ["http://[::1]/", "loopback"],
  ["http://[0:0:0:0:0:0:0:1]/", "loopback, long"],
  ["http://[::]/", "unspecified"],
  ["http://[::ffff:127.0.0.1]/", "IPv4-mapped"],
  ["http://[::ffff:7f00:1]/", "IPv4-mapped, hexadecimal"],
  ["http://[::ffff:10.0.0.1]/", "IPv4-mapped private"],
  ["http://[::127.0.0.1]/", "IPv4-compatible"],
  ["http://[::ffff:0:127.0.0.1]/", "IPv4-translated"],
  ["http://[64:ff9b::7f00:1]/", "NAT64"],
  ["http://[64:ff9b:1::a00:1]/", "NAT64, local"],
  ["http://[2002:7f00:1::]/", "6to4"],
  ["http://[2001:0:7f00:1::]/", "Teredo"],
  ["http://[fe80::1]/", "link-local"],
  ["http://[fc00::1]/", "unique local"],
  ["http://[fd00:ec2::254]/", "Amazon's metadata"],
  ["http://[fec0::1]/", "site-local"],
  ["http://[ff02::1]/", "multicast"],
  ["http://[2001:db8::1]/", "documentation"],
  ["http://[100::1]/", "discard"],
  ["http://[4000::1]/", "not assigned"],
] as const;

t.test("SSRF no spelling of an inner address gets through", async (t) => {
  t.ok(FORBIDDEN.length >= 40);
  for (const [url, what] of FORBIDDEN) {
    t.throws(() => checkUrl(url, none), forbidden, `${url} (${what})`);
    await t.rejects(checkDestination(url, none, resolve({})), forbidden);
  }
});

t.test("SSRF schemes, passwords and nonsense", async (t) => {
  for (const url of [
    "ftp://93.184.216.34/",
    "file:///etc/passwd",
    "gopher://93.184.216.34/",
    "javascript:alert(1)",
    "http://user@93.184.216.34/",
    "http://user:pw@93.184.216.34/",
    "http://:pw@93.184.216.34/",
    "http://93.184.216.34:0/",
    "http://",
    "//93.184.216.34/",
    "http://1.2.3.4.5/",
    "http://[fe80::1%25eth0]/",
    `https://93.184.216.34/${"a".repeat(2000)}`,
  ])
    t.throws(() => checkUrl(url, none), forbidden, url);
});

t.test("public addresses are let through", async (t) => {
  for (const url of [
    "https://93.184.216.34/hook",
    "http://8.8.8.8:8080/",
    "https://[2606:4700::1111]/",
    "http://[::ffff:8.8.8.8]/",
    "https://172.32.0.1/",
    "https://100.128.0.1/",
  ])
    t.ok(checkUrl(url, none), url);
});

t.test("SSRF a name is what it leads to, all of it", async (t) => {
  const names = resolve({
    "good.example": ["93.184.216.34", "2606:4700::1111"],
    "bad.example": ["10.0.0.1"],
    "mixed.example": ["93.184.216.34", "127.0.0.1"],
    "mapped.example": ["::ffff:192.168.0.1"],
    "metadata.example": ["169.254.169.254"],
    "six.example": ["fe80::1%eth0"],
    localhost: ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
  });
  t.equal(
    (await checkDestination("https://good.example/x#part", none, names)).href,
    "https://good.example/x",
  );
  for (const host of [
    "bad.example",
    "mixed.example",
    "mapped.example",
    "metadata.example",
    "six.example",
    "localhost",
    "localhost.",
    "missing.example",
  ])
    await t.rejects(checkDestination(`https://${host}/`, none, names), forbidden, host);
});

t.test("SSRF a name that changes after it was saved is refused at the connection", async (t) => {
  const answers = [["93.184.216.34"], ["127.0.0.1"]];
  const changing = async () => answers.shift() ?? ["127.0.0.1"];
  const url = await checkDestination("https://rebinding.example/", none, changing);
  const lookup = guardedLookup(url, none, changing);
  const error = await new Promise((found) =>
    lookup(url.hostname, { all: true }, (problem) => found(problem)),
  );
  t.match(error, forbidden);
  const good = guardedLookup(url, none, async () => ["93.184.216.34", "2606:4700::1111"]);
  const all = await new Promise((found) => good("ignored", { all: true }, (_, list) => found(list)));
  t.same(all, [
    { address: "93.184.216.34", family: 4 },
    { address: "2606:4700::1111", family: 6 },
  ]);
  const one = await new Promise((found) =>
    good("ignored", {}, (_, address, family) => found([address, family])),
  );
  t.same(one, ["93.184.216.34", 4]);
});

t.test("what the administrator allows: host and port, address, network; and nothing beside it", async (t) => {
  const allowed = parseAllowed(
    " 127.0.0.1:9000, crm.local:443 ,10.1.0.0/16, 192.168.7.7, fd00::/8,[::1]:81,,",
  );
  const names = resolve({
    "crm.local": ["192.168.1.1"],
    "other.local": ["10.1.2.3"],
    "far.local": ["10.2.0.1"],
  });
  for (const url of [
    "http://127.0.0.1:9000/",
    "https://crm.local/",
    "http://10.1.255.255/",
    "http://192.168.7.7:81/",
    "http://[fd12::1]/",
    "http://[::1]:81/",
    "http://other.local/",
    "http://[::ffff:10.1.2.3]/",
  ])
    t.ok(await checkDestination(url, allowed, names), url);
  for (const url of [
    "http://127.0.0.1:9001/",
    "http://127.0.0.2:9000/",
    "http://crm.local/",
    "http://10.2.0.1/",
    "http://192.168.7.8/",
    "http://[::1]:82/",
    "http://far.local/",
  ])
    await t.rejects(checkDestination(url, allowed, names), forbidden, url);
});

t.test("signatures are those of Standard Webhooks", async (t) => {
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  fc.assert(
    fc.property(fc.uuid(), fc.json(), (id, body) => {
      const now = new Date();
      const headers = signedHeaders(id, now, body, [secret]);
      new Webhook(secret).verify(body, headers);
      return new Webhook(secret).sign(id, now, body) === headers["webhook-signature"];
    }),
  );
  // The specification's own example.
  const headers = signedHeaders(
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    new Date(1_614_265_330_000),
    '{"test": 2432232314}',
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  );
  t.same(headers, {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

t.test("an event of more than 256 kB is not sent, and a forbidden address not connected to", async (t) => {
  const asked: string[] = [];
  const poster = createPoster({
    allowed: none,
    resolve: async (host) => {
      asked.push(host);
      return ["127.0.0.1"];
    },
  });
  t.teardown(() => poster.close());
  const failed = { delivered: false, gone: false, status: null };
  t.match(await poster.post("https://big.example/", {}, "x".repeat(256 * 1024 + 1)), {
    ...failed,
    error: /larger than 256 kB/,
  });
  t.same(asked, []);
  t.match(await poster.post("https://inner.example/", {}, "{}"), {
    ...failed,
    error: /leads to 127\.0\.0\.1/,
  });
  t.match(await poster.post("http://169.254.169.254/", {}, "{}"), {
    ...failed,
    error: /not a public address.*DOZVON_WEBHOOK_ALLOW/,
  });
  t.same(asked, ["inner.example"]);
});

t.test("the message is the same in every attempt", async (t) => {
  const at = new Date(0);
  const event = { type: "call.closed", at, callId: "c", sequence: 3, data: { sequence: 9, a: 1 } };
  t.same(message(event), {
    type: "call.closed",
    timestamp: "1970-01-01T00:00:00.000Z",
    data: { a: 1, callId: "c", sequence: 3 },
  });
});

t.test(
  "back-off grows, is spread, and ends after four hours; a receiver is tried every half minute",
  async (t) => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => retryIn(PATIENCE, n, 0.5));
    t.same(waits, [5000, 15_000, 45_000, 135_000, 405_000, 1_215_000, 3_600_000, 3_600_000]);
    t.same(
      [0, 1].map((chance) => retryIn(PATIENCE, 1, chance)),
      [4000, 6000],
    );
    t.equal(PATIENCE.lifeMs, 4 * 3_600_000);
    t.same(
      [3, 4, 5, 6, 7, 8, 9, 1000].map((n) => probeIn(PATIENCE, n, 0.5)),
      [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000],
    );
    t.ok(probeIn(PATIENCE, 1000, 1) < 60_000, "N7: within 60 s of its return");
  },
);
