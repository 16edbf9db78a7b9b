/** The refusal list as the engine knows it by heart: read at the start, then followed by the database's notices. */
import t from "tap";
import { isRefusalNotice, RefusalsInMemory } from "../../apps/engine/refusals.ts";
import { listen } from "../../apps/store/listen.ts";
import { addRefusals, removeRefusal } from "../../apps/store/writes/refusals.ts";
import { withPostgres } from "../support/postgres.ts";
import { until } from "../support/until.ts";

const PATIENT_MS = 60_000;
const phoneOf = (index: number) => `+7916700${String(index).padStart(4, "0")}`;

t.test(
  "SOFT-05 what is put on the refusal list, changed or taken off is known; many at once too",
  async (t) => {
    const postgres = await withPostgres();
    const { db } = postgres;
    const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const refuse = (indexes: readonly number[], end: Date | null = null) =>
      addRefusals(
        db,
        indexes.map((index) => ({ phone: phoneOf(index), reason: "", source: "api" as const, until: end })),
      );
    await refuse([1]);
    const known = new RefusalsInMemory(db, silent);
    await known.load();
    let connected = false;
    const notices: string[] = [];
    const listening = listen({
      ...{ url: postgres.url, channel: "directory", log: silent },
      onNotice: (notice) => {
        notices.push(notice);
        if (isRefusalNotice(notice)) known.changed(notice);
      },
      onConnected: () => {
        connected = true;
      },
    });
    t.teardown(async () => {
      await listening.close();
      await postgres.stop();
    });
    await until("it listens", () => connected, PATIENT_MS);
    const has = (index: number, at = Date.now()) => known.has(phoneOf(index), at);
    const comes = (what: string, index: number, wanted: boolean) =>
      until(what, () => has(index) === wanted, PATIENT_MS);
    t.ok(has(1), "read at the start");
    t.notOk(has(2));

    const tomorrow = Date.now() + 86_400_000;
    await refuse([2], new Date(tomorrow));
    await comes("a new one", 2, true);
    t.notOk(has(2, tomorrow), "until its time is over");
    await refuse([2]);
    await until("for ever now", () => has(2, tomorrow), PATIENT_MS);
    await removeRefusal(db, phoneOf(1));
    await comes("one less", 1, false);

    notices.length = 0;
    const many = Array.from({ length: 9000 }, (_, index) => index + 1000);
    await refuse(many);
    await comes("the first of many", 1000, true);
    t.ok(
      many.every((index) => has(index)),
      "all of them, over the pages of a reading",
    );
    t.same(notices, ["+"], "told once");
    t.ok(has(2), "the others stay");
    t.notOk(has(999));
  },
);
