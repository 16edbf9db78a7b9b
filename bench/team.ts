/**
 * The team that benches call: agents with short numbers from 9001, all in one queue.
 */

/** The short numbers of so many agents; their phones are called agent-<short number>. */
export function shortNumbers(agents: number): number[] {
  return Array.from({ length: agents }, (_, index) => 9001 + index);
}

/** SQL of agents and their queue. HA1 of the password "bench": the accounts exist on loopback for the time of a run. */
export function teamRows(agents: number, strategy: "sequential" | "most-idle"): string {
  return `
    insert into agent (name, short_number, phone, sip_ha1, state)
      select 'Agent ' || n, n::text, 'agent-' || n, md5('agent-' || n || ':dozvon:bench'), 'inbound'
      from generate_series(9001, ${9000 + agents}) n;
    insert into queue (key, name, strategy, all_agents) values ('qbench', 'Bench', '${strategy}', true);`;
}

/** SQL of a line to that queue. */
export function lineRows(key: string, number: string, recording: "off" | "stereo"): string {
  return `
    insert into line (key, number, name, queue_id, recording)
      select '${key}', '${number}', 'Bench', id, '${recording}' from queue where key = 'qbench';`;
}

/** SQL for lines that play nothing: what is compared with them plays nothing either. */
export const SILENT_LINES = `
    insert into line_prompt (line_id, slot, kind)
      select id, slot, 'none' from line, (values ('arrival'), ('waiting')) v (slot) where key like 'lbench%';`;

/** SQL of one client for each agent, who calls from the number that `clientOf` says. */
export const OWN_CLIENTS = `
    insert into contact (name, owner_id) select 'Contact ' || short_number, id from agent where phone like 'agent-9%';
    insert into contact_phone (contact_id, phone, position)
      select c.id, '+7916200' || a.short_number, 0 from contact c join agent a on a.id = c.owner_id where a.phone like 'agent-9%';`;

/** The number of the agent's own client. */
export function clientOf(shortNumber: number): string {
  return `+7916200${shortNumber}`;
}
