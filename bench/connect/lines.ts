/** Agents' open lines. */
import { until } from "../../tests/support/until.ts";
import type { Send } from "../api.ts";

interface Member {
  readonly id: string;
  readonly phone: string;
  readonly state: string;
  readonly live: { readonly openLine: boolean; readonly device: string; readonly call: object | null } | null;
}

/** Every agent opens one, or closes it and is ready for campaigns again. */
export async function allLines(send: Send, open: boolean): Promise<void> {
  const team = async (): Promise<Member[]> => {
    const { items } = await send<{ items: Member[] }>("GET", "/v1/agents");
    return items.filter(({ phone }) => phone.startsWith("agent-9"));
  };
  const stand = (what: string, as: (member: Member) => boolean) =>
    until(what, async () => (await team()).every(as), 60_000);
  await stand("nobody talks", ({ live }) => live?.call === null && live.device === (open ? "idle" : "busy"));
  for (const { id } of await team()) await send(open ? "POST" : "DELETE", `/v1/agents/${id}/open-line`);
  if (open) return stand("all lines are open", ({ live }) => live?.openLine === true).then(() => {});
  // Who closes it is on a break.
  await stand("all lines are closed", ({ state, live }) => state === "break" && live?.device === "idle");
  for (const { id } of await team()) await send("PUT", `/v1/agents/${id}/state`, { state: "outbound" });
}
