/** Muting MixMonitor over AMI (class `call`): it goes on writing, silence, so the file keeps the time. */
import type { RecordingMuter } from "../engine/recording-pauses.ts";
import { type Ami, AmiError } from "./ami.ts";

export function createRecordingMuter(ami: Ami): RecordingMuter {
  return {
    async mute(channel, muted) {
      try {
        // Channels are named by their unique ids, which Asterisk takes in place of names.
        await ami.action("MixMonitorMute", { Channel: channel, Direction: "both", State: muted ? 1 : 0 });
        return true;
      } catch (error) {
        // "No such channel", and "Cannot set mute flag": nothing listens in on the channel.
        if (error instanceof AmiError && error.kind === "refused") return false;
        throw error;
      }
    },
  };
}
