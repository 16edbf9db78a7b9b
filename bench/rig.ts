/**
 * A whole run of a bench: an instance, the people who call and are called, and nothing left behind.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Running } from "../apps/bin/start.ts";
import { findSipp } from "../apps/host/peers.ts";
import { until } from "../tests/support/until.ts";
import { type Crowd, createCrowd } from "./crowd.ts";
import { benchConfig, type Prepared, prepareInstance } from "./instance.ts";

/** What there is while a bench measures. */
export interface Rig {
  readonly instance: Running;
  readonly crowd: Crowd;
}

/** Starts an instance with the bench's rows and files in place, measures, and leaves nothing behind. */
export async function onInstance<Result>(
  prepared: Prepared,
  measure: (rig: Rig) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "dozvon-bench-"));
  chmodSync(folder, 0o755);
  const { config, phonePort } = await benchConfig(folder);
  const instance = await prepareInstance(config, prepared);
  try {
    const sipp = await findSipp(config, console.error);
    const asterisk = `127.0.0.1:${instance.config.sipPort}`;
    return await measure({ instance, crowd: createCrowd({ sipp, folder, asterisk, phonePort }) });
  } finally {
    await instance.stop();
    if (!process.env.DOZVON_KEEP) rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits until every agent of the bench (short numbers from 9001) has this status: can take a call. */
export async function phonesFree(instance: Running, withinMs = 30_000, status = "available"): Promise<void> {
  const headers = { authorization: `Bearer ${instance.secrets.adminApiKey}` };
  const all = async (): Promise<boolean> => {
    const { items } = (await (await fetch(`${instance.url}/v1/agents`, { headers })).json()) as {
      items: { phone: string; live: { status: string } | null }[];
    };
    return items
      .filter((agent) => agent.phone.startsWith("agent-9"))
      .every((agent) => agent.live?.status === status);
  };
  await until("all phones are free", all, withinMs);
}
