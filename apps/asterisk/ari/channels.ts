/** Looking a channel up. */
import { AriError, type AriPort } from "./port.ts";

/** Whether Asterisk has this channel now. @throws AriError when it cannot say. */
export async function channelExists(ari: Pick<AriPort, "request">, id: string): Promise<boolean> {
  try {
    await ari.request({ method: "GET", path: `channels/${id}` });
    return true;
  } catch (error) {
    if (error instanceof AriError && error.status === 404) return false;
    throw error;
  }
}

/**
 * Whether anything has come back to this channel's INVITE, 100 Trying included (func_hangupcause keeps the last answer of
 * each leg). A channel that is gone has had its end.
 */
async function hasBeenAnsweredAtAll(ari: Pick<AriPort, "request">, id: string): Promise<boolean> {
  try {
    const query = { variable: "HANGUPCAUSE_KEYS()" };
    const { body } = await ari.request({ method: "GET", path: `channels/${id}/variable`, query });
    return (body as { value?: string } | undefined)?.value !== "";
  } catch (error) {
    if (error instanceof AriError && error.status === 404) return true;
    throw error;
  }
}

/** What a dialler asks about its channels. Both throw AriError when Asterisk cannot say. */
export function channelsOf(ari: Pick<AriPort, "request">) {
  return {
    alive: (channel: string) => channelExists(ari, channel),
    spoken: (channel: string) => hasBeenAnsweredAtAll(ari, channel),
  };
}
