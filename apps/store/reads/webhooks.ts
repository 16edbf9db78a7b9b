/** Webhooks and their deliveries, as the API shows them; never a secret. */
import { sql } from "kysely";
import type { Db } from "../database.ts";
import { type Cursor, type Page, pageOf } from "./page.ts";

/** Webhooks in the order in which they were made. @param id only this one */
export function listWebhooks(db: Db, id?: string) {
  return db
    .selectFrom("webhook")
    .select([
      "id",
      "url",
      "events",
      "enabled",
      "disabled_because as disabledBecause",
      "failing_since as failingSince",
      "created_at as createdAt",
      sql<number>`(select count(*) from webhook_delivery d where d.webhook_id = webhook.id and d.state = 'pending')`.as(
        "pending",
      ),
      sql<number>`(select count(*) from webhook_delivery d where d.webhook_id = webhook.id and d.state = 'dead')`.as(
        "dead",
      ),
      sql<Date | null>`case when previous_until > now() then previous_until end`.as("previousSecretUntil"),
    ])
    .$if(id !== undefined, (query) => query.where("id", "=", id as string))
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}

export interface DeliveryFilter {
  readonly id?: string | undefined;
  readonly webhookId?: string | undefined;
  readonly state?: "pending" | "delivered" | "dead" | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

/** One page of deliveries, newest first. */
export async function listDeliveries(db: Db, filter: DeliveryFilter): Promise<Page<DeliveryRow>> {
  const { id, webhookId, state, after, limit } = filter;
  const rows = await selectDeliveries(db)
    .$if(id !== undefined, (query) => query.where("d.id", "=", id as string))
    .$if(webhookId !== undefined, (query) => query.where("d.webhook_id", "=", webhookId as string))
    // Written out, so that PostgreSQL sees that the index of dead letters will do.
    .$if(state === "dead", (query) => query.where(sql<boolean>`d.state = 'dead'`))
    .$if(state !== undefined && state !== "dead", (query) => query.where("d.state", "=", state as "pending"))
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(d.created_at, d.id) < (${after?.at}::timestamptz, ${after?.id}::uuid)`),
    )
    .orderBy("d.created_at", "desc")
    .orderBy("d.id", "desc")
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit);
}

export type DeliveryRow = Awaited<ReturnType<ReturnType<typeof selectDeliveries>["execute"]>>[number];

function selectDeliveries(db: Db) {
  return db
    .selectFrom("webhook_delivery as d")
    .innerJoin("event_out as e", "e.id", "d.event_id")
    .select([
      "d.id",
      "d.webhook_id as webhookId",
      "e.id as eventId",
      "e.type",
      "e.call_id as callId",
      "e.sequence",
      "d.state",
      "d.attempts",
      "d.last_status as lastStatus",
      "d.last_error as lastError",
      "d.last_at as lastAt",
      "d.created_at as createdAt",
      sql<Date | null>`case when d.state = 'pending' then d.next_at end`.as("nextAt"),
      sql<string>`d.created_at::text`.as("cursorAt"),
    ]);
}
