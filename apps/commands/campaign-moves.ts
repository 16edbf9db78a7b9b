/** Starting, pausing, draining and stopping a campaign. */
import type { CampaignState } from "../core/dialling/campaign.ts";
import { type Hindrance, hindrancesOf, unserved } from "../core/dialling/hindrances.ts";
import { policyProblems } from "../core/dialling/policy-problems.ts";
import { mayDial } from "../phone/allowed.ts";
import { loadCampaign } from "../store/campaigns.ts";
import type { Db } from "../store/database.ts";
import { abandonmentOf } from "../store/reads/campaign-figures.ts";
import { listOutlook, placesCalls } from "../store/reads/list-outlook.ts";
import { readSettings } from "../store/settings.ts";
import { audit } from "../store/writes/audit.ts";
import { checkCallerNumbers } from "./campaign-checks.ts";
import type { CampaignMove } from "./campaign-ports.ts";
import { campaignRow } from "./campaigns.ts";
import type { Context } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem } from "./port.ts";

/** From which states a move leads where. What is stopped or finished may be started again. */
const MOVES: Readonly<
  Record<CampaignMove, { from: readonly CampaignState[]; to: CampaignState; done: string }>
> = {
  start: { from: ["draft", "stopped", "finished"], to: "running", done: "started" },
  pause: { from: ["running"], to: "paused", done: "paused" },
  resume: { from: ["paused", "draining"], to: "running", done: "resumed" },
  drain: { from: ["running", "paused"], to: "draining", done: "drained" },
  stop: { from: ["running", "paused", "draining"], to: "stopped", done: "stopped" },
};

export function campaignMoveCommands(context: Context): Pick<Handlers, "campaign.move"> {
  // It is moved all the same; its status tells them later.
  const untold = (error: unknown): readonly Hindrance[] => {
    context.log.warn({ error: String(error) }, "What keeps a campaign from dialling is not told.");
    return [];
  };
  const { write, inTurn, engine, db } = context;
  return {
    "campaign.move": async ({ id, move }, by) => {
      const { from, to, done } = MOVES[move];
      await inTurn(async () => {
        await write(async (trx) => {
          const { state, name } = await campaignRow(trx, id);
          if (!from.includes(state))
            throw new CommandProblem(
              409,
              "wrong-state",
              `the campaign is ${state}; ${move} goes from ${from.join(" or ")}`,
            );
          if (to === "running") await requireReady(trx, id);
          await trx
            .updateTable("campaign")
            .set({
              state: to,
              ...(move === "start" && { started_at: new Date() }),
              ended_at: to === "stopped" ? new Date() : null,
            })
            .where("id", "=", id)
            .execute();
          const detail = { name, from: state, to };
          await audit(trx, {
            by,
            action: `campaign.${done}`,
            subjectType: "campaign",
            subjectId: id,
            detail,
          });
        });
        engine.settingsChanged(await readSettings(db));
      });
      return { state: to, warnings: to === "running" ? await warningsOf(context, id).catch(untold) : [] };
    },
  };
}

/** @throws CommandProblem 409 when nobody would be called, or nobody be there to talk */
async function requireReady(trx: Db, id: string): Promise<void> {
  const campaign = await loadCampaign(trx, id);
  if (!campaign) return;
  const [problem] = policyProblems(campaign.policy, campaign);
  if (problem) throw new CommandProblem(409, "policy", problem.message, problem.field);
  await checkCallerNumbers(trx, campaign.callerNumbers, { status: 409 });
  const [nobody] = unserved(campaign);
  if (nobody) throw new CommandProblem(409, nobody.code, nobody.text, nobody.field);
  const someone = await trx
    .selectFrom("campaign_contact")
    .select("id")
    .where("campaign_id", "=", id)
    .where("state", "in", ["waiting", "taken"])
    .limit(1)
    .executeTakeFirst();
  if (!someone)
    throw new CommandProblem(
      409,
      "nobody-to-call",
      "there is nobody on its list to call: POST /v1/campaigns/{id}/contacts adds people",
      "contacts",
    );
}

/** It runs now; what keeps it from dialling nevertheless. */
async function warningsOf({ db, engine, config }: Context, id: string): Promise<readonly Hindrance[]> {
  const campaign = await loadCampaign(db, id);
  if (!campaign) return [];
  const list = await listOutlook(db, campaign, {
    now: Date.now(),
    mayDial: (phone) => mayDial(phone, config),
  });
  const agents = campaign.agents.flatMap((agent) => engine.agent(agent) ?? []);
  const { percent } = await abandonmentOf(db, id, campaign.policy.abandonment, Date.now());
  const exceeded = percent !== null && percent > campaign.policy.abandonment.limitPercent;
  return hindrancesOf({ campaign, dials: await placesCalls(db, campaign), agents, list, exceeded });
}
