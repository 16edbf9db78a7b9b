/** Tests that run beside each other do not take each other's ports: SIPp ends with 254 when one is taken. */
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { home } from "../../apps/home.ts";
import { peerPortsIn, socketsAt, takePort } from "../../apps/peers/sipp.ts";
import { freePorts, peerPorts, rtpPorts } from "../support/ports.ts";

t.test("each test program has a range of its own", async (t) => {
  const [services, rtp, peers] = [await freePorts(6), await rtpPorts(), await peerPorts()];
  t.equal(new Set(services).size, 6);
  t.ok(services.every((port) => port < rtp.from) && rtp.to < peers.from);
  t.equal(rtp.from % 2, 0, "RTP begins at an even port (RFC 3550, 11)");

  const code = `import(${JSON.stringify(join(home, "dist/tests/support/ports.js"))})
    .then((ports) => ports.peerPorts()).then(({ from }) => console.log(from))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", code]);
  t.ok(Number(stdout) > 0, "another program has one too");
  t.not(Number(stdout), peers.from, "which is not this one's");
});

t.test("a peer is not given a port that somebody has", async (t) => {
  const { from } = await peerPorts();
  const taken = createSocket("udp4");
  t.teardown(() => taken.close());
  await new Promise<void>((resolve) => taken.bind(from + 6, "127.0.0.3", resolve));
  peerPortsIn({ from, to: from + 15 });
  t.same([takePort(), takePort(), takePort()], [from, from + 8, from + 12]);
  t.equal(takePort(), from, "after the last one it begins again");
  const sockets = socketsAt("127.0.0.2", from);
  t.equal(sockets[sockets.indexOf("-ci") + 1], "127.0.0.2", "nothing is taken at all addresses");
});
