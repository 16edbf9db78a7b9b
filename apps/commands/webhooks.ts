/** Webhooks: where they lead, what they tell, and their secrets. */
import { randomBytes } from "node:crypto";
import { TEST_EVENT } from "../core/webhook-events.ts";
import { checkDestination, ForbiddenAddress, parseAllowed } from "../jobs/webhooks/address.ts";
import type { Db } from "../store/database.ts";
import { emitEvent, wakeJobs } from "../store/writes/outbox.ts";
import { type Context, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem } from "./port.ts";

/** How long the secret before the present one goes on signing. */
const BOTH_SIGN_MS = 24 * 3_600_000;
const MOST_WEBHOOKS = 50;

type WebhookCommand =
  | "webhook.create"
  | "webhook.change"
  | "webhook.delete"
  | "webhook.rotateSecret"
  | "webhook.test"
  | "delivery.retry";

export function webhookCommands({ write, config }: Context): Pick<Handlers, WebhookCommand> {
  const allowed = parseAllowed(config.webhookAllow);
  /** Before the transaction: a slow name server must not hold one open. */
  const check = async (url: string | undefined): Promise<void> => {
    if (url === undefined) return;
    await checkDestination(url, allowed).catch((error: unknown) => {
      if (!(error instanceof ForbiddenAddress)) throw error;
      throw new CommandProblem(422, "forbidden-address", error.message, "url");
    });
  };
  return {
    "webhook.create": async ({ url, events }) => {
      await check(url);
      return write(async (trx) => {
        const { count } = await trx
          .selectFrom("webhook")
          .select((row) => row.fn.countAll<number>().as("count"))
          .executeTakeFirstOrThrow();
        if (count >= MOST_WEBHOOKS)
          throw new CommandProblem(409, "too-many", `there are ${MOST_WEBHOOKS} webhooks already`);
        const secret = newSecret();
        const row = { url, events, secret };
        const { id } = await trx.insertInto("webhook").values(row).returning("id").executeTakeFirstOrThrow();
        return { id, secret };
      });
    },
    "webhook.change": async ({ id, change }) => {
      await check(change.url);
      return write(async (trx) => {
        await webhookRow(trx, id);
        const well = { disabled_because: null, failures: 0, failing_since: null, retry_at: null };
        await trx
          .updateTable("webhook")
          .set({
            ...(change.url !== undefined && { url: change.url, ...well }),
            ...(change.events !== undefined && { events: change.events }),
            ...(change.enabled !== undefined && { enabled: change.enabled }),
            ...(change.enabled && well),
          })
          .where("id", "=", id)
          .execute();
        await wakeJobs(trx);
        return {};
      });
    },
    "webhook.delete": ({ id }) =>
      write(async (trx) => {
        await webhookRow(trx, id);
        await trx.deleteFrom("webhook").where("id", "=", id).execute();
        return {};
      }),
    "webhook.rotateSecret": ({ id }) =>
      write(async (trx) => {
        const { secret: previous_secret } = await webhookRow(trx, id);
        const secret = newSecret();
        const previous_until = new Date(Date.now() + BOTH_SIGN_MS);
        await trx
          .updateTable("webhook")
          .set({ secret, previous_secret, previous_until })
          .where("id", "=", id)
          .execute();
        return { secret, previousUntil: previous_until.toISOString() };
      }),
    "webhook.test": ({ id }) =>
      write(async (trx) => {
        if (!(await webhookRow(trx, id)).enabled)
          throw new CommandProblem(409, "disabled", "this webhook is disabled; enable it first");
        const subject = { kind: "webhook", id };
        const event = await emitEvent(trx, TEST_EVENT, subject, { webhookId: id });
        // Its delivery is made here, since it goes to this webhook alone, whatever it subscribed to.
        await trx
          .updateTable("event_out")
          .set({ dispatched_at: new Date() })
          .where("id", "=", event)
          .execute();
        const row = { webhook_id: id, event_id: event };
        const made = await trx
          .insertInto("webhook_delivery")
          .values(row)
          .returning("id")
          .executeTakeFirstOrThrow();
        await tryAtOnce(trx, id);
        return { deliveryId: made.id };
      }),
    "delivery.retry": ({ id }) =>
      write(async (trx) => {
        const query = trx.selectFrom("webhook_delivery").select(["state", "webhook_id"]).where("id", "=", id);
        const row = required(isId(id) ? await query.executeTakeFirst() : undefined, "delivery");
        if (row.state === "delivered")
          throw new CommandProblem(409, "delivered", "this delivery has arrived already");
        const { enabled } = await webhookRow(trx, row.webhook_id);
        if (!enabled) throw new CommandProblem(409, "disabled", "its webhook is disabled; enable it first");
        await trx
          .updateTable("webhook_delivery")
          .set({ state: "pending", next_at: new Date(), created_at: new Date(), first_failed_at: null })
          .where("id", "=", id)
          .execute();
        await tryAtOnce(trx, row.webhook_id);
        return {};
      }),
  };
}

/** Standard Webhooks: 24 to 64 random bytes behind a prefix that secret scanners know. */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** Somebody wants to see it now: a receiver that is away need not be waited for. */
async function tryAtOnce(trx: Db, webhook: string): Promise<void> {
  await trx.updateTable("webhook").set({ retry_at: new Date() }).where("id", "=", webhook).execute();
  await wakeJobs(trx);
}

async function webhookRow(db: Db, id: string) {
  const query = db.selectFrom("webhook").select(["secret", "enabled"]).where("id", "=", id);
  return required(isId(id) ? await query.executeTakeFirst() : undefined, "webhook");
}
