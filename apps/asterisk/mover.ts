/**
 * Moving channels that are in a conversation: AMI's Redirect, the one thing ARI cannot do to a channel outside Stasis.
 */
import type { Place } from "../core/effects.ts";
import { type Ami, AmiError } from "./ami.ts";

export interface Mover {
  /**
   * Sends a channel, and its partner with it, to their places. Both leave their bridge; neither is hung up by it.
   * @throws AmiError `refused` when the channel is gone
   */
  redirect(channel: string, place: Place, other?: { channel: string; place: Place }): Promise<void>;
  /** As if the caller had pressed a key that no phone has; a caller who is gone is no error. */
  nudge(channel: string): Promise<void>;
  /** What is said on a channel is heard by nobody, or again (res_mutestream). @throws AmiError */
  mute(channel: string, muted: boolean): Promise<void>;
}

/** Over AMI (class `call`). Channels are named by their unique ids, which Asterisk takes in place of names. */
export function createMover(ami: Ami): Mover {
  return {
    async redirect(channel, place, other) {
      await ami.action("Redirect", {
        Channel: channel,
        Context: place.context,
        Exten: place.extension,
        Priority: "1",
        ...(other && {
          ExtraChannel: other.channel,
          ExtraContext: other.place.context,
          ExtraExten: other.place.extension,
          ExtraPriority: "1",
        }),
      });
    },
    async nudge(channel) {
      try {
        await ami.action("PlayDTMF", { Channel: channel, Digit: "D", Receive: "true" });
      } catch (error) {
        if (!(error instanceof AmiError && error.kind === "refused")) throw error;
      }
    },
    async mute(channel, muted) {
      const value = muted ? "on" : "off";
      await ami.action("Setvar", { Channel: channel, Variable: "MUTEAUDIO(in)", Value: value });
    },
  };
}
