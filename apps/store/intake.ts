/**
 * The spool files, taken into PostgreSQL: at least once, idempotently, with a checkpoint (law L5).
 *
 * One transaction per batch: the lines as call_event rows (their place in the file is the key, so the same line
 * twice is one row), the records of the calls they belong to, folded anew, and the checkpoint. A crash before the
 * commit offers the batch again; a crash after it does not.
 */
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Fact } from "../core/records/facts.ts";
import { type CallRecord, foldCall, type Names } from "../core/records/fold.ts";
import { whoIsTold } from "../core/records/missed.ts";
import { keepCharges, priceConnections } from "./charges.ts";
import { type Db, isDatabaseAway, isDataFault } from "./database.ts";
import { agentParts } from "./intake-agents.ts";
import { callRow, eventRow, legRow, partRow, toJson, wrapUpRow } from "./intake-rows.ts";

export type Source = "cel" | "queue" | "engine";

export interface Checkpoint {
  readonly file: string;
  readonly offset: number;
}

type Checkpoints = ReadonlyMap<Source, Checkpoint>;

/** A fact, with the call it belongs to. `linkedId` where the line tells it. */
export type TakenFact = Fact & { readonly call: string; readonly linkedId?: string | undefined };

/** A call whose record has just been completed. */
export interface ClosedCall {
  readonly id: string;
  readonly linkedId: string;
  readonly record: CallRecord;
}

/** A notice of a missed call, written in the transaction that closed the call (MISS-03). */
export interface NewNotice {
  readonly id: string;
  readonly agentId: string;
  readonly kind: "call.missed" | "callback.failed";
  readonly callId: string;
  readonly because: string;
  readonly at: Date;
}

/** What the intake asks of whoever knows the lines, and tells of what it wrote besides records. */
export interface NoticeHooks {
  /** Whether the line was open at this instant; a line that is gone counts as open. */
  isOpen(lineId: string, at: number): boolean;
  onNotices(notices: readonly NewNotice[]): void;
}

const NO_NOTICES: NoticeHooks = { isOpen: () => true, onNotices: () => {} };

interface OpenCall {
  linkedId: string | undefined;
  readonly facts: Map<string, Fact>;
  closedAt?: number;
  touchedAt: number;
}

/** Readers that look at the same moment bring what they found within this time. */
const GATHER_MS = 5;
/** Finished calls are kept in memory this long, for lines of the other files that come a moment later. */
const KEEP_CLOSED_MS = 15_000;
const KEEP_QUIET_MS = 3 * 3_600_000;
const MOST_DOUBTFUL = 100_000;

export class Intake {
  readonly #db: Db;
  readonly #names: Names;
  readonly #onClosed: (closed: readonly ClosedCall[]) => void;
  readonly #onRefused: (fact: TakenFact, error: unknown) => void;
  readonly #notices: NoticeHooks;
  readonly #calls = new Map<string, OpenCall>();
  /** Calls of a batch that the database did not take. */
  readonly #doubtful = new Set<string>();
  #sweptAt = 0;
  readonly #since = Date.now();
  #turn: Promise<unknown> = Promise.resolve();
  /** What is gathered for the next transaction. */
  #next: { facts: TakenFact[]; checkpoints: Map<Source, Checkpoint>; taken: Promise<void> } | undefined;

  /** @param onRefused a line that PostgreSQL cannot hold; it is skipped */
  constructor(
    db: Db,
    names: Names,
    onClosed: (closed: readonly ClosedCall[]) => void,
    onRefused: (fact: TakenFact, error: unknown) => void = () => {},
    notices: NoticeHooks = NO_NOTICES,
  ) {
    this.#onRefused = onRefused;
    this.#notices = notices;
    this.#db = db;
    this.#names = names;
    this.#onClosed = onClosed;
  }

  /** Where the last process stopped. */
  async checkpoint(source: Source): Promise<Checkpoint | undefined> {
    const row = await this.#db
      .selectFrom("intake")
      .selectAll()
      .where("source", "=", source)
      .executeTakeFirst();
    return row && { file: row.file, offset: Number(row.offset) };
  }

