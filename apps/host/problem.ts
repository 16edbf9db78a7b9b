/** What the person who starts us can act upon; shown as one plain sentence, without a stack. */
export class HostError extends Error {}

/** Where progress goes: one short plain line at a time. */
export type Report = (line: string) => void;
