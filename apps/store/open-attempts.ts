/** Campaigns' attempts that have no ending: in flight, or left behind by an engine that died. */
import { sql } from "kysely";
import type { Db } from "./database.ts";

/** What the dialplan says when no agent is wanted for a call any more (68-campaign.conf). */
const LEAVING = ["ANNOUNCED", "MACHINE", "ABANDONED"] as const;

export interface OpenAttempt {
  /** Of the channel. */
  readonly id: string;
  readonly callId: string;
  readonly campaignId: string;
  readonly campaignContactId: string | null;
  readonly contactId: string | null;
  readonly agentId: string | null;
  readonly phone: string;
  readonly trunkKey: string | null;
  readonly createdAt: number;
  readonly answeredAt: number | undefined;
  readonly connectedAt: number | undefined;
  readonly abandonedAt: number | undefined;
  /** Since when its customer waits for no agent: the dialplan's own word. */
  readonly leaving: (typeof LEAVING)[number] | undefined;
  /** What the record says of its call; undefined: it has none, so no INVITE was sent, or it was not taken in yet. */
  readonly recorded:
    | {
        readonly connectedAt: number | undefined;
        readonly endedAt: number | undefined;
        readonly ending: string | null;
        readonly cause: number | null;
      }
    | undefined;
}

/** The oldest first. After a restart each is resolved by looking, never by dialling again (law L4). */
export async function openAttempts(db: Db): Promise<OpenAttempt[]> {
  const rows = await db
    .selectFrom("attempt")
    .leftJoin("call", "call.id", "attempt.call_id")
    .select(["attempt.id", "attempt.call_id", "attempt.campaign_id", "attempt.campaign_contact_id"])
    .select(["attempt.contact_id", "attempt.agent_id", "attempt.number", "attempt.trunk_key"])
    .select(["attempt.created_at", "attempt.answered_at", "attempt.connected_at", "attempt.abandoned_at"])
    .select(["call.id as recorded", "call.connected_at as talked_at", "call.ended_at as over_at"])
    .select(["call.ending as call_ending", "call.cause as call_cause"])
    .select(leaving.as("leaving"))
    .where("attempt.campaign_id", "is not", null)
    .where("attempt.ending", "is", null)
    .orderBy("attempt.created_at")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    callId: row.call_id,
    campaignId: row.campaign_id as string,
    campaignContactId: row.campaign_contact_id,
    contactId: row.contact_id,
    agentId: row.agent_id,
    phone: row.number,
    trunkKey: row.trunk_key,
    createdAt: row.created_at.getTime(),
    answeredAt: row.answered_at?.getTime(),
    connectedAt: row.connected_at?.getTime(),
    abandonedAt: row.abandoned_at?.getTime(),
    leaving: LEAVING.find((word) => word === row.leaving),
    recorded:
      row.recorded === null
        ? undefined
        : {
            connectedAt: row.talked_at?.getTime(),
            endedAt: row.over_at?.getTime(),
            ending: row.call_ending,
            cause: row.call_cause,
          },
  }));
}

const leaving = sql<string | null>`(
  select data->>'userEvent' from call_event
   where call_event.call_id = attempt.call_id and source = 'cel' and data->>'userEvent' = any(${[...LEAVING]})
   order by at limit 1)`;
