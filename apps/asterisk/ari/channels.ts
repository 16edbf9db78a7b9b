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
