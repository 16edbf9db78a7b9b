/** Four calls as the intake would have written them: talked, missed, internal, and one that is going on. */
import type { Db } from "../../apps/store/database.ts";
import type { CallTable } from "../../apps/store/tables.ts";

interface Company {
  readonly anna: string;
  readonly boris: string;
  readonly queue: string;
  readonly line: string;
  readonly contact: string;
}

const id = (n: number) => `0000000${n}-0000-4000-8000-000000000000`;
const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 9, minute));

/** Ids of what was written. */
export async function addCalls(db: Db, company: Company) {
  const { anna, boris, line, queue, contact } = company;
  const call = (n: number, minute: number, change: Partial<CallTable>) => {
    const nothing = {
      wait_ms: null,
      talk_ms: null,
      ending: null,
      culprit: null,
      cause: null,
      connected_at: null,
      ended_at: null,
    };
    const nobody = {
      line_id: null,
      queue_id: null,
      contact_id: null,
      owner_id: null,
      agent_id: null,
      first_offered_id: null,
    };
    const row = {
      id: id(n),
      linkedid: `${n}.1`,
      type: "inbound" as const,
      from_number: null,
      to_number: null,
      fallback: false,
    };
    return { ...row, ...nothing, ...nobody, arrived_at: at(minute), ...change } as never;
  };
  const outside = {
    from_number: "+79161234567",
    to_number: "+74950000101",
    line_id: line,
    queue_id: queue,
    contact_id: contact,
  };
  const rows = [
    call(1, 0, {
      ...outside,
      agent_id: anna,
      connected_at: at(1),
      ended_at: at(2),
      wait_ms: 60_000,
      talk_ms: 60_000,
      ending: "answered",
      culprit: "theirs",
    }),
    call(2, 10, {
      ...outside,
      type: "missed",
      first_offered_id: anna,
      ended_at: at(11),
      wait_ms: 60_000,
      ending: "abandoned",
      culprit: "theirs",
      fallback: true,
    }),
    call(3, 30, {
      type: "internal",
      from_number: "102",
      to_number: "101",
      agent_id: boris,
      ended_at: at(31),
      ending: "answered",
    }),
    call(4, 40, { from_number: "+4930123456", line_id: line }),
  ];
  await db.insertInto("call").values(rows).execute();
  const leg = (channel: string, call_id: string, agent_id: string | null, minute: number) => ({
    channel,
    call_id,
    agent_id,
    name: `PJSIP/x-${channel}`,
    started_at: at(minute),
    answered_at: null,
    ended_at: null,
    cause: null,
  });
  const legs = [
    leg("1.1", id(1), null, 0),
    leg("1.2", id(1), anna, 1),
    leg("2.1", id(2), null, 10),
    leg("2.2", id(2), anna, 11),
  ];
  await db.insertInto("call_leg").values(legs).execute();
  await addStory(db, id(2), anna);
  await addRecordings(db, [id(1), id(3)]);
  return { talked: id(1), missed: id(2), boris: id(3), open: id(4), recording: id(5), borisRecording: id(6) };
}

async function addStory(db: Db, call_id: string, anna: string): Promise<void> {
  const because = {
    rule: "ROUTE-05",
    text: "she owns the contact",
    considered: [{ agent: anna, name: "Anna", verdict: "free" }],
  };
  const event = (n: number, source: "cel" | "engine", kind: string, data: object) => ({
    origin: `test:${n}`,
    call_id,
    at: new Date(at(10).getTime() + n * 1000),
    source,
    kind,
    data: JSON.stringify(data),
  });
  const rows = [
    event(0, "cel", "CHAN_START", { channel: "PJSIP/t1-00000001", uniqueId: "2.1" }),
    event(1, "engine", "AgentOffered", { agent: anna, because }),
    event(2, "engine", "OfferEnded", { agent: anna, result: "NOANSWER" }),
    event(3, "cel", "USER_DEFINED", { channel: "PJSIP/t1-00000001", uniqueId: "2.1", userEvent: "FALLBACK" }),
  ];
  await db.insertInto("call_event").values(rows).execute();
}

async function addRecordings(db: Db, calls: readonly string[]): Promise<void> {
  const rows = calls.map((call_id, index) => ({
    id: id(5 + index),
    call_id,
    state: "kept" as const,
    path: `2026/01/05/${call_id}.wav`,
    bytes: 1044,
    sha256: "ab".repeat(32),
    duration_ms: 31,
    channels: 2,
  }));
  await db.insertInto("recording").values(rows).execute();
}
