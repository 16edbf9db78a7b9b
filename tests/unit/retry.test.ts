/** What becomes of somebody on a list after an attempt. */
import t from "tap";
import { ATTEMPT_ENDINGS, type AttemptEnding } from "../../apps/core/dialling/campaign.ts";
import { RETRIED } from "../../apps/core/dialling/policy.ts";
import { PRESETS } from "../../apps/core/dialling/presets.ts";
import { afterAttempt, type Tried } from "../../apps/core/dialling/retry.ts";

const policy = PRESETS["russia-service"];
const after = (ending: AttemptEnding, change: Partial<Tried> = {}) =>
  afterAttempt(policy, {
    ...{
      ending,
      endedAt: 1_000_000,
      attempts: 1,
      alike: 1,
      numbers: [{ phone: "+74951234567", lastEnding: ending }],
    },
    ...change,
  });

t.test("each ending has its own time until the next attempt, and its own number of them", (t) => {
  t.strictSame(after("busy"), { state: "waiting", nextAt: 1_000_000 + 20 * 60_000 });
  t.strictSame(after("no_answer"), { state: "waiting", nextAt: 1_000_000 + 180 * 60_000 });
  t.strictSame(after("busy", { attempts: 4, alike: 3 }).state, "waiting");
  t.strictSame(after("busy", { attempts: 4, alike: 4 }), { state: "done", reason: "exhausted" });
  t.strictSame(
    after("no_answer", { attempts: 6, alike: 1 }),
    { state: "done", reason: "exhausted" },
    "in total",
  );
  t.strictSame(after("rejected"), { state: "done", reason: "exhausted" }, "endings that are not named");
  t.end();
});

t.test("a person who was reached is not called again, and nobody is put off for what never rang", (t) => {
  t.strictSame(after("answered"), { state: "done", reason: "reached" });
  t.strictSame(after("self_service"), { state: "done", reason: "reached" });
  t.strictSame(after("not_placed", { attempts: 0, alike: 9 }), { state: "waiting", nextAt: 1_060_000 });
  t.end();
});

t.test("a number that is not in service is left, and the contact with it when it was the last", (t) => {
  t.strictSame(after("not_in_service"), { state: "done", reason: "no-number" });
  const numbers = [
    { phone: "+74951234567", lastEnding: "not_in_service" as const },
    { phone: "+74951234568" },
  ];
  t.strictSame(
    after("not_in_service", { numbers }),
    { state: "waiting", nextAt: 1_000_000 },
    "the other at once",
  );
  t.strictSame(after("busy", { numbers }).state, "waiting");
  t.end();
});

t.test("every ending leads somewhere", (t) => {
  for (const ending of ATTEMPT_ENDINGS) t.match(after(ending), { state: /^(done|waiting)$/ }, ending);
  for (const ending of Object.keys(policy.retry))
    t.ok((RETRIED as readonly string[]).includes(ending), ending);
  t.end();
});
