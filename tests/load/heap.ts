/**
 * What a Node process really holds: its heap after a full garbage collection, asked through Node's own inspector, which
 * SIGUSR1 opens in any Node process (nodejs.org/api/process.html, "Signal events"). RSS would not do: V8 collects when
 * it likes, and keeps pages it has no use for.
 */
import WebSocket from "ws";
import { until } from "../support/until.ts";

const INSPECTOR = "http://127.0.0.1:9229";

/**
 * Megabytes of objects and of buffers that are still needed. The process stands still for some ten milliseconds.
 * @throws Error when the inspector's port stays taken, or the process does not open it
 */
export async function heapMb(pid: number): Promise<number> {
  await until("port 9229 is free, where Node is debugged", async () => !(await debuggerUrl()), 30_000);
  process.kill(pid, "SIGUSR1");
  const url = await until(`process ${pid} can be asked`, debuggerUrl, 10_000);
  const socket = new WebSocket(url);
  try {
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    await ask(socket, 1, "HeapProfiler.collectGarbage");
    // Closing waits for those who are connected, so it has to come after us.
    const expression = `setTimeout(() => process._debugEnd(), 300); JSON.stringify([process.pid, process.memoryUsage()])`;
    const { result } = await ask(socket, 2, "Runtime.evaluate", { expression });
    const [asked, { heapUsed, external }] = JSON.parse(result.value);
    if (asked !== pid) throw new Error(`asked ${pid}, and ${asked} answered`);
    return Math.round((heapUsed + external) / 104_857.6) / 10;
  } finally {
    socket.terminate();
    await until("the inspector is closed", async () => !(await debuggerUrl()), 10_000);
  }
}

async function debuggerUrl(): Promise<string | undefined> {
  const response = await fetch(`${INSPECTOR}/json/list`, { signal: AbortSignal.timeout(2000) }).catch(
    () => undefined,
  );
  const [first] = response?.ok ? ((await response.json()) as { webSocketDebuggerUrl?: string }[]) : [];
  return first?.webSocketDebuggerUrl;
}

// biome-ignore lint/suspicious/noExplicitAny: the protocol's answers are read freely, as in all tests.
async function ask(socket: WebSocket, id: number, method: string, params: object = {}): Promise<any> {
  const answer = new Promise((resolve, reject) => {
    socket.on("message", (text) => {
      const message = JSON.parse(String(text));
      if (message.id === id) resolve(message.result);
    });
    socket.once("close", () => reject(new Error("the inspector hung up")));
  });
  socket.send(JSON.stringify({ id, method, params }));
  return answer;
}
