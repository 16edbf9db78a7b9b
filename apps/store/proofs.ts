/** What a number is to be proved for. */
export type ProofFor =
  | { kind: "company" }
  | { kind: "agent" | "agent-forwarding" | "line-forwarding"; id: string };
