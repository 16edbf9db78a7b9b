/**
 * What every figure means. The API shows these sentences (GET /v1/statistics/definitions) and describes its answers
 * with them; the recount in tests/integration/statistics.test.ts is written from them alone.
 */

/** `percent` has two decimals; `ms` are whole milliseconds. */
export type Unit = "calls" | "callers" | "agents" | "transfers" | "ms" | "minutes" | "percent";

export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  /** One exact sentence. */
  readonly definition: string;
  /** In terms of other figures, where it is computed from them. */
  readonly formula?: string;
}

/** A figure that has nothing to be divided by is null, never 0. */
const CALLS = {
  offered: {
    name: "Offered",
    unit: "calls",
    definition:
      "Calls of customers that arrived in the interval in working hours, whatever became of them; a call counts in the interval of its arrival, for the line it came in on and for the queue on whose behalf it was last offered.",
    formula: "answered + abandoned + noAnswer + failed + waiting",
  },
  answered: {
    name: "Answered",
    unit: "calls",
    definition: "Offered calls in which the customer and somebody of ours heard each other.",
  },
  waiting: {
    name: "Still waiting",
    unit: "calls",
    definition: "Offered calls that are neither answered nor over yet.",
  },
  abandoned: {
    name: "Abandoned",
    unit: "calls",
    definition: "Offered calls that the caller gave up before anybody answered, short abandons included.",
  },
  shortAbandoned: {
    name: "Short abandons",
    unit: "calls",
    definition: "Abandoned calls whose wait was shorter than 5 seconds.",
  },
  abandonedByWait: {
    name: "Abandoned by wait",
    unit: "calls",
    definition:
      "Abandoned calls by the seconds that the caller had waited, the lower bound included and the upper excluded; the buckets add up to abandoned.",
  },
  noAnswer: {
    name: "No answer",
    unit: "calls",
    definition: "Offered calls that we gave up because nobody could or did answer in the time allowed.",
  },
  failed: {
    name: "Failed",
    unit: "calls",
    definition:
      "Offered calls that ended in any other way without a conversation: the network, a fault, a record that Asterisk could not complete.",
  },
  outOfHours: {
    name: "Out of hours",
    unit: "calls",
    definition: "Calls of customers that arrived outside the line's working hours; they are not offered.",
  },
  missed: {
    name: "Missed",
    unit: "calls",
    definition: "Calls of customers that are over and had no conversation, out of hours included (MISS-04).",
    formula: "abandoned + noAnswer + failed + outOfHours",
  },
  answeredInTime: {
    name: "Answered in time",
    unit: "calls",
    definition:
      "Answered calls whose wait was not longer than the queue's serviceLevelSeconds as it is set now; a call without a queue is judged by its line's queue.",
  },
  serviceLevelPercent: {
    name: "Service level",
    unit: "percent",
    definition:
      "The share of calls answered in time among the offered ones, without short abandons, in which nobody had a chance to answer, and without those still waiting, of which nothing can be said yet; longer abandons and unanswered calls count against us.",
    formula: "100 × answeredInTime / (offered − shortAbandoned − waiting)",
  },
  averageAnswerMs: {
    name: "Average speed of answer",
    unit: "ms",
    definition: "The mean wait of answered calls, from the arrival to an agent's voice (ROUTE-12).",
  },
  longestAnswerMs: {
    name: "Longest speed of answer",
    unit: "ms",
    definition: "The longest wait of an answered call.",
  },
  averageWaitMs: {
    name: "Average wait",
    unit: "ms",
    definition: "The mean wait of all offered calls that wait no longer, answered or not (ROUTE-12).",
  },
  longestWaitMs: {
    name: "Longest wait",
    unit: "ms",
    definition: "The longest wait of an offered call that waits no longer, answered or not.",
  },
  talkMs: {
    name: "Talk time",
    unit: "ms",
    definition:
      "The time that customers and agents were in one bridge, of all answered calls together, with the time on hold; of a call that goes on, what its record holds so far.",
  },
  averageTalkMs: {
    name: "Average talk time",
    unit: "ms",
    definition: "Talk time by answered call.",
    formula: "talkMs / answered",
  },
  wrapUpMs: {
    name: "Wrap-up time",
    unit: "ms",
    definition:
      "The time that agents took to complete the service after these calls, of all agents together; a wrap-up that goes on counts when it is over.",
  },
  handleMs: {
    name: "Handle time",
    unit: "ms",
    definition: "Talk time, with hold, and wrap-up time together.",
    formula: "talkMs + wrapUpMs",
  },
  averageHandleMs: {
    name: "Average handle time",
    unit: "ms",
    definition: "Handle time by answered call.",
    formula: "handleMs / answered",
  },
  transfers: {
    name: "Transfers",
    unit: "transfers",
    definition: "Transfers, blind and attended, in offered calls, as Asterisk recorded them.",
  },
  ownerCalls: {
    name: "Calls with an owner",
    unit: "calls",
    definition: "Offered calls whose caller had an owner when the call arrived.",
  },
  ownerAnswered: {
    name: "Answered by the owner",
    unit: "calls",
    definition:
      "Answered calls with an owner in which the owner was the agent, the last one if there were several.",
  },
  ownerHitPercent: {
    name: "Owner hit rate",
    unit: "percent",
    definition: "The share of calls with an owner that the owner answered.",
    formula: "100 × ownerAnswered / ownerCalls",
  },
  averageOwnerAnswerMs: {
    name: "Speed of answer with the owner",
    unit: "ms",
    definition: "The mean wait of the calls that their owner answered: what the owner costs in waiting.",
  },
  averageOtherAnswerMs: {
    name: "Speed of answer with somebody else",
    unit: "ms",
    definition: "The mean wait of answered calls that had an owner and were answered by somebody else.",
  },
} as const satisfies Readonly<Record<string, Figure>>;

