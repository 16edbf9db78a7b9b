/** The campaigns of the bench as rows: one for each way and round, so that each ends with its list. */
import { PRESETS } from "../../apps/core/dialling/presets.ts";
import { lineRows, SILENT_LINES, teamRows } from "../team.ts";
import { AGENTS, ROUNDS, type Way } from "./plan.ts";

/** What a campaign is called. @param round 0: the warm-up */
export function campaignKey(way: Way, round: number): string {
  return `c${way}${round}`;
}

/** SQL of the team, their line, and campaigns that are paused. */
export function campaignRows(): string {
  const policy = {
    ...{ ...PRESETS["russia-service"], preset: "bench", retry: {} },
    calendar: { week: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }] },
  };
  const values = Array.from({ length: ROUNDS + 1 }, (_, round) => [
    `('${campaignKey("rung", round)}', 'ring')`,
    `('${campaignKey("open", round)}', 'open-line')`,
  ]).flat();
  return `
    ${teamRows(AGENTS, "most-idle")}
    update agent set state = 'outbound' where phone like 'agent-9%';
    ${lineRows("lbench", "+74957770001", "off")}
    ${SILENT_LINES}
    insert into campaign (key, name, mode, state, purpose, line_id, queue_id, connect, ring_seconds, calls_per_second,
                          policy, wrap_up, started_at)
      select c.key, c.key, 'progressive', 'paused', 'service', line.id, queue_id, c.connect, 15, 20,
             '${JSON.stringify(policy)}', 'none', now()
        from line, (values ${values.join(", ")}) c (key, connect) where line.key = 'lbench';`;
}
