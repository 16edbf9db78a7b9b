/** Where reconciliation is joined: one pass at a time; one that is asked for during a pass follows it. */
import type { createQueueMembers } from "../asterisk/queue-members.ts";
import type { Engine } from "../engine/engine.ts";
import type { FileJournal } from "../engine/journal.ts";
import { type ReconcilePorts, reconcile } from "../engine/reconcile.ts";

type Parts = Omit<ReconcilePorts, "engine" | "pauses" | "pause" | "lost"> & {
  engine(): Engine;
  readonly members: ReturnType<typeof createQueueMembers>;
  readonly journal: Pick<FileJournal, "lost">;
};

/** @returns asks for a pass, and waits for it; nothing while Asterisk is away */
export function createReconciler({ engine, members, journal, ...parts }: Parts): () => Promise<void> {
  let last: Promise<void> | undefined;
  return async () => {
    if (parts.ari.state !== "up") return;
    const before = last;
    last = (async () => {
      await before;
      await reconcile({
        ...parts,
        engine: engine(),
        pauses: members.pauses,
        pause: members.pause,
        lost: journal.lost,
      }).catch((error: unknown) =>
        parts.log.warn({ error: String(error) }, "Reconciliation was cut short; it comes again."),
      );
    })();
    await last;
  };
}
