/**
 * For comparison: the same customers and phones, without us. Asterisk calls the customer by ARI, as the engine has it do,
 * and the dialplan dials the phone when they have answered.
 */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { shortNumbers } from "../team.ts";
import type { Place } from "./measure.ts";
import { AGENTS } from "./plan.ts";

/** The agent's phone is asked to answer by itself, as by a campaign (dialplan/68-campaign.conf). */
export const PLAIN_DIALPLAN = `; A plain Dial(), to compare with.
[bench-plain]
exten => _XXXX,1,Dial(PJSIP/agent-\${EXTEN},20,gb(bench-answering^s^1))
 same => n,Hangup(16)
[bench-answering]
exten => s,1,Set(PJSIP_HEADER(add,Call-Info)=<sip:dozvon>\\;answer-after=0)
 same => n,Set(PJSIP_HEADER(add,Alert-Info)=<sip:dozvon>\\;info=alert-autoanswer)
 same => n,Return()
`;

/** How often the phones' notes are looked at, and how long one is left alone after a call, as a campaign does. */
const LOOK_MS = 60;
/** Calls that end otherwise than with an agent's talk would be waited for in vain. */
const LONGEST_MS = 120_000;

/** Dials them all, one after the other for each agent. @param agents who gets which number: written */
export async function dialPlainly(
  { rig, phonesLog, trunk }: Place,
  numbers: readonly string[],
  agents: Map<string, number>,
): Promise<void> {
  const before = leftBy(phonesLog);
  const begun = new Map<number, number>();
  const since = Date.now();
  for (let next = 0; ; ) {
    const left = leftBy(phonesLog);
    const done = (agent: number) => (left.get(agent) ?? 0) - (before.get(agent) ?? 0);
    const free = shortNumbers(AGENTS).filter((agent) => done(agent) >= (begun.get(agent) ?? 0));
    if (next === numbers.length && free.length === AGENTS) return;
    if (Date.now() - since > LONGEST_MS) throw new Error("a plain call did not come to its end");
    for (const agent of free) {
      const number = numbers[next];
      if (number === undefined) break;
      next += 1;
      agents.set(number, agent);
      begun.set(agent, (begun.get(agent) ?? 0) + 1);
      await originate(rig.instance, `${number}@${trunk.key}`, agent);
    }
    await pause(LOOK_MS);
  }
}

/** How many talks each phone has had. */
function leftBy(log: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const [, short] of readFileSync(log, "utf8").matchAll(/left agent-(\d+)/g))
    counts.set(Number(short), (counts.get(Number(short)) ?? 0) + 1);
  return counts;
}

async function originate(
  { config, secrets }: Place["rig"]["instance"],
  phone: string,
  agent: number,
): Promise<void> {
  const query = new URLSearchParams({
    ...{ endpoint: `PJSIP/${phone}`, context: "bench-plain", extension: String(agent), priority: "1" },
  });
  const credentials = Buffer.from(`dozvon:${secrets.ariPassword}`).toString("base64");
  const response = await fetch(`http://127.0.0.1:${config.ariPort}/ari/channels?${query}`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}` },
  });
  if (!response.ok) throw new Error(`Asterisk refused a call: ${response.status} ${await response.text()}`);
}
