/**
 * Is this phone still there? Asked while it rings: Asterisk itself looks at its phones only every half a minute, and a
 * phone that died rings for its caller as long as the queue lets it.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Ami } from "./ami.ts";
import type { AriPort } from "./ari/port.ts";

export interface Probe {
  /** Whether the phone answers. @throws AmiError, AriError when Asterisk does not */
  alive(phone: string): Promise<boolean>;
}

/** Above qualify_timeout of asterisk-conf/pjsip.conf.mustache: by then Asterisk has its verdict. */
const ANSWER_WITHIN_MS = 2300;

/** By SIP OPTIONS (PJSIPQualify), and then Asterisk's own word on the endpoint. */
export function createProbe(ami: Ami, ari: AriPort): Probe {
  return {
    async alive(phone) {
      await ami.action("PJSIPQualify", { Endpoint: phone });
      await pause(ANSWER_WITHIN_MS);
      const path = `endpoints/PJSIP/${encodeURIComponent(phone)}`;
      const { body } = await ari.request({ method: "GET", path });
      return (body as { state?: string } | undefined)?.state !== "offline";
    },
  };
}
