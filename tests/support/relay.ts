/** For softphones that cannot say the path /ws: takes their connections and asks for that path in their place. */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";

/** Listens on loopback with the instance's own certificate; `close` cuts everybody off. */
export async function relayTo(wssPort: number, certificate: { cert: string; key: string }) {
  const open = new Set<{ destroy(): void }>();
  const identity = { cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) };
  const server = createServer(identity, (phone) => {
    const door = connect({ host: "127.0.0.1", port: wssPort, rejectUnauthorized: false });
    for (const socket of [phone, door]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        phone.destroy();
        door.destroy();
      });
    }
    phone.once("data", (first: Buffer) => {
      door.write(first.toString("latin1").replace(/^GET \/ /, "GET /ws "), "latin1");
      phone.pipe(door);
      door.pipe(phone);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close(): void {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
