/** A policy out of what there is and what is asked for. */
import type { Policy } from "./policy.ts";
import { PRESETS, type PresetName } from "./presets.ts";

/** Any part of a policy. */
export interface PolicyChange {
  readonly preset?: PresetName | undefined;
  readonly abandonment?: Partial<Policy["abandonment"]> | undefined;
  readonly minRingSeconds?: number | undefined;
  readonly redial?: Partial<Policy["redial"]> | undefined;
  readonly attempts?: Partial<Policy["attempts"]> | undefined;
  readonly retry?: Policy["retry"] | undefined;
  readonly calendar?: Policy["calendar"] | undefined;
  readonly modes?: Partial<Policy["modes"]> | undefined;
  readonly consentFor?: Policy["consentFor"] | undefined;
}

/**
 * A preset that is named replaces everything first. Sections of single figures are completed, lists are taken whole.
 * @returns undefined for a new campaign that names no preset
 */
export function wishedPolicy(present: Policy | undefined, wish: PolicyChange): Policy | undefined {
  const base = wish.preset ? PRESETS[wish.preset] : present;
  if (!base) return undefined;
  return {
    preset: base.preset,
    abandonment: { ...base.abandonment, ...wish.abandonment },
    minRingSeconds: wish.minRingSeconds ?? base.minRingSeconds,
    redial: { ...base.redial, ...wish.redial },
    attempts: { ...base.attempts, ...wish.attempts },
    retry: wish.retry ?? base.retry,
    calendar: wish.calendar ?? base.calendar,
    modes: { ...base.modes, ...wish.modes },
    consentFor: wish.consentFor ?? base.consentFor,
  };
}
