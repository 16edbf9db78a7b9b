/** The certificate of the door for browser phones: the operator's own, or one that we sign ourselves. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import type { Config } from "../config.ts";
import type { Account } from "./account.ts";
import { runCommand } from "./command.ts";
import { HostError } from "./problem.ts";
import { canReach } from "./reach.ts";
import { findInPath } from "./search-path.ts";

type Wanted = Pick<Config, "dataDir" | "tlsCert" | "tlsKey" | "wssHost" | "wssUrl" | "publicAddress">;

/** Where the door finds its certificate and key (PEM). */
export function certificatePaths({ dataDir, tlsCert, tlsKey }: Wanted): { cert: string; key: string } {
  if (tlsCert && tlsKey) return { cert: tlsCert, key: tlsKey };
  return { cert: join(dataDir, "tls/self-signed.pem"), key: join(dataDir, "tls/self-signed.key") };
}

/** Browsers take no longer ones. */
const DAYS = 825;
const RENEWED_BEFORE_MS = 30 * 86_400_000;

/**
 * Makes sure that there is a certificate that the door can use; a self-signed one is made anew shortly before its end.
 * @throws HostError naming the setting.
 */
export async function ensureCertificate(config: Wanted, owner: Pick<Account, "uid" | "gid"> | undefined) {
  const paths = certificatePaths(config);
  if (config.tlsCert === undefined && !isGood(paths)) await signOurselves(config, paths, owner);
  const reachable = (path: string) => fs.existsSync(path) && (!owner || canReach(path, owner));
  for (const [key, path] of [
    ["DOZVON_TLS_CERT", paths.cert] as const,
    ["DOZVON_TLS_KEY", paths.key] as const,
  ])
    if (!reachable(path))
      throw new HostError(`${key}: ${path} is not there, or the account that carries us cannot read it.`);
  try {
    if (matches(paths)) return;
  } catch (error) {
    throw new HostError(`DOZVON_TLS_CERT, DOZVON_TLS_KEY: no PEM (${(error as Error).message}).`);
  }
  throw new HostError("DOZVON_TLS_KEY: is not the key of DOZVON_TLS_CERT.");
}

function matches({ cert, key }: { cert: string; key: string }): boolean {
  return new X509Certificate(fs.readFileSync(cert)).checkPrivateKey(createPrivateKey(fs.readFileSync(key)));
}

function isGood(paths: { cert: string; key: string }): boolean {
  if (!fs.existsSync(paths.cert) || !fs.existsSync(paths.key)) return false;
  const { validTo } = new X509Certificate(fs.readFileSync(paths.cert));
  return Date.parse(validTo) - Date.now() > RENEWED_BEFORE_MS && matches(paths);
}

async function signOurselves(
  config: Wanted,
  { cert, key }: { cert: string; key: string },
  owner: Pick<Account, "uid" | "gid"> | undefined,
): Promise<void> {
  const openssl = findInPath("openssl");
  if (!openssl)
    throw new HostError(
      "there is no openssl to make a certificate for browser phones; install it, or set DOZVON_TLS_CERT and DOZVON_TLS_KEY.",
    );
  const folder = dirname(cert);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The key is there before openssl writes into it, so that it is never readable for others.
  for (const path of [key, cert]) fs.writeFileSync(path, "", { mode: 0o600 });
  const kind = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-sha256",
  ];
  const names = ["-subj", "/CN=dozvon", "-addext", `subjectAltName=${namesOf(config).join(",")}`];
  await runCommand(openssl, [...kind, "-days", String(DAYS), ...names, "-keyout", key, "-out", cert]);
  fs.chmodSync(key, 0o600);
  if (owner && process.getuid?.() === 0)
    for (const path of [folder, key, cert]) fs.chownSync(path, owner.uid, owner.gid);
}

/** Every name under which a browser may look for us. */
function namesOf({ wssHost, wssUrl, publicAddress }: Wanted): string[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const everywhere = wssHost === "0.0.0.0" || wssHost === "::";
  const hosts = [
    ...["localhost", "127.0.0.1", "::1"],
    ...(everywhere ? interfaces.map(({ address }) => address) : [wssHost]),
    ...(publicAddress ? [publicAddress] : []),
    ...(wssUrl ? [new URL(wssUrl).hostname.replace(/^\[|\]$/g, "")] : []),
  ];
  return [...new Set(hosts)].map((host) => `${isIP(host) ? "IP" : "DNS"}:${host}`);
}
