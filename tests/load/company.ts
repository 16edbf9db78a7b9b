/** The company of the soak: agents, a line with a queue, a line with a menu, and contacts with owners. */
import type { Scene, TestAgent } from "../support/scene.ts";
import { callerOf, type Kind } from "./plan.ts";

export const AGENTS = 20;
const WRAP_UP_SECONDS = 2;

/** Twenty agents, their lines, and the contacts of those who have an owner. */
export async function company(scene: Scene, counts: Readonly<Record<Kind, number>>) {
  const agents: TestAgent[] = [];
  for (let each = 1; each <= AGENTS; each++) agents.push(await scene.agent(`Agent ${each}`));
  const queue = {
    strategy: "most-idle",
    answerSeconds: 10,
    wrapUp: { mode: "limit", seconds: WRAP_UP_SECONDS },
  };
  const main = await scene.line(agents, { queue, line: { recording: "stereo" } });
  for (let index = 0; index < counts.owner; index += 20) {
    const phones = Array.from({ length: Math.min(20, counts.owner - index) }, (_, each) =>
      callerOf("owner", index + each),
    );
    const ownerId = agents[(index / 20) % AGENTS]?.id;
    await scene.must("POST", "/v1/contacts", { name: `Contact ${index}`, phones, ownerId });
  }
  return {
    agents,
    line: main,
    menuNumber: counts.menu > 0 ? await menuLine(scene, main.queueId) : main.number,
  };
}

/** Whose key 1 leads to the queue. */
async function menuLine(scene: Scene, queueId: string): Promise<string> {
  const menu = await scene.must("POST", "/v1/menus", {
    name: "Soak",
    buttons: [{ digit: "1", action: { type: "queue", queueId } }],
    fallback: { type: "queue", queueId },
  });
  const number = "+74951009999";
  await scene.must("POST", "/v1/lines", {
    ...{ number, name: "Menu", queueId, recording: "stereo", menuId: menu.id, menuWhen: "always" },
    prompts: { arrival: "none", waiting: "none" },
  });
  return number;
}
