/**
 * Delivers what waits for one receiver. One pump runs per receiver at a time, so a slow receiver holds up nobody else,
 * and each run is short, so many slow receivers take turns.
 *
 * An attempt is written down after it was made: a crash in between makes it again, with the same id (at least once).
 */
import type { Db } from "../../store/database.ts";
import {
  type Delivery,
  dueDeliveries,
  findReceiver,
  noteAttempts,
  type Receiver,
  receiverFailed,
  receiverIsBack,
  receiverIsGone,
  receiverIsWell,
} from "../../store/deliveries.ts";
import { type Patience, probeIn, retryIn } from "./backoff.ts";
import type { Outcome, Poster } from "./post.ts";
import { signedHeaders } from "./signature.ts";

export interface PumpPorts {
  readonly db: Db;
  readonly poster: Poster;
  readonly patience: Patience;
  readonly chance: () => number;
  readonly now: () => number;
}

const AT_ONCE = 8;
const TURN_MS = 20_000;

/** Works until nothing is due, the receiver is away, or the turn is over; whoever called looks what is due next. */
export async function pump(webhook: string, ports: PumpPorts): Promise<void> {
  const end = ports.now() + TURN_MS;
  while (ports.now() < end) {
    const receiver = await findReceiver(ports.db, webhook);
    if (!receiver) return;
    const away = receiver.failures >= ports.patience.awayAfter;
    if (away && !receiver.mayTry) return;
    const due = await dueDeliveries(ports.db, webhook, { limit: away ? 1 : AT_ONCE, away });
    if (due.length === 0) return;
    const outcomes = await Promise.all(due.map((delivery) => attempt(delivery, receiver, ports)));
    await note(receiver, due, outcomes, ports);
  }
}

function attempt(delivery: Delivery, receiver: Receiver, { poster, now }: PumpPorts): Promise<Outcome> {
  const body = JSON.stringify(message(delivery));
  const headers = signedHeaders(delivery.eventId, new Date(now()), body, receiver.secrets);
  return poster.post(receiver.url, headers, body);
}

/** What the receiver gets; the same in every attempt. */
export function message({ type, at, data, callId, sequence }: Omit<Delivery, "id" | "eventId" | "attempts">) {
  return { type, timestamp: at.toISOString(), data: { ...data, callId, sequence } };
}

async function note(
  receiver: Receiver,
  due: readonly Delivery[],
  outcomes: readonly Outcome[],
  { db, patience, chance }: PumpPorts,
): Promise<void> {
  const attempts = outcomes.map(({ delivered, status, error }, place) => {
    const { id, attempts: before } = due[place] as Delivery;
    return { id, delivered, status, error, retryInMs: retryIn(patience, before + 1, chance()) };
  });
  await db.transaction().execute(async (trx) => {
    await noteAttempts(trx, attempts, patience.lifeMs);
    if (outcomes.some(({ gone }) => gone)) return receiverIsGone(trx, receiver.id);
    if (outcomes.some(({ delivered }) => delivered)) {
      const away = receiver.failures >= patience.awayAfter;
      return away ? receiverIsBack(trx, receiver.id) : receiverIsWell(trx, receiver.id);
    }
    const failures = receiver.failures + outcomes.length;
    const tryInMs = failures >= patience.awayAfter ? probeIn(patience, failures, chance()) : null;
    await receiverFailed(trx, receiver.id, { failures: outcomes.length, tryInMs, lifeMs: patience.lifeMs });
  });
}
