/** Why a client was not reached, in the words that operators write (ORDQ-14). */
import type { Ending } from "../ending.ts";

export const REASONS = ["no_answer", "unavailable", "rejected"] as const;
export type Reason = (typeof REASONS)[number];

const WORDS: Readonly<Record<Reason, { readonly ru: string; readonly en: string }>> = {
  no_answer: { ru: "не отвечает", en: "no answer" },
  unavailable: { ru: "недоступен", en: "unavailable" },
  rejected: { ru: "сброс", en: "rejected" },
};

/** «не отвечает-2»: no answers are counted, the second one is the first to say so; the other reasons are not. */
export function reasonText(reason: Reason, count: number): { readonly ru: string; readonly en: string } {
  const { ru, en } = WORDS[reason];
  const counted = reason === "no_answer" && count > 1 ? `-${count}` : "";
  return { ru: `${ru}${counted}`, en: `${en}${counted}` };
}

/** What the call itself says, to begin with; undefined: it says nothing, or the client was reached. */
export function reasonOf(ending: Ending | undefined): Reason | undefined {
  if (ending === "no_answer" || ending === "abandoned") return "no_answer";
  if (ending === "busy" || ending === "rejected") return "rejected";
  return ending === "unreachable" || ending === "not_in_service" || ending === "failed"
    ? "unavailable"
    : undefined;
}
