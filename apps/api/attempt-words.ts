/** How a campaign's call ended, in words for whoever asks about it. */
import type { AttemptEnding } from "../core/dialling/campaign.ts";

const WORDS: Readonly<Record<Exclude<AttemptEnding, "answered">, string>> = {
  abandoned: "the customer had answered and no agent was there in time, so the call was abandoned",
  hung_up: "the customer answered and hung up before an agent was there",
  self_service: "a person answered and heard the announcement",
  machine: "a machine answered",
  no_answer: "nobody answered",
  busy: "the number was busy",
  rejected: "the call was rejected",
  unreachable: "the phone could not be reached",
  not_in_service: "the number is not in service",
  failed: "the carrier could not carry the call",
  shed: "it was hung up while it rang, because too many calls would have been answered at once",
  cancelled: "it was hung up while it rang, because the campaign was stopped or the agent went away",
  not_placed: "nobody's phone rang",
  lost: "what became of it is not known: its record is incomplete",
};

/** @param agent who talked, by name */
export function attemptWords(ending: AttemptEnding, agent: string): string {
  return ending === "answered" ? `the customer answered and talked with ${agent}` : WORDS[ending];
}