const AGENTS = {
  offered: {
    name: "Rang",
    unit: "calls",
    definition:
      "Calls of customers that arrived in the interval and for which this agent's phone was called.",
  },
  answered: {
    name: "Inbound",
    unit: "calls",
    definition: "Calls of customers in which this agent spoke with the customer.",
  },
  notAnswered: {
    name: "Rang in vain",
    unit: "calls",
    definition:
      "Calls of customers for which this agent's phone was called and in which the agent did not speak.",
    formula: "offered − answered",
  },
  missed: {
    name: "Missed",
    unit: "calls",
    definition:
      "Missed calls that were offered to this agent first or called the agent's phone, whoever else was asked: the calls of type missed in the agent's journal (MISS-04).",
  },
  outbound: {
    name: "Outbound",
    unit: "calls",
    definition: "Calls of type outbound that arrived in the interval and had this agent's phone in them.",
  },
  internal: {
    name: "Internal",
    unit: "calls",
    definition: "Calls between colleagues in which this agent spoke.",
  },
  talkMs: {
    name: "Talk time",
    unit: "ms",
    definition:
      "The time that this agent was in one bridge with customers, in inbound and outbound calls; in a transferred call only the agent's own part (D-33).",
  },
  averageTalkMs: {
    name: "Average talk time",
    unit: "ms",
    definition: "Talk time by call in which the agent spoke with a customer.",
    formula: "talkMs / (answered + spoken outbound calls)",
  },
  wrapUpMs: {
    name: "Wrap-up time",
    unit: "ms",
    definition:
      "The time this agent took to complete the service after calls that arrived in the interval; a wrap-up that goes on counts when it is over.",
  },
  handleMs: {
    name: "Handle time",
    unit: "ms",
    definition: "Talk time, with hold, and wrap-up time together.",
    formula: "talkMs + wrapUpMs",
  },
  averageHandleMs: {
    name: "Average handle time",
    unit: "ms",
    definition: "Handle time by call in which the agent spoke with a customer.",
    formula: "handleMs / (answered + spoken outbound calls)",
  },
  averageRingMs: {
    name: "Average ring",
    unit: "ms",
    definition: "The mean time from calling the agent's phone until it was picked up, for customers' calls.",
  },
  ownerCalls: {
    name: "Calls of own clients",
    unit: "calls",
    definition: "Offered calls whose caller this agent owned when the call arrived.",
  },
  ownerAnswered: {
    name: "Own clients answered",
    unit: "calls",
    definition: "Calls of own clients in which this agent was the agent, the last one if there were several.",
  },
  ownerHitPercent: {
    name: "Owner hit rate",
    unit: "percent",
    definition: "The share of calls of own clients that this agent answered.",
    formula: "100 × ownerAnswered / ownerCalls",
  },
  onLineMs: {
    name: "On line",
    unit: "ms",
    definition: "The time in state inbound within the interval, cut at its borders (AGENT-11).",
  },
  outboundMs: {
    name: "Outbound state",
    unit: "ms",
    definition: "The time in state outbound within the interval, cut at its borders.",
  },
  breakMs: {
    name: "Break",
    unit: "ms",
    definition: "The time in state break within the interval, cut at its borders (AGENT-11).",
  },
  workingMs: {
    name: "Total working time",
    unit: "ms",
    definition: "The time signed in within the interval: in any state but offline (AGENT-11).",
    formula: "onLineMs + outboundMs + breakMs",
  },
  busyMs: {
    name: "Busy",
    unit: "ms",
    definition:
      "The time within the interval during which at least one of the agent's channels was answered and not yet hung up, or the agent was in wrap-up: talk, hold and wrap-up, of customers' and colleagues' calls, cut at the interval's borders.",
  },
  occupancyPercent: {
    name: "Occupancy",
    unit: "percent",
    definition:
      "The share of the time at work, breaks left out, during which the agent was busy; a talk that goes on into a break counts, so it can exceed 100.",
    formula: "100 × busyMs / (workingMs − breakMs)",
  },
} as const satisfies Readonly<Record<string, Figure>>;

