/**
 * Why a choice was made (law L6): the rule that decided, one English sentence, and what was looked at.
 */
export interface Because {
  /** The ledger entry or law that decided, such as `ROUTE-05`. */
  readonly rule: string;
  readonly text: string;
  /** Everyone who was considered, and why they were not chosen. */
  readonly considered?: readonly Considered[];
}

export interface Considered {
  readonly agent: string;
  readonly name: string;
  /** `free`, or the reason why this agent cannot take the call. */
  readonly verdict: string;
}
