/**
 * Between a softphone and the door: baresip asks for the path / and cannot be told to trust our certificate, so it
 * speaks plain WebSocket to us, and we ask for /ws and speak TLS to the door.
 */
import { type AddressInfo, createServer } from "node:net";
import { connect } from "node:tls";

/** Listens on loopback; `close` cuts everybody off. */
export async function relayTo(wssPort: number) {
  const open = new Set<{ destroy(): void }>();
  const server = createServer((phone) => {
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
