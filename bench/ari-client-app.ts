/**
 * The usual way, for comparison: npm ari-client, a channel originated to the agent, and a bridge of ours.
 */
import ariClient from "ari-client";

const [, , port, password] = process.argv;
// biome-ignore lint/suspicious/noExplicitAny: ari-client builds its objects at run time.
const ari: any = await ariClient.connect(`http://127.0.0.1:${port}`, "dozvon", password);
let next = 0;

ari.on(
  "StasisStart",
  async (
    event: { args: string[] },
    customer: { id: string; caller: { number: string }; answer(): Promise<void> },
  ) => {
    const [first = "", recording] = event.args;
    if (first === "agent") return;
    const agent = ari.Channel();
    const bridge = ari.Bridge();
    const gone = (): void => void bridge.destroy().catch(() => {});
    agent.once("StasisStart", async () => {
      try {
        await customer.answer();
        await bridge.create({ type: "mixing" });
        if (recording === "on")
          await bridge.record({ name: `bench-${process.pid}-${next++}`, format: "wav" });
        await bridge.addChannel({ channel: [customer.id, agent.id] });
      } catch {
        gone();
      }
    });
    // biome-ignore lint/suspicious/noExplicitAny: see above.
    (customer as any).once(
      "StasisEnd",
      () =>
        void agent
          .hangup()
          .catch(() => {})
          .then(gone),
    );
    // biome-ignore lint/suspicious/noExplicitAny: see above.
    agent.once("ChannelDestroyed", () => void (customer as any).hangup().catch(() => {}));
    await agent
      .originate({
        endpoint: `PJSIP/${first}`,
        app: "bench",
        appArgs: "agent",
        callerId: customer.caller.number,
      })
      .catch(() => {});
  },
);
await ari.start("bench");
process.stdout.write("ready\n");
