/** Connecting and logging in with a fresh instance of asterisk-manager, with an end to both. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import type { Manager } from "asterisk-manager";
import { AmiError } from "./ami-port.ts";

/**
 * Connects and logs in; resolves with a function that hangs up at once.
 * @throws AmiError refused (wrong login), timeout or unavailable.
 */
export function logIn(
  manager: Manager,
  port: number,
  host: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    let socket: Socket | undefined;
    const hangUp = () => (socket ? socket.destroy() : manager.disconnect());
    const failed = (kind: AmiError["kind"], text: string) => {
      clearTimeout(timer);
      reject(new AmiError(kind, "Login", text));
      hangUp();
    };
    const timer = setTimeout(() => failed("timeout", `no answer within ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener("abort", () => failed("unavailable", "closed"), { once: true });
    manager.on("error", (error) => failed("unavailable", error.message));
    manager.on("close", () => failed("unavailable", "the connection closed"));
    socket = socketOf(() =>
      manager.connect(port, host, () =>
        manager.login((error) => {
          if (error) return failed("refused", String(error.message ?? "refused"));
          clearTimeout(timer);
          resolve(hangUp);
        }),
      ),
    );
  });
}

/** The socket that the package opens inside of `open`. It keeps it to itself and can only end it politely. */
function socketOf(open: () => void): Socket | undefined {
  let found: Socket | undefined;
  const listener = (message: unknown) => {
    found ??= (message as { socket: Socket }).socket;
  };
  subscribe("net.client.socket", listener);
  try {
    open();
  } finally {
    unsubscribe("net.client.socket", listener);
  }
  return found;
}
