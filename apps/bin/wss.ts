/**
 * The process at the door for browsers as phones (apps/wss/door.ts), there only with DOZVON_WSS_PORT.
 *
 * A process of its own: it meets strangers, so it has neither the database nor a password of ours, only the key of its
 * certificate; and phones stay connected while the API starts anew.
 */
import { readFileSync, statSync } from "node:fs";
import { takeConfig } from "../given-config.ts";
import { certificatePaths } from "../host/certificate.ts";
import { type Identity, openDoor } from "../wss/door.ts";
import { plainLog } from "./plain-log.ts";
import { onStop } from "./stop.ts";

/** How often to look whether somebody has renewed the certificate. */
const LOOK_EVERY_MS = 60_000;

const config = await takeConfig();
const log = plainLog("wss");
const { wssHost: host, wssPort: port, ariPort: asteriskPort } = config;
if (port === undefined) throw new Error("DOZVON_WSS_PORT is not set");
const paths = certificatePaths(config);
const identity = (): Identity => ({
  cert: readFileSync(paths.cert, "utf8"),
  key: readFileSync(paths.key, "utf8"),
});
const written = (): number => statSync(paths.cert).mtimeMs + statSync(paths.key).mtimeMs;

let seen = written();
const door = await openDoor({ identity: identity(), host, port, asteriskPort, log });
log.info({ host, port }, "Browser phones may connect.");

const looking = setInterval(() => {
  try {
    if (written() === seen) return;
    seen = written();
    door.renew(identity());
    log.info({}, "The certificate was renewed.");
  } catch (error) {
    log.warn({ why: String(error) }, "The new certificate cannot be used; the old one stays.");
  }
}, LOOK_EVERY_MS);

onStop(async () => {
  clearInterval(looking);
  await door.close();
});
