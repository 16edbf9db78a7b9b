/** A test call: from the demonstration trunk to a number that nobody has, until its record is closed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findSipp } from "../host/peers.ts";
import { ApiClient, type LiveMessage } from "../peers/client.ts";
import type { Instance } from "../peers/instance.ts";
import { callFromTrunk, type SippPeer, TRUNK_ADDRESS } from "../peers/sipp.ts";
import type { Check } from "./finding.ts";

/** Not in service anywhere: +7 000 is no area. */
const NOBODY = "+70000000000";
const CALLER = "+70000000001";
const WITHIN_MS = 20_000;

/** The call bothers no agent: the caller hears that the number is not in service. */
export function callCheck(instance: Instance): Check {
  return {
    name: "test call",
    hint: "see asterisk/log/messages.log and logs/engine.log in the data folder",
    look: async () => {
      const api = new ApiClient(instance.url, instance.secrets.adminApiKey);
      const { items } = await api.get<{ items: { addresses: string[] }[] }>("/v1/trunks");
      if (!items.some(({ addresses }) => addresses.includes(TRUNK_ADDRESS)))
        return `left out: no trunk has the address ${TRUNK_ADDRESS}`;
      return placeCall(instance, api);
    },
  };
}

async function placeCall({ config }: Instance, api: ApiClient): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "dozvon-doctor-"));
  const sipp = await findSipp(config, () => {});
  const since = performance.now();
  const ended = new Ended();
  const stop = await api.follow((message) => ended.hear(message), "calls");
  const asterisk = {
    address: config.sipBind === "0.0.0.0" ? "127.0.0.1" : config.sipBind,
    port: config.sipPort,
  };
  const caller = callFromTrunk({ sipp, folder, asterisk }, NOBODY, { from: CALLER });
  try {
    const ending = await Promise.race([ended.ending, refused(caller), late()]);
    if (ending !== "not_in_service") throw new Error(ending);
    if (!caller.has("answered")) throw new Error("the record is closed, but the caller heard nothing");
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    return `answered, announced and on record in ${seconds} s`;
  } finally {
    stop();
    await caller.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The ending of the call, once the live stream tells it. */
class Ended {
  readonly ending: Promise<string>;
  #found: (ending: string) => void = () => {};

  constructor() {
    this.ending = new Promise((resolve) => {
      this.#found = resolve;
    });
  }

  hear({ kind, data }: LiveMessage): void {
    // Such a call is over in the dialplan and never announced as arrived: its ending is what tells it.
    if (kind === "call.ended" && data.ending === "not_in_service") this.#found(String(data.ending));
  }
}

async function refused(caller: SippPeer): Promise<string> {
  const code = await caller.done;
  if (code === 0 && caller.has("answered")) return new Promise(() => {});
  return `Asterisk did not take the call (SIPp ended with ${code})`;
}

function late(): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(resolve, WITHIN_MS, `no closed record within ${WITHIN_MS / 1000} s`).unref();
  });
}
