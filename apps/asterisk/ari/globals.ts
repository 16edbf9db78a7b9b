/** The dialplan's global variables. */
import type { AriPort } from "./port.ts";

/** @param name made of our own words and keys only @throws AriError */
export async function setGlobal(ari: Pick<AriPort, "request">, name: string, value: string): Promise<void> {
  await ari.request({
    method: "POST",
    path: "asterisk/variable",
    query: { variable: name },
    body: { value },
  });
}
