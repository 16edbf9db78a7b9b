/** What campaigns hold on to: a line, a queue, a sound or a trunk that one uses cannot be deleted. */
import type { Db } from "../store/database.ts";
import { campaignUsing } from "../store/reads/campaigns.ts";
import { CommandProblem } from "./port.ts";

/** @throws CommandProblem 409 `campaign-uses` naming the campaign */
export async function requireNoCampaign(
  trx: Db,
  what: "line" | "queue" | "sound" | "trunk",
  id: string,
): Promise<void> {
  const name = await campaignUsing(trx, what, id);
  if (name !== undefined)
    throw new CommandProblem(409, "campaign-uses", `the campaign «${name}» uses this ${what}`);
}
