/** The demonstration's agents come for the next call, whatever the one before left them with. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { ApiClient } from "../../apps/peers/client.ts";
import { available } from "../../apps/peers/crew.ts";

t.test("a wrap-up of the call before is completed, not waited for", async (t) => {
  const asked: string[] = [];
  let completed = false;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    asked.push(`${request.method} ${request.url} ${body}`);
    if (request.method === "POST") completed = true;
    const call = { id: "c", phase: "wrap-up" };
    const agent = { live: completed ? { status: "available", call: null } : { status: "wrap-up", call } };
    const topics = {
      items: [
        { id: "old", archived: true },
        { id: "new", archived: false },
      ],
    };
    response.end(JSON.stringify(request.url === "/v1/topics" ? topics : agent));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  await available(new ApiClient(`http://127.0.0.1:${port}`, "key"), { id: "anna", name: "Anna" });
  t.same(
    asked.filter((each) => each.startsWith("POST")),
    ['POST /v1/calls/c/complete {"agentId":"anna","topicIds":["new"]}'],
  );
});
