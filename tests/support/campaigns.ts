/** Campaigns and their lists as rows, for tests that are not about how they get there. */
import type { CampaignMode, CampaignState, Purpose } from "../../apps/core/dialling/campaign.ts";
import type { Policy } from "../../apps/core/dialling/policy.ts";
import { PRESETS } from "../../apps/core/dialling/presets.ts";
import type { Db } from "../../apps/store/database.ts";
import type { Minted } from "../../apps/store/take.ts";

let made = 0;

export interface CampaignWanted {
  readonly mode?: CampaignMode;
  readonly state?: CampaignState;
  readonly purpose?: Purpose;
  readonly policy?: Policy;
}

/** Always open, without limits: what a test is not about. */
export const OPEN_POLICY: Policy = {
  ...PRESETS["russia-service"],
  preset: "test",
  attempts: { per: "number", day: null, week: null, month: null, total: null },
  redial: { abandonedHours: 0, machineHours: 0 },
  calendar: { week: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }] },
  consentFor: [],
};

/** A running campaign on some line; returns its id. */
export async function addCampaign(db: Db, wanted: CampaignWanted = {}): Promise<string> {
  const { mode = "predictive", state = "running", purpose = "service", policy = OPEN_POLICY } = wanted;
  const line = await db.selectFrom("line").select(["id", "queue_id"]).executeTakeFirstOrThrow();
  made++;
  const { id } = await db
    .insertInto("campaign")
    .values({
      ...{ key: `c${made}`, name: `Campaign ${made}`, mode, state, purpose, line_id: line.id },
      ...{ queue_id: line.queue_id, ratio: mode === "power" ? 2 : null, policy: JSON.stringify(policy) },
      started_at: new Date(),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

export interface Listed {
  /** In the order of trying. */
  readonly phones: readonly (string | { phone: string; zone: string })[];
  readonly contactId?: string;
  readonly priority?: number;
  readonly nextAt?: number;
  readonly agentId?: string;
}

/** Puts people on a campaign's list; returns their ids in the same order. */
export async function addListed(db: Db, campaign: string, people: readonly Listed[]): Promise<string[]> {
  const ids: string[] = [];
  for (const { phones, contactId, priority = 0, nextAt = 0, agentId } of people) {
    const { id } = await db
      .insertInto("campaign_contact")
      .values({
        ...{ campaign_id: campaign, contact_id: contactId ?? null, priority, next_at: new Date(nextAt) },
        agent_id: agentId ?? null,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    const rows = phones.map((one, position) => ({
      ...{ campaign_contact_id: id, campaign_id: campaign, position },
      ...(typeof one === "string" ? { phone: one, zone: null } : one),
    }));
    if (rows.length > 0) await db.insertInto("campaign_number").values(rows).execute();
    ids.push(id);
  }
  return ids;
}

let minted = 0;

/** Names that no other attempt has. */
export function mint(): Minted {
  minted++;
  const tail = String(minted).padStart(12, "0");
  return { id: `dialled-${minted}.1`, callId: `00000000-0000-4000-9000-${tail}` };
}
