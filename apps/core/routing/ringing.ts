/** How long an offer is heard (ROUTE-10). */

/** The melody's own length in the ledger. */
const MELODY_SECONDS = 30;

/**
 * For how many seconds an incoming call makes a sound: the melody's 30, or the time to answer if that is shorter
 * (D-34). A SIP phone rings as long as Asterisk calls it, which is the time to answer; whoever plays a melody of their
 * own, as a page does, goes by this.
 */
export function ringSeconds(answerSeconds: number): number {
  return Math.min(MELODY_SECONDS, answerSeconds);
}