const LIVE = {
  waiting: {
    name: "Waiting now",
    unit: "callers",
    definition: "Callers who are waiting in the queue at this moment (ROUTE-12).",
  },
  longestWaitMs: {
    name: "Longest wait now",
    unit: "ms",
    definition:
      "How long the caller who has been in the queue longest has been there; null when nobody waits.",
  },
  agents: {
    name: "Agents by status",
    unit: "agents",
    definition: "Agents who serve the queue, by the status that colleagues see (AGENT-01).",
  },
  last15Minutes: {
    name: "Last 15 minutes",
    unit: "calls",
    definition: "The figures of calls that arrived within the 15 minutes before this moment.",
  },
  last30Minutes: {
    name: "Last half hour",
    unit: "calls",
    definition: "The figures of calls that arrived within the 30 minutes before this moment.",
  },
  today: {
    name: "Today",
    unit: "calls",
    definition:
      "The figures of calls that arrived since midnight in the zone that is asked for, else that of the working hours of the queue's first line that has some, else UTC.",
  },
} as const satisfies Readonly<Record<string, Figure>>;

const HOME = {
  onLineMinutes: {
    name: "On line",
    unit: "minutes",
    definition: "The onLineMs of today in minutes, rounded to the nearest.",
  },
  outboundMinutes: {
    name: "Outbound state",
    unit: "minutes",
    definition: "The outboundMs of today in minutes, rounded to the nearest.",
  },
  breakMinutes: {
    name: "Break",
    unit: "minutes",
    definition: "The breakMs of today in minutes, rounded to the nearest.",
  },
  workingMinutes: {
    name: "Total working time",
    unit: "minutes",
    definition:
      "The workingMs of today in minutes, rounded to the nearest; the parts may differ from it by a minute.",
  },
} as const satisfies Readonly<Record<string, Figure>>;

/** By the answer in which a figure stands. */
export const FIGURES = { calls: CALLS, agents: AGENTS, live: LIVE, home: HOME } as const;

export type CallFigure = keyof typeof CALLS;
export type AgentFigure = keyof typeof AGENTS;
