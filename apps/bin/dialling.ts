/** Where the dialler is joined: campaigns' rows, the engine, Asterisk's record. */

import type { Handlers } from "../commands/handlers.ts";
import type { Asker } from "../commands/port.ts";
import { listBlocked } from "../core/dialling/hindrances.ts";
import type { DiallerPorts } from "../engine/dialler/ports.ts";
import type { PreviewDeeds } from "../engine/dialler/previews.ts";
import { Dialler } from "../engine/dialler.ts";
import { readAttemptRecord, settleByRecord } from "../store/attempt-records.ts";
import { endCampaigns, loadCampaigns } from "../store/campaigns.ts";
import type { Db } from "../store/database.ts";
import { openAttempts } from "../store/open-attempts.ts";
import { addDecision, measureAbandonment, readSnapshots, saveSnapshot } from "../store/pacing.ts";
import { giveBack, openPreviews, showNext } from "../store/previews.ts";
import { listOutlook } from "../store/reads/list-outlook.ts";
import { attemptPlaced, settleAttempt } from "../store/settle.ts";
import { takeContacts } from "../store/take.ts";

interface DiallerParts extends Omit<DiallerPorts, "store" | "previews"> {
  readonly db: Db;
  /** Whether a number may be called from here at all. */
  mayDial(phone: string): boolean;
}

/** The dialler of one engine; it dials after `start`. */
export function prepareDialler({ db, mayDial, ...parts }: DiallerParts): Dialler {
  return new Dialler({
    ...parts,
    previews: {
      show: (wanted) => showNext(db, { ...wanted, mayDial }),
      open: () => openPreviews(db),
      giveBack: (id, outcome, now) => giveBack(db, id, outcome, now),
    },
    store: {
      campaigns: () => loadCampaigns(db),
      take: async (request) => (await takeContacts(db, { ...request, mayDial })).taken,
      placed: (attempt, trunkKey) => attemptPlaced(db, attempt, trunkKey),
      async settle(attempt, { ending, endedAt, record, agentId }) {
        if (record) await settleByRecord(db, attempt, record, agentId);
        else await settleAttempt(db, attempt, { ending, endedAt });
      },
      endCampaigns: async (now) => (await endCampaigns(db, now)).length > 0,
      openAttempts: () => openAttempts(db),
      recordOf: (attempt, call) => readAttemptRecord(db, attempt, call),
      snapshots: () => readSnapshots(db),
      saveSnapshot: (campaign, snapshot) => saveSnapshot(db, campaign, snapshot),
      decided: (decision) => addDecision(db, decision),
      async listBlocked(campaign, now) {
        const [hindrance] = listBlocked(await listOutlook(db, campaign, { now, mayDial }));
        return hindrance;
      },
      abandonment: (campaign, since) => measureAbandonment(db, campaign, since),
    },
  });
}

/** What happens to agents who let the time pass, as if they had done it themselves. */
export function previewsByCommands(commands: Handlers): PreviewDeeds {
  const as = (agentId: string): Asker => ({ keyId: "engine", role: "agent", agentId });
  return {
    pause: (agent) => commands["agent.state"]({ id: agent, state: "break" }, as(agent)),
    call: (id, agent) => commands["preview.call"]({ id, byItself: true }, as(agent)),
  };
}
