/** A receiver of webhooks (or any POST) on loopback that keeps what it gets and answers as it is told. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What we answered; `hang`: nothing. */
  readonly answered: number | "hang";
}

export interface Sink {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  /** Decides every answer from now on; a redirect leads to `/elsewhere`. */
  answer(how: (request: Omit<Received, "answered">) => number | "hang"): void;
  close(): Promise<void>;
}

export async function openSink(): Promise<Sink> {
  const received: Received[] = [];
  let how: (request: Omit<Received, "answered">) => number | "hang" = () => 204;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const got = {
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(parts).toString("utf8"),
      };
      const answered = how(got);
      received.push({ ...got, answered });
      if (answered === "hang") return;
      response.writeHead(answered, answered >= 300 && answered < 400 ? { location: "/elsewhere" } : {});
      response.end("internal text of the receiver");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer(next) {
      how = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
