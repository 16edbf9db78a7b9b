/**
 * What Asterisk's static files say about browsers as phones (LINE-12): codecs, and which of this machine's addresses
 * are offered as ICE candidates.
 */
import { existsSync } from "node:fs";
import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { safe } from "./safe.ts";
import type { View } from "./templates.ts";

type Wanted = Pick<Config, "wssPort" | "webrtcCodecs" | "sipBind" | "publicAddress">;

/** What opus needs: Debian's Asterisk has it, one's own may not. */
const OPUS_MODULES = ["codec_opus_open_source.so", "res_format_attr_opus.so"];

/**
 * The names for pjsip.conf, rtp.conf and modules.conf; without `wssPort` all is off.
 * @param own this machine's IPv4 addresses other than loopback.
 * @throws Error naming the setting when opus is wanted and its module is not there.
 */
export function browserView(config: Wanted, moduleDir: string, own = ownAddresses()): View {
  if (config.wssPort === undefined)
    return { browsers: false, webrtcCodecs: "", opus: false, ownOnly: false, permitted: [], candidates: [] };
  const codecs = config.webrtcCodecs.split(",").map((codec) => safe("key", codec));
  const opus = codecs.includes("opus");
  const missing = opus && OPUS_MODULES.find((name) => !existsSync(join(moduleDir, name)));
  if (missing)
    throw new Error(`webrtcCodecs (DOZVON_WEBRTC_CODECS): opus needs ${missing}, which is not there`);
  return { browsers: true, webrtcCodecs: codecs.join(","), opus, ...iceView(config, own) };
}

/**
 * ICE candidates (rtp.conf). Asterisk offers all addresses of the machine but loopback, wherever RTP is bound to, and
 * knows nothing of a NAT; so its list is put right here. IPv6 it may offer as it likes.
 */
function iceView({ sipBind, publicAddress }: Wanted, own: readonly string[]): View {
  const [first] = own;
  const bound = isIPv4(sipBind) && sipBind !== "0.0.0.0" ? sipBind : undefined;
  const outside = publicAddress && isIPv4(publicAddress) ? publicAddress : undefined;
  const candidates: View[] = [];
  const say = (local: string, shown: string, also: string) =>
    candidates.push({ local: safe("address", local), shown: safe("address", shown), also });
  const here = bound !== undefined && own.includes(bound) ? bound : first;
  if (here !== undefined && outside) say(here, outside, ",include_local_address");
  // RTP on loopback, for a browser on this machine: Asterisk would not offer that address by itself.
  else if (here !== undefined && bound !== undefined && bound !== here) say(here, bound, "");
  const permitted = [...new Set([bound, outside])].flatMap((each) =>
    each === undefined ? [] : [{ address: safe("address", each) }],
  );
  return { ownOnly: bound !== undefined, permitted: bound === undefined ? [] : permitted, candidates };
}

function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address);
}
