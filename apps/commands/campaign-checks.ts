/** Whether a campaign makes sense as a whole, and which field does not. */

import type { Policy } from "../core/dialling/policy.ts";
import { policyProblems } from "../core/dialling/policy-problems.ts";
import { BY_ITSELF } from "../core/dialling/preview.ts";
import type { Db } from "../store/database.ts";
import { ownAmong } from "../store/reads/own-numbers.ts";
import { soundIds } from "../store/reads/sounds.ts";
import type { CampaignFields } from "./campaign-ports.ts";
import { checkName, isId, required } from "./context.ts";
import { CommandProblem } from "./port.ts";

/** A campaign as it would be: all fields, the policy complete. */
export type WholeCampaign = Omit<CampaignFields, "policy"> & { readonly policy: Policy };

/** @throws CommandProblem 422 naming the first field that is wrong */
export async function checkCampaign(trx: Db, campaign: WholeCampaign): Promise<void> {
  checkName(campaign.name);
  checkModes(campaign);
  const [problem] = policyProblems(campaign.policy, campaign);
  if (problem) throw new CommandProblem(422, "policy", problem.message, problem.field);
  await checkReferences(trx, campaign);
}

/**
 * Nobody is shown a number that is not ours to show (LINE-04; 16 CFR 310.4(a)(8)).
 * @param known numbers that were looked at before: a proof that lapsed meanwhile does not stop another change
 * @throws CommandProblem naming the number
 */
export async function checkCallerNumbers(
  trx: Db,
  numbers: readonly string[],
  { known = [], status = 422 }: { known?: readonly string[]; status?: 409 | 422 } = {},
): Promise<void> {
  const own = await ownAmong(trx, numbers);
  numbers.forEach((number, index) => {
    if (own.has(number) || known.includes(number)) return;
    const text = `${number} is not the number of a line, and nobody has proved lately that it is the company's (POST /v1/numbers/verifications)`;
    throw new CommandProblem(status, "not-own", text, `callerNumbers.${index}`);
  });
}

function checkModes(campaign: WholeCampaign): void {
  const { mode, ratio, amd, announcementSoundId, announcement, wrapUp, policy } = campaign;
  checkPreview(campaign);
  if (mode === "power" && ratio === null)
    throw new CommandProblem(422, "incomplete", "how many calls for each free agent?", "ratio");
  if (mode === "agentless" && announcementSoundId === null)
    throw new CommandProblem(422, "incomplete", "what is announced?", "announcementSoundId");
  if (wrapUp?.mode === "limit" && wrapUp.seconds === undefined)
    throw new CommandProblem(422, "incomplete", "how many seconds?", "wrapUp.seconds");
  if (amd?.machine === "message" && amd.machineSoundId === null)
    throw new CommandProblem(422, "incomplete", "what is left on a machine?", "amd.machineSoundId");
  checkListening(campaign);
  const { refusalKey } = policy.abandonment;
  const own = refusalKey === null ? undefined : announcement?.keys[refusalKey];
  if (own && own.does !== "refuse")
    throw new CommandProblem(
      422,
      "clash",
      `the policy has key ${refusalKey} for those who do not want to be called`,
      `announcement.keys.${refusalKey}`,
    );
}

/** app_amd needs about 1.7 s to know a person by their greeting; what is left must be enough for an agent's phone. */
function checkListening({ amd, mode, policy }: WholeCampaign): void {
  const { clock, connectSeconds } = policy.abandonment;
  if (amd === null || clock !== "answer" || connectSeconds >= LISTENING_SECONDS) return;
  if (mode === "preview" || mode === "agentless") return;
  throw new CommandProblem(
    422,
    "policy",
    `listening for a machine takes most of the ${connectSeconds} s from the answer: let the clock be greeting-end, or amd null`,
    "policy.abandonment.clock",
  );
}
const LISTENING_SECONDS = 3;

/** A call that nobody decided about is a machine's (38-FZ art. 18(2)). */
function checkPreview({ mode, purpose, preview, policy }: WholeCampaign): void {
  if (mode !== "preview" || preview.onTimeout !== "call") return;
  if (!policy.modes[purpose].includes(BY_ITSELF))
    throw new CommandProblem(
      422,
      "policy",
      `the policy lets ${purpose} be dialled only when an agent decides`,
      "preview.onTimeout",
    );
}

async function checkReferences(trx: Db, campaign: WholeCampaign): Promise<void> {
  const has = async (table: "line" | "queue" | "agent" | "trunk", id: string): Promise<boolean> =>
    isId(id) &&
    (await trx.selectFrom(table).select("id").where("id", "=", id).executeTakeFirst()) !== undefined;
  const need = async (
    table: "line" | "queue" | "agent" | "trunk",
    id: string,
    field: string,
  ): Promise<void> => {
    if (!(await has(table, id))) required(undefined, table, field);
  };
  await need("line", campaign.lineId, "lineId");
  if (campaign.queueId !== null) await need("queue", campaign.queueId, "queueId");
  for (const [field, ids, table] of [
    ["agentIds", campaign.agentIds, "agent"],
    ["trunkIds", campaign.trunkIds, "trunk"],
  ] as const)
    for (const [index, id] of ids.entries()) {
      await need(table, id, `${field}.${index}`);
      if (ids.indexOf(id) < index)
        throw new CommandProblem(422, "twice", `this ${table} is named twice`, `${field}.${index}`);
    }
  if (campaign.queueId !== null && campaign.agentIds.length > 0)
    throw new CommandProblem(422, "clash", "the queue's agents serve it; name either", "agentIds");
  const sounds = new Set(await soundIds(trx));
  const { messageSoundId, announcementSoundId } = campaign;
  const used = { messageSoundId, announcementSoundId, "amd.machineSoundId": campaign.amd?.machineSoundId };
  for (const [field, id] of Object.entries(used))
    if (id && !sounds.has(id)) required(undefined, "sound", field);
}
