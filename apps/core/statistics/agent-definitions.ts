/** What is said of an agent: calls, times in states, and today's for the agent's own page. */
import { type Figure, HANDLE_TIME } from "./figure.ts";

/** A figure that has nothing to be divided by is null, never 0. */
export const AGENTS = {
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
  handleMs: HANDLE_TIME,
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

/** Today, for a page that a person reads. */
export const HOME = {
  onLineMinutes: minutesOf("onLineMs"),
  outboundMinutes: minutesOf("outboundMs"),
  breakMinutes: minutesOf("breakMs"),
  workingMinutes: minutesOf("workingMs", "; the parts may differ from it by a minute"),
} as const satisfies Readonly<Record<string, Figure>>;

function minutesOf(key: AgentFigure, addition = ""): Figure {
  const definition = `The ${key} of today in minutes, rounded to the nearest${addition}.`;
  return { name: AGENTS[key].name, unit: "minutes", definition };
}

export type AgentFigure = keyof typeof AGENTS;