  /**
   * Takes a batch in. The three files speak of the same calls, so what their readers bring at the same moment is one
   * transaction, and each call is folded once. @throws when the database did not take it.
   */
  take(source: Source, facts: readonly TakenFact[], checkpoint: Checkpoint): Promise<void> {
    if (this.#next) {
      this.#next.facts.push(...facts);
      this.#next.checkpoints.set(source, checkpoint);
      return this.#next.taken;
    }
    const next = { facts: [...facts], checkpoints: new Map([[source, checkpoint]]) };
    const taken = this.#turn.then(async () => {
      await pause(GATHER_MS);
      this.#next = undefined;
      await this.#takeOrSplit(next.facts, next.checkpoints);
    });
    this.#next = { ...next, taken };
    this.#turn = taken.catch(() => {});
    return taken;
  }

  /**
   * A line that PostgreSQL will never take must not stop all that come after it: the batch is halved until that
   * line is alone, and given up (it stays in the file). An absent database is no reason to give anything up.
   */
  async #takeOrSplit(facts: readonly TakenFact[], checkpoints: Checkpoints): Promise<void> {
    try {
      await this.#takeNow(facts, checkpoints);
    } catch (error) {
      if (isDatabaseAway(error) || !isDataFault(error)) throw error;
      if (facts.length <= 1) {
        for (const fact of facts) this.#onRefused(fact, error);
        return this.#takeNow([], checkpoints);
      }
      const middle = Math.ceil(facts.length / 2);
      await this.#takeOrSplit(facts.slice(0, middle), new Map());
      await this.#takeOrSplit(facts.slice(middle), checkpoints);
    }
  }

  async #takeNow(facts: readonly TakenFact[], checkpoints: Checkpoints): Promise<void> {
    try {
      const touched = await this.#remember(facts);
      const records = this.#fold(touched);
      const told = records.flatMap((each) => this.#told(each));
      const charges = await priceConnections(this.#db, records);
      const notices = await write(this.#db, { facts, records, told, charges, checkpoints });
      const closed = records.filter(
        ({ id, record }) => record.endedAt !== undefined && !this.#calls.get(id)?.closedAt,
      );
      for (const { id } of closed) (this.#calls.get(id) as OpenCall).closedAt = Date.now();
      this.#sweep();
      if (closed.length > 0) this.#onClosed(closed);
      if (notices.length > 0) this.#notices.onNotices(notices);
    } catch (error) {
      // What memory holds of these calls was not written: next time they begin with what was.
      for (const { call } of facts) {
        this.#calls.delete(call);
        this.#doubtful.add(call);
      }
      throw error;
    }
  }

  /** Who should hear of this call, if it is over and was missed. */
  #told({ id, record }: ClosedCall): object[] {
    if (record.endedAt === undefined) return [];
    const open = !record.lineId || this.#notices.isOpen(record.lineId, record.arrivedAt);
    const told = whoIsTold(record, open);
    return told ? [{ call_id: id, who: told.who, because: told.because.text }] : [];
  }

  /** Puts the facts beside those known of the same calls; calls from before our time are read back. */
  async #remember(facts: readonly TakenFact[]): Promise<Set<string>> {
    const touched = new Set(facts.map((fact) => fact.call));
    const old = new Set<string>();
    for (const fact of facts) {
      if (this.#calls.has(fact.call)) continue;
      this.#calls.set(fact.call, { linkedId: undefined, facts: new Map(), touchedAt: Date.now() });
      if (this.#doubtful.delete(fact.call) || bornAt(fact) < this.#since) old.add(fact.call);
    }
    if (old.size > 0) for (const row of await readFacts(this.#db, [...old])) this.#add(row);
    for (const fact of facts) this.#add(fact);
    return touched;
  }

  #add(fact: TakenFact): void {
    const call = this.#calls.get(fact.call);
    if (!call) return;
    call.facts.set(fact.origin, fact);
    call.touchedAt = Date.now();
    call.linkedId ??= fact.linkedId;
  }

  #fold(touched: ReadonlySet<string>): ClosedCall[] {
    const records: ClosedCall[] = [];
    for (const id of touched) {
      const call = this.#calls.get(id);
      const record = call?.linkedId
        ? foldCall(call.linkedId, [...call.facts.values()], this.#names)
        : undefined;
      if (call?.linkedId && record) records.push({ id, linkedId: call.linkedId, record });
    }
    return records;
  }

  /** Forgets calls that are over, and what has been quiet for hours (read back if it is heard of again). */
  #sweep(): void {
    const now = Date.now();
    if (now - this.#sweptAt < 1000) return;
    this.#sweptAt = now;
    for (const [id, call] of this.#calls) {
      const over = call.closedAt !== undefined && call.closedAt < now - KEEP_CLOSED_MS;
      if (!over && call.touchedAt > now - KEEP_QUIET_MS) continue;
      this.#calls.delete(id);
      if (!over) this.#doubtful.add(id);
    }
    if (this.#doubtful.size > MOST_DOUBTFUL) this.#doubtful.clear();
  }
}

async function readFacts(db: Db, calls: readonly string[]): Promise<TakenFact[]> {
  const rows = await db.selectFrom("call_event").selectAll().where("call_id", "in", calls).execute();
  return rows.map((row) => ({
    origin: row.origin,
    call: row.call_id,
    at: row.at.getTime(),
    source: row.source,
    kind: row.kind,
    data: row.data,
    linkedId: typeof row.data.linkedId === "string" ? row.data.linkedId : undefined,
  }));
}

interface Writing {
  readonly facts: readonly TakenFact[];
  readonly records: readonly ClosedCall[];
  readonly told: readonly object[];
  readonly charges: readonly object[];
  readonly checkpoints: Checkpoints;
}

/**
 * One statement, so one transaction and one round trip: fifty calls a second are a few of these.
 * Rows that refer to somebody deleted since keep their facts and lose the reference.
 *
 * A notice is made by the write that turns a missed call from open to closed, and by no later one: what
 * Asterisk's other files add to the record afterwards tells nobody a second time.
 */
async function write(db: Db, writing: Writing): Promise<readonly NewNotice[]> {
  const { facts, records, told, charges, checkpoints } = writing;
  const events = facts.map(eventRow);
  const calls = records.map(({ id, linkedId, record }) => callRow(id, linkedId, record));
  const legs = records.flatMap(({ id, record }) => record.legs.map((leg) => legRow(id, leg)));
  const wrapUps = records.flatMap(({ id, record }) => record.wrapUps.map((each) => wrapUpRow(id, each)));
  const parts = records.flatMap(({ id, record }) =>
    record.parts.map((part, place) => partRow(id, part, place)),
  );
  const counts = records.map(({ id, record }) => ({ call_id: id, parts: record.parts.length }));
  const moved = [...checkpoints].map(([source, checkpoint]) => ({ source, ...checkpoint }));
  const { rows } = await sql<NewNotice>`
    with events as (
      insert into call_event select * from json_populate_recordset(null::call_event, ${toJson(events)}::json)
          on conflict (origin) do nothing
    ), calls as (
      insert into call (id, linkedid, type, from_number, to_number, line_id, queue_id, contact_id, owner_id, agent_id,
             first_offered_id, arrived_at, connected_at, ended_at, wait_ms, talk_ms, ending, culprit, cause, fallback,
             updated_at, hold_ms, wrap_up_ms, transfers, forwarded_to)
      select r.id, r.linkedid, r.type, r.from_number, r.to_number,
             (select id from line where id = r.line_id), (select id from queue where id = r.queue_id),
             (select id from contact where id = r.contact_id), (select id from agent where id = r.owner_id),
             (select id from agent where id = r.agent_id), (select id from agent where id = r.first_offered_id),
             r.arrived_at, r.connected_at, r.ended_at, r.wait_ms, r.talk_ms, r.ending, r.culprit, r.cause, r.fallback, now(),
             r.hold_ms, r.wrap_up_ms, r.transfers, r.forwarded_to
        from json_populate_recordset(null::call, ${toJson(calls)}::json) r
          on conflict (id) do update set
             type = excluded.type, from_number = excluded.from_number, to_number = excluded.to_number,
             line_id = excluded.line_id, queue_id = excluded.queue_id,
             contact_id = coalesce(excluded.contact_id, call.contact_id), owner_id = excluded.owner_id,
             agent_id = excluded.agent_id, first_offered_id = excluded.first_offered_id,
             arrived_at = excluded.arrived_at, connected_at = excluded.connected_at, ended_at = excluded.ended_at,
             wait_ms = excluded.wait_ms, talk_ms = excluded.talk_ms, ending = excluded.ending,
             culprit = excluded.culprit, cause = excluded.cause, fallback = excluded.fallback, updated_at = now(),
             hold_ms = excluded.hold_ms, wrap_up_ms = excluded.wrap_up_ms, transfers = excluded.transfers,
             forwarded_to = excluded.forwarded_to
    ), legs as (
      insert into call_leg (channel, call_id, name, agent_id, started_at, answered_at, ended_at, cause, talk_ms, to_number)
      select r.channel, r.call_id, r.name, (select id from agent where id = r.agent_id),
             r.started_at, r.answered_at, r.ended_at, r.cause, r.talk_ms, r.to_number
        from json_populate_recordset(null::call_leg, ${toJson(legs)}::json) r
          on conflict (call_id, channel) do update set
             answered_at = excluded.answered_at, ended_at = excluded.ended_at, cause = excluded.cause,
             talk_ms = excluded.talk_ms, to_number = excluded.to_number
    ), wrap_ups as (
      insert into call_wrap_up
      select r.* from json_populate_recordset(null::call_wrap_up, ${toJson(wrapUps)}::json) r
        join agent on agent.id = r.agent_id
          on conflict (call_id, agent_id, started_at) do update set
             ended_at = excluded.ended_at, ended_by = excluded.ended_by
    ), parts as (
      insert into call_part (call_id, position, kind, agent_id, channel, from_at, to_at)
      select r.call_id, r.position, r.kind, (select id from agent where id = r.agent_id), r.channel, r.from_at, r.to_at
        from json_populate_recordset(null::call_part, ${toJson(parts)}::json) r
          on conflict (call_id, position) do update set
             kind = excluded.kind, agent_id = excluded.agent_id, channel = excluded.channel,
             from_at = excluded.from_at, to_at = excluded.to_at
    ), parted as (
      delete from call_part p using json_to_recordset(${toJson(counts)}::json) as n (call_id uuid, parts integer)
       where p.call_id = n.call_id and p.position >= n.parts
    ), ${agentParts(records)}, ${keepCharges(charges)}, moved as (
      insert into intake (source, file, "offset", at)
      select source, file, "offset", now() from json_populate_recordset(null::intake, ${JSON.stringify(moved)}::json)
          on conflict (source) do update set file = excluded.file, "offset" = excluded."offset", at = now()
    ), notices as (
      insert into notice (agent_id, kind, call_id, because)
      select coalesce(first.id, line.responsible_id), 'call.missed', t.call_id,
             case when t.who = 'first-offered' and first.id is null
                  then 'the one to whom the call was offered first is gone' else t.because end
        from json_to_recordset(${toJson(told)}::json) as t (call_id uuid, who text, because text)
        join json_populate_recordset(null::call, ${toJson(calls)}::json) r on r.id = t.call_id
        left join agent first on first.id = r.first_offered_id and t.who = 'first-offered'
        left join line on line.id = r.line_id
       where coalesce(first.id, line.responsible_id) is not null
         and not exists (select from call where id = r.id and ended_at is not null)
          on conflict do nothing
      returning id, agent_id as "agentId", kind, call_id as "callId", because, at
    )
    select * from notices`.execute(db);
  return rows;
}

/**
 * When the call began, from Asterisk's channel id (`<system>-<epoch seconds>.<n>`); long ago if the fact does not say.
 * Calls younger than this process have no facts in the database that it has not taken in itself.
 */
function bornAt(fact: TakenFact): number {
  const channel = fact.linkedId ?? fact.data.channel ?? fact.data.callId;
  const epoch = typeof channel === "string" ? /-(\d{9,11})\.\d+$/.exec(channel)?.[1] : undefined;
  return epoch ? Number(epoch) * 1000 : 0;
}
