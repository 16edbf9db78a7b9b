/** What is said of calls: in total, of a queue and of a line. */
import { type Figure, HANDLE_TIME } from "./figure.ts";

/** A figure that has nothing to be divided by is null, never 0. */
export const CALLS = {
  offered: {
    name: "Offered",
    unit: "calls",
    definition:
      "Calls of customers that arrived in the interval in working hours, whatever became of them; a call counts in the interval of its arrival, for the line it came in on and for the queue on whose behalf it was last offered.",
    formula: "answered + abandoned + calledBack + noAnswer + failed + waiting",
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
  calledBack: {
    name: "Called back",
    unit: "calls",
    definition:
      "Offered calls whose caller kept the place in the queue to be called back; what becomes of the call that we place then is counted with the outgoing ones.",
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
    formula: "abandoned + calledBack + noAnswer + failed + outOfHours",
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
      "The share of calls answered in time among the offered ones, without short abandons, in which nobody had a chance to answer, without callers who kept their place, whom we call, and without those still waiting, of which nothing can be said yet; longer abandons and unanswered calls count against us.",
    formula: "100 × answeredInTime / (offered − shortAbandoned − calledBack − waiting)",
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
  handleMs: HANDLE_TIME,
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

export type CallFigure = keyof typeof CALLS;
