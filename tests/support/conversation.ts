/**
 * A cast for scenes about conversations: a customer, an operator, colleagues, each with a voice, and the operator's talk
 * with the customer as the beginning.
 */

import { dirname } from "node:path";
import type { PhoneBehaviour } from "../../apps/peers/scenarios.ts";
import { PHONE_ADDRESS, type SippPeer, TRUNK_ADDRESS } from "../../apps/peers/sipp.ts";
import type { Scene, TestAgent, TestLine } from "./scene.ts";
import { type Voice, voice } from "./voice.ts";

export interface Cast {
  readonly voices: { customer: Voice; operator: Voice; colleague: Voice; third: Voice };
  readonly all: readonly Voice[];
  close(): void;
}

/** Four voices that cannot be mistaken for each other. */
export async function cast(scene: Scene): Promise<Cast> {
  const folder = dirname(scene.place.folder);
  const { address } = scene.place.asterisk;
  const voices = {
    customer: await voice(TRUNK_ADDRESS, address, 600, folder),
    operator: await voice(PHONE_ADDRESS, address, 1000, folder),
    colleague: await voice(PHONE_ADDRESS, address, 1700, folder),
    third: await voice(PHONE_ADDRESS, address, 2300, folder),
  };
  const all = Object.values(voices);
  return {
    voices,
    all,
    close: () => {
      for (const each of all) each.close();
    },
  };
}

/** A signed-in agent whose phone has this voice. */
export async function onShift(
  scene: Scene,
  agent: TestAgent,
  own: Voice,
  behaviour: Partial<PhoneBehaviour> = {},
): Promise<SippPeer> {
  return own.lend(await scene.onShift(agent, { answerAfterMs: 200, earPort: own.port, ...behaviour }));
}

/** The customer calls and talks with the operator, who alone serves the line. */
export async function talk(
  scene: Scene,
  { voices, all }: Cast,
  operator: TestAgent,
  line: TestLine,
  from: string,
): Promise<{ id: string; customer: SippPeer }> {
  const customer = voices.customer.lend(scene.customer(line.number, { from, earPort: voices.customer.port }));
  const talking = await scene.heard(
    "the talk",
    (each) => each.kind === "call.talking" && each.data.agentId === operator.id,
  );
  await voices.customer.hears("the talk begins", [voices.operator], all);
  return { id: talking.data.id, customer };
}
