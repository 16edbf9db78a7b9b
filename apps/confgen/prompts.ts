/**
 * Prompts of lines in Asterisk's terms: files for Playback, and playlists for those who wait (PROMPT-01..08).
 */
import { join } from "node:path";
import { type PromptSlot, type Prompts, STANDARD_PROMPTS } from "../core/routing/prompts.ts";
import type { Settings } from "../store/settings.ts";
import type { Instance } from "./generated.ts";
import { displayName, safe } from "./safe.ts";
import type { View } from "./templates.ts";

type Entry = { readonly entry: string };

/** Our own recordings of what is said while somebody waits. */
const STANDARD = { waiting: "please-wait", busy: "all-busy" } as const;

/** Lines with recordings of their own in the slots that are played once (generated/prompts.conf). */
export function ownPrompts(settings: Settings, instance: Instance) {
  const own = (slot: PromptSlot): View[] =>
    settings.lines.flatMap((line) => {
      const prompt = (settings.prompts.get(line.id) ?? STANDARD_PROMPTS)[slot];
      if (!isSound(prompt)) return [];
      const key = safe("key", line.key);
      return [{ key, name: displayName(line.name, key), sound: soundFile(prompt, instance) }];
    });
  return { arrivals: own("arrival"), noAnswers: own("no-answer"), outOfHours: own("out-of-hours") };
}

/**
 * What a line's callers hear while they wait. Playlists begin at their first entry for every caller, and go round.
 * An uploaded waiting prompt is played again at once (PROMPT-03); our own is short, so some music follows it.
 */
export function waitingView(prompts: Prompts, key: string, language: string, instance: Instance) {
  const said = (name: string): Entry => ({
    entry: safe("path", join(instance.sounds.data, "sounds", safe("word", language), "dozvon", name)),
  });
  const music: Entry = { entry: safe("path", join(instance.sounds.data, "sounds/dozvon/hold")) };
  const waiting: Entry[] =
    prompts.waiting === "standard"
      ? [said(STANDARD.waiting), music]
      : prompts.waiting === "none"
        ? []
        : [{ entry: soundFile(prompts.waiting, instance) }];
  const busy = isSound(prompts.busy) ? { entry: soundFile(prompts.busy, instance) } : said(STANDARD.busy);
  return {
    welcome: prompts.arrival === "none" ? "0" : "1",
    waits: waiting.length > 0,
    waiting,
    // The class that plays while a phone rings; without one the caller hears the ringing tone.
    music: waiting.length > 0 && `wait-${key}`,
    // In the queue there is no ringing tone to fall back to.
    busy: [busy, ...(waiting.length > 0 ? waiting : [music])],
  };
}

function isSound(prompt: string): boolean {
  return prompt !== "standard" && prompt !== "none";
}

/** An uploaded sound as Playback takes it, without the ending: Asterisk chooses the cheapest format for the call. */
export function soundFile(id: string, instance: Pick<Instance, "sounds">): string {
  return safe("path", join(instance.sounds.built, `s-${id}`));
}
