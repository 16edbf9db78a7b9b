/** What the doctor says of trunks. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { examine } from "../../apps/doctor/finding.ts";
import { trunkCheck } from "../../apps/doctor/trunks.ts";

t.test("a trunk that does not answer is named", async (t) => {
  const trunk = (name: string, host: string | null, state: string) => ({
    ...{ name, host, port: 5060, live: { state } },
  });
  let items = [trunk("Near", "near.example", "reachable"), trunk("Inbound", null, "unknown")];
  const server = createServer((_request, response) => void response.end(JSON.stringify({ items })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  const check = trunkCheck(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "key");
  t.match(await examine(check), { ok: true, text: /^trunks: 2 known, 1 with a host/ });
  items = [...items, trunk("Far", "far.example", "unreachable")];
  t.match(await examine(check), {
    ok: false,
    text: "trunks: unreachable: «Far» (far.example:5060)",
    hint: /OPTIONS/,
  });
});
