/**
 * Asks a ringing phone to answer by itself: NOTIFY with `Event: talk` inside the early dialog of its INVITE, which
 * Polycom, Yealink, Snom, Grandstream and others take as "lift the phone".
 *
 * Over Asterisk's console and not over AMI: AMI's PJSIPNotify needs class `system`, with which an account may also
 * write dialplan (DialplanExtensionAdd), that is, run programs. The console's socket belongs to our own account alone,
 * and the engine has it anyway (it reopens queue_log). ARI has no words for a NOTIFY.
 */

export interface AnswerAsker {
  /**
   * @param channel the ringing channel's unique id
   * @throws Error when Asterisk did not send it: the channel is gone, or its phone has not said that it rings
   */
  answer(channel: string): Promise<void>;
}

/** `console` runs one command of Asterisk's console and answers what it printed. */
export function createAnswerAsker(console: (command: string) => Promise<string>): AnswerAsker {
  return {
    async answer(channel) {
      if (!/^[\w.-]+$/.test(channel)) throw new Error("this is no channel's id");
      // [talk] in asterisk-conf/pjsip_notify.conf.
      const said = await console(`pjsip send notify talk channel ${channel}`);
      const problem = /^Unable to .*$/m.exec(said)?.[0];
      if (problem || !said.includes("Sending NOTIFY")) throw new Error(problem ?? said.trim());
    },
  };
}
