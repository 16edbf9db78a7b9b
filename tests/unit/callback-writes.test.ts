/**
 * Kept places on their way to a database that hangs, is away, or says no: other call-backs and their agents go on.
 */
import t from "tap";
import type { Callback } from "../../apps/core/floor.ts";
import type { Input } from "../../apps/core/inputs.ts";
import { type CallbackPorts, createCallbacks } from "../../apps/engine/callbacks.ts";
import { until } from "../support/until.ts";

const place = (id: string, attempts = 1): Callback => ({
  id,
  call: `call-${id}`,
  queueId: "q",
  lineId: "l",
  number: "+79160000002",
  keptAt: 0,
  state: "calling",
  attempts,
  nextAt: 0,
  agentId: "anna",
});

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A keeper on a database that does as it is told. */
function keeper(store: Partial<CallbackPorts["store"]>) {
  const heard: Input[] = [];
  const made = createCallbacks({
    store: {
      keep: async () => {},
      commit: async () => {},
      settle: async () => [],
      spokenTo: async () => false,
      ...store,
    },
    alive: async () => false,
    callIdOf: (channel) => `call-of-${channel}`,
    hear: (input) => heard.push(input),
    tell() {},
    onNotices() {},
    log: silent,
  });
  const hears = (kind: Input["kind"], id: string) =>
    until(`${kind} ${id}`, () =>
      heard.find((input) => input.kind === kind && "id" in input && input.id === id),
    );
  return { ...made, heard, hears };
}

const commit = (callback: Callback) => ({ kind: "commitCallback", at: 0, callback }) as const;
const settle = (callback: Callback, state: "waiting" | "cancelled" | "connected" = "cancelled") =>
  ({ kind: "settleCallback", at: 0, callback, state, reason: "" }) as const;

t.test("ROUTE-12 a write that fails keeps no other call-back from being dialled", async (t) => {
  const made = keeper({
    settle: async () => {
      throw new Error("connect ECONNREFUSED");
    },
  });
  made.perform(settle(place("one")));
  made.perform(commit(place("two")));
  t.match(await made.hears("callbackCommitted", "two"), { kind: "callbackCommitted", id: "two" });
});

t.test("ROUTE-12 an agent is not kept for an attempt that is not written down in time", async (t) => {
  const settled: [string, number][] = [];
  let done = () => {};
  const made = keeper({
    commit: () => new Promise<void>((resolve) => (done = resolve)),
    settle: async (callback, state) => {
      settled.push([state, callback.attempts]);
      return [];
    },
  });
  made.perform(commit(place("one", 2)));
  t.match(await made.hears("callbackNotCommitted", "one"), { refused: false });
  done();
  await until("the row is put back", () => settled.length > 0);
  t.same(settled, [["waiting", 1]], "what was written down too late does not count");
  t.notOk(
    made.heard.some(({ kind }) => kind === "callbackCommitted"),
    "and nobody is dialled for it",
  );
});

t.test("ROUTE-12 an attempt behind an earlier write of its own that hangs is given up in time", async (t) => {
  let commits = 0;
  const made = keeper({
    settle: () => new Promise(() => {}),
    commit: async () => {
      commits += 1;
    },
  });
  made.perform(settle(place("one"), "waiting"));
  made.perform(commit(place("one")));
  t.match(await made.hears("callbackNotCommitted", "one"), { refused: false });
  t.equal(commits, 0, "one call-back's writes keep their order");
});

t.test("a write that the database refuses for ever is given up", async (t) => {
  const refusal = Object.assign(new Error("violates foreign key constraint"), { code: "23503" });
  let tries = 0;
  const made = keeper({
    settle: async () => {
      tries += 1;
      throw refusal;
    },
    commit: async () => {
      throw refusal;
    },
  });
  made.perform(settle(place("one"), "waiting"));
  made.perform(commit(place("one")));
  t.match(await made.hears("callbackNotCommitted", "one"), { refused: true });
  t.equal(tries, 1);
});
