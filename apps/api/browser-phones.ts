/** What the configuration says of browsers as phones (LINE-12). */
import type { Config } from "../config.ts";
import type { BrowserPhones } from "./context.ts";

type Wanted = Pick<Config, "wssHost" | "wssPort" | "wssUrl" | "publicAddress" | "stun" | "webrtcCodecs">;

/** Undefined when browser phones are switched off. */
export function browserPhonesOf(config: Wanted): BrowserPhones | undefined {
  const { wssHost, wssPort, wssUrl, publicAddress, stun, webrtcCodecs } = config;
  if (wssPort === undefined) return undefined;
  const host = publicAddress ?? wssHost;
  const websocketUrl = wssUrl ?? `wss://${host.includes(":") ? `[${host}]` : host}:${wssPort}/ws`;
  return { websocketUrl, stun: stun === "" ? [] : stun.split(","), codecs: webrtcCodecs.split(",") };
}
