/** Where the time of a campaign's call went, by Asterisk's record and ours. */
import { sql } from "kysely";
import type { Db } from "../../apps/store/database.ts";

/** One call's moments, milliseconds since 1970; what is not on record is undefined. */
export interface Stages {
  readonly number: string;
  /** Asterisk has the customer's answer. */
  readonly answered: number | undefined;
  /** The engine has decided. */
  readonly decided: number | undefined;
  /** The agent's leg is made. */
  readonly dialled: number | undefined;
  /** The agent's leg, or its way to the open line, and the customer are in one bridge. */
  readonly bridged: number | undefined;
}

/** Of all calls of a campaign. */
export async function stagesOf(db: Db, campaign: string): Promise<Stages[]> {
  const { rows } = await sql<Record<keyof Stages, string | null>>`
    select a.number,
           extract(epoch from min(e.at) filter (where e.kind = 'ANSWER'
             and e.data->>'uniqueId' = a.id)) * 1000 as answered,
           extract(epoch from min(e.at) filter (where e.kind = 'AgentOffered')) * 1000 as decided,
           extract(epoch from min(e.at) filter (where e.kind = 'CHAN_START'
             and e.data->>'uniqueId' <> a.id)) * 1000 as dialled,
           extract(epoch from min(e.at) filter (where e.kind = 'BRIDGE_ENTER'
             and e.data->>'uniqueId' = a.id)) * 1000 as bridged
      from attempt a join call_event e on e.call_id = a.call_id
     where a.campaign_id = ${campaign} group by a.id, a.number`.execute(db);
  return rows.map((row) => ({
    number: row.number ?? "",
    answered: time(row.answered),
    decided: time(row.decided),
    dialled: time(row.dialled),
    bridged: time(row.bridged),
  }));
}

function time(value: string | null): number | undefined {
  return value === null ? undefined : Number(value);
}
