/** What the live run and the simulator have in common. Times in seconds. */

export interface Plan {
  readonly agents: number;
  /** Left out of the figures: everybody is idle at first, and the pacer knows nothing. A multiple of 60. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly wrapUpSeconds: number;
  readonly callsPerSecond: number;
  readonly limitPercent: number;
  readonly connectSeconds: number;
  /** How long an answered customer may wait for an agent to become free: the deadline, less what a phone needs. */
  readonly patience: number;
}

/** What was measured live, each as a list of equally likely values. */
export interface Delays {
  /** From the decision until the number rings, and from the answer until the engine knows. */
  readonly origination: readonly number[];
  /** From the engine's knowing of an answer, when an agent is free, until both hear each other. */
  readonly connection: readonly number[];
}
