/**
 * `npm run carrier`: somebody to call. A carrier of SIPp's on this machine, a trunk to it, and what becomes of each call;
 * until Ctrl-C, ten minutes at most.
 *
 *   npm run carrier
 *   npm run carrier -- --with-phones    brings the demonstration agents with SIPp phones, in the state outbound
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { findSipp } from "../host/peers.ts";
import { HostError } from "../host/problem.ts";
import { ApiClient, ApiError } from "../peers/client.ts";
import { bringCrew, voice } from "../peers/crew.ts";
import { credentialsOf, findRunning } from "../peers/instance.ts";
import type { PeerPlace, SippPeer } from "../peers/sipp.ts";
import { openTrial, TRIAL_DIGITS, TRIAL_TRUNK } from "../peers/trial.ts";

const LOOK_MS = 300;

async function main(args: readonly string[]): Promise<void> {
  const phones = args[0] === "--with-phones";
  if (args.length > (phones ? 1 : 0)) throw new HostError("usage: npm run carrier [-- --with-phones]");
  const instance = findRunning();
  const { config } = instance;
  const api = new ApiClient(instance.url, instance.secrets.adminApiKey);
  const folder = mkdtempSync(join(tmpdir(), "dozvon-carrier-"));
  const address = config.sipBind === "0.0.0.0" ? "127.0.0.1" : config.sipBind;
  const sipp = await findSipp(config, console.error);
  const place: PeerPlace = { sipp, folder, asterisk: { address, port: config.sipPort } };
  const tidy: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
  });
  try {
    const far = await openTrial(api, place, voice(config.home, "en", "customer"));
    tidy.push(() => far.stop());
    if (phones) {
      const { agents } = credentialsOf(instance);
      const speech = voice(config.home, "en", "agent");
      const crew = await bringCrew(api, place, agents, speech, { state: "outbound", answerAfterMs: 200 });
      tidy.push(() => crew.leave());
      console.log(`${agents.map(({ name }) => name).join(", ")} wait for customers`);
    }
    console.log(`the trunk «${TRIAL_TRUNK}» leads here; ${TRIAL_DIGITS}`);
    await Promise.race([tell(far), far.done, ended]);
  } finally {
    for (const step of tidy.reverse()) await step();
  }
}

/** Says what happens, as long as it happens. */
async function tell(far: SippPeer): Promise<never> {
  for (let told = 0; ; await pause(LOOK_MS)) {
    const notes = far.notes();
    for (const { at, text } of notes.slice(told))
      console.log(`${new Date(at).toISOString().slice(11, 23)} ${plain(text)}`);
    told = notes.length;
  }
}

/** `dialled sip:+79160000001 from <sip:+74950000101@…>;tag=…` without what only a SIP stack reads. */
function plain(note: string): string {
  return note.replace(/<?\[?sip:(\+?\d+)[^ ]*/g, "$1").replace(/ {2,}/g, " ");
}

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  const known = error instanceof HostError || error instanceof ApiError;
  console.error(`dozvon: ${known ? error.message : ((error as Error).stack ?? error)}`);
  process.exit(1);
}
