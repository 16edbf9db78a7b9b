/**
 * What a caller hears from a line, by slot (PROMPT-01). Playing them is the dialplan's (45-prompts.conf); the core
 * only needs to know whether there is a greeting to play before it decides, and something to play while it rings.
 */

export const PROMPT_SLOTS = ["arrival", "waiting", "busy", "no-answer", "out-of-hours"] as const;
export type PromptSlot = (typeof PROMPT_SLOTS)[number];

/** `standard`: our own recording; `none`: nothing; otherwise the id of an uploaded sound. */
export type Prompt = string;
export type Prompts = Readonly<Record<PromptSlot, Prompt>>;

/** A new line's (PROMPT-08). */
export const STANDARD_PROMPTS: Prompts = {
  arrival: "standard",
  waiting: "standard",
  busy: "standard",
  "no-answer": "standard",
  "out-of-hours": "standard",
};

/** Slots that may be left unused: no greeting (PROMPT-07); ringing tone and music instead of a waiting prompt. */
export const OPTIONAL_SLOTS: readonly PromptSlot[] = ["arrival", "waiting"];
