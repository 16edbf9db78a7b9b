/** What agents' statistics add up, written with the record it is folded from (0130_agent_calls.sql). */
import { type RawBuilder, sql } from "kysely";
import { foldAgentCalls } from "../core/records/agent-calls.ts";
import type { CallRecord } from "../core/records/fold.ts";
import { agentCallRow, busyRows, toJson } from "./intake-rows.ts";

interface Folded {
  readonly id: string;
  readonly linkedId: string;
  readonly record: CallRecord;
}

/**
 * Parts of the intake's one statement (`with …`). Rows that say the same as before are not written again: a record is
 * folded anew with every line of its call. Agents who are gone have no part.
 */
export function agentParts(records: readonly Folded[]): RawBuilder<unknown> {
  const parts = records.map(({ id, linkedId, record }) => ({
    id,
    record,
    agents: foldAgentCalls(linkedId, record),
  }));
  const rows = toJson(
    parts.flatMap(({ id, record, agents }) => agents.map((each) => agentCallRow(id, record, each))),
  );
  const busy = toJson(parts.flatMap(({ id, agents }) => agents.flatMap((each) => busyRows(id, each))));
  const calls = records.map(({ id }) => id);
  return sql`agent_calls as (
      insert into agent_call
      select r.* from json_populate_recordset(null::agent_call, ${rows}::json) r join agent on agent.id = r.agent_id
          on conflict (call_id, agent_id) do update set
             type = excluded.type, arrived_at = excluded.arrived_at, called = excluded.called,
             involved = excluded.involved, talk_ms = excluded.talk_ms, ring_ms = excluded.ring_ms,
             rings = excluded.rings, wrap_up_ms = excluded.wrap_up_ms, owned = excluded.owned,
             owner_answered = excluded.owner_answered
           where agent_call.* is distinct from excluded.*
    ), agents_gone as (
      delete from agent_call a where a.call_id = any(${calls}::uuid[])
         and not exists (select from json_populate_recordset(null::agent_call, ${rows}::json) r
                          where r.call_id = a.call_id and r.agent_id = a.agent_id)
    ), agents_busy as (
      insert into agent_busy
      select r.* from json_populate_recordset(null::agent_busy, ${busy}::json) r join agent on agent.id = r.agent_id
          on conflict (call_id, agent_id, from_at) do update set to_at = excluded.to_at
           where agent_busy.to_at is distinct from excluded.to_at
    ), busy_gone as (
      delete from agent_busy b where b.call_id = any(${calls}::uuid[])
         and not exists (select from json_populate_recordset(null::agent_busy, ${busy}::json) r
                          where r.call_id = b.call_id and r.agent_id = b.agent_id and r.from_at = b.from_at)
    )`;
}
