/**
 * Members of Asterisk's queues over AMI: the one thing that ARI has no words for.
 */
import type { AmiMessage } from "./ami.ts";
import { type Ami, AmiError } from "./ami.ts";

export interface QueueMembersPort {
  pause(phone: string, paused: boolean, reason: string): Promise<void>;
  /** phone → paused in any queue. */
  pauses(): Promise<Map<string, boolean>>;
}

/** Pauses and reads members; an agent who is in no queue has nothing to pause. */
export function createQueueMembers(ami: Ami): QueueMembersPort {
  return {
    async pause(phone, paused, reason) {
      try {
        await ami.action("QueuePause", {
          Interface: `PJSIP/${phone}`,
          Paused: String(paused),
          Reason: reason,
        });
      } catch (error) {
        if (error instanceof AmiError && error.kind === "refused" && /not found/i.test(error.message)) return;
        throw error;
      }
    },
    async pauses() {
      const { events } = await ami.action("QueueStatus", {}, { collectUntil: "QueueStatusComplete" });
      const members = events.filter((event: AmiMessage) => event.event === "QueueMember");
      return new Map(
        members.map((member) => [String(member.location).replace(/^PJSIP\//, ""), member.paused === "1"]),
      );
    },
  };
}
