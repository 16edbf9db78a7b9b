/** The twin's campaign as rows: paused after some hours, with what its pacer knows and the attempts of those hours. */
import { PRESETS } from "../../apps/core/dialling/presets.ts";
import { lineRows, SILENT_LINES, teamRows } from "../team.ts";
import { MOST_RINGING } from "./people.ts";
import type { Plan } from "./plan.ts";
import type { History } from "./predicted.ts";

/** What attempts of the hours before are called. */
export const BEFORE = "before-";

/** SQL of the team, whose agents take no inbound calls, their line, and the campaign. */
export function campaignRows(plan: Plan, { snapshot, answered, abandoned }: History): string {
  const preset = PRESETS["russia-service"];
  const policy = {
    ...{ ...preset, preset: "bench", retry: {} },
    calendar: { week: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }] },
    abandonment: {
      ...preset.abandonment,
      ...{ limitPercent: plan.limitPercent, connectSeconds: plan.connectSeconds },
    },
  };
  return `
    ${teamRows(plan.agents, "most-idle")}
    update agent set state = 'outbound' where phone like 'agent-9%';
    ${lineRows("lbench", "+74957770001", "off")}
    ${SILENT_LINES}
    insert into campaign (key, name, mode, state, purpose, line_id, queue_id, ring_seconds, calls_per_second,
                          policy, wrap_up, wrap_up_seconds, started_at)
      select 'ctwin', 'Twin', 'predictive', 'paused', 'service', id, queue_id, ${MOST_RINGING},
             ${plan.callsPerSecond}, '${JSON.stringify(policy)}', 'limit', ${plan.wrapUpSeconds}, now()
        from line where key = 'lbench';
    insert into campaign_pacing (campaign_id, snapshot) select id, '${JSON.stringify(snapshot)}' from campaign;
    insert into attempt (id, call_id, number, state, campaign_id, ending, created_at, answered_at, abandoned_at, ended_at)
      select '${BEFORE}' || n, gen_random_uuid(), '+7900' || (1000000 + n), 'placed', c.id,
             case when n <= ${abandoned} then 'abandoned' else 'answered' end, at, at,
             case when n <= ${abandoned} then at end, at
        from campaign c, generate_series(1, ${answered}) n, (select now() - interval '1 hour' as at) then_;`;
}
