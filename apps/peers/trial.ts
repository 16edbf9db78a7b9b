/**
 * People to try a campaign on: behind a carrier of SIPp's, where a number's last digit says what becomes of a call.
 */
import { HostError } from "../host/problem.ts";
import { type Callees, carrierScenario } from "./carrier.ts";
import type { ApiClient } from "./client.ts";
import { carrierOf, FAR_ADDRESS, type PeerPlace, type SippPeer } from "./sipp.ts";

/** The name of the trunk to them. */
export const TRIAL_TRUNK = "Trial carrier";

/** Told to whoever starts it. */
export const TRIAL_DIGITS =
  "a number's last digit: 0, 1 or 2 somebody answers; 3 is busy; 4 declines; 5 to 9 let it ring";

/** @param speech a µ-law file that whoever answers speaks */
export function trialCallees(speech: string): Callees {
  const last = (digits: string): string => `[0-9]*[${digits}]@`;
  return {
    [last("0-2")]: {
      ...{ does: "answer", speech, over: true },
      ...{ afterMs: { from: 2000, to: 8000 }, hangUpAfterMs: { from: 6000, to: 20_000 } },
    },
    [last("3")]: { does: "refuse", status: 486 },
    [last("4")]: { does: "refuse", status: 603, afterMs: 4000 },
    [last("5-9")]: { does: "ring" },
  };
}

interface Trunk {
  readonly id: string;
  readonly name: string;
  readonly host: string | null;
}

/**
 * The carrier, and a trunk to it: the one of a former trial, or a new one.
 * @throws HostError when another trunk dials: campaigns of a company that works are nobody's trial
 */
export async function openTrial(api: ApiClient, place: PeerPlace, speech: string): Promise<SippPeer> {
  const { items } = await api.get<{ items: Trunk[] }>("/v1/trunks");
  const real = items.find(({ name, host }) => host !== null && name !== TRIAL_TRUNK);
  if (real)
    throw new HostError(
      `the trunk ${real.name} places real calls; a trial is for an instance without a carrier.`,
    );
  const far = carrierOf(place, carrierScenario(trialCallees(speech)));
  try {
    const before = items.find(({ name }) => name === TRIAL_TRUNK);
    if (before) await api.send("PATCH", `/v1/trunks/${before.id}`, { port: far.port });
    else {
      const made = { name: TRIAL_TRUNK, addresses: [FAR_ADDRESS], host: FAR_ADDRESS, port: far.port };
      await api.send("POST", "/v1/trunks", made);
    }
    return far;
  } catch (error) {
    await far.stop();
    throw error;
  }
}
