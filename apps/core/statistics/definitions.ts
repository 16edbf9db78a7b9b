/**
 * What every figure means. The API shows these sentences (GET /v1/statistics/definitions) and describes its answers
 * with them; the recount in tests/integration/statistics.test.ts is written from them alone.
 */
import { AGENTS, HOME } from "./agent-definitions.ts";
import { CALLS } from "./call-definitions.ts";
import { LIVE } from "./live-definitions.ts";

/** By the answer in which a figure stands. */
export const FIGURES = { calls: CALLS, agents: AGENTS, live: LIVE, home: HOME } as const;
