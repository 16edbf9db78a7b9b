/** Which ARI driver stands behind the port: the configuration's `ariDriver`. */
import { createAriClientAri } from "./ari-client.ts";
import { createNativeAri } from "./native.ts";
import type { AriOptions, AriPort } from "./port.ts";

export type AriDriver = "native" | "ari-client";

/**
 * An ARI connection, not yet connected.
 * @throws Error if the driver is ari-client and the package is not installed.
 */
export function createAri(driver: AriDriver, options: AriOptions): AriPort {
  return driver === "ari-client" ? createAriClientAri(options) : createNativeAri(options);
}
