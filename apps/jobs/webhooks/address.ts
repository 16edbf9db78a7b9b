/**
 * Where a webhook may lead (OWASP: server-side request forgery). Only to public addresses: whoever may set a webhook
 * must not reach through us what only this machine or its network can reach.
 *
 * A name is resolved when it is saved and again for every connection, and the connection is made to the very
 * address that was looked at: a name that changes in between (DNS rebinding) gains nothing.
 */
import { lookup as systemLookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** What may be reached all the same (DOZVON_WEBHOOK_ALLOW). */
export interface Allowed {
  /** `host:port`, the host as URLs write it. */
  readonly hosts: ReadonlySet<string>;
  readonly networks: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
}

/** All addresses of a name. @throws when it has none */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** An address that a webhook must not have; `message` is for the person who set it. */
export class ForbiddenAddress extends Error {
  override readonly name = "ForbiddenAddress";
}

const LONGEST_URL = 2000;
/** Azure's metadata service answers at a public address. */
const PUBLIC_BUT_INTERNAL = new Set(["168.63.129.16"]);

/** Reads the list of DOZVON_WEBHOOK_ALLOW, such as `127.0.0.1:9000, crm.local:443, 10.1.0.0/16`. */
export function parseAllowed(text: string): Allowed {
  const hosts = new Set<string>();
  const networks: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  for (const entry of text.split(",").map((each) => each.trim().toLowerCase())) {
    if (entry === "") continue;
    if (ipaddr.isValidCIDR(entry)) networks.push(ipaddr.parseCIDR(entry));
    else if (isIP(entry)) networks.push([ipaddr.parse(entry), isIP(entry) === 4 ? 32 : 128]);
    else hosts.add(entry);
  }
  return { hosts, networks };
}

/**
 * Looks at the address as it is written.
 * @returns the URL as it will be used. @throws ForbiddenAddress
 */
export function checkUrl(text: string, allowed: Allowed): URL {
  if (text.length > LONGEST_URL) throw new ForbiddenAddress(`is longer than ${LONGEST_URL} characters`);
  if (!URL.canParse(text)) throw new ForbiddenAddress("is not an address");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new ForbiddenAddress("must begin with https:// or http://");
  if (url.username !== "" || url.password !== "")
    throw new ForbiddenAddress("must not hold a user name or a password");
  if (url.port === "0") throw new ForbiddenAddress("has no usable port");
  url.hash = "";
  const literal = addressIn(url);
  if (literal !== undefined && !hostAllowed(url, allowed)) checkAddress(literal, allowed);
  return url;
}

/**
 * Looks at the address and at everything its name leads to now.
 * @throws ForbiddenAddress also when the name leads nowhere
 */
export async function checkDestination(
  text: string,
  allowed: Allowed,
  resolve: Resolve = resolveAll,
): Promise<URL> {
  const url = checkUrl(text, allowed);
  if (addressIn(url) === undefined) await checkedAddresses(url, allowed, resolve);
  return url;
}

/** A `lookup` for a connection to this URL: it gives only addresses that were looked at, and fails otherwise. */
export function guardedLookup(url: URL, allowed: Allowed, resolve: Resolve = resolveAll): LookupFunction {
  return (_hostname, options, callback) => {
    checkedAddresses(url, allowed, resolve).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        const [first] = found;
        if (options.all) callback(null, found);
        else callback(null, first?.address ?? "", first?.family);
      },
      (error: Error) => callback(error, options.all ? [] : ""),
    );
  };
}

/** One address that must not be connected to is enough to refuse them all: which one is taken is chance. */
async function checkedAddresses(url: URL, allowed: Allowed, resolve: Resolve): Promise<readonly string[]> {
  const addresses = await resolve(url.hostname).catch(() => []);
  if (addresses.length === 0) throw new ForbiddenAddress(`the name ${url.hostname} leads to no address`);
  if (!hostAllowed(url, allowed)) for (const address of addresses) checkAddress(address, allowed);
  return addresses;
}

/** @throws ForbiddenAddress naming the kind of address. */
function checkAddress(text: string, { networks }: Allowed): void {
  const address = ipaddr.process(text);
  const inside = networks.some(
    ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
  );
  if (inside) return;
  const range = rangeOf(address);
  if (range !== "unicast")
    throw new ForbiddenAddress(
      `leads to ${address.toString()}, which is not a public address (${range}); DOZVON_WEBHOOK_ALLOW names others that may be reached`,
    );
}

/** IANA's kind of an address; `unicast` is the public rest. IPv4 inside IPv6 has been taken out before. */
function rangeOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  if (PUBLIC_BUT_INTERNAL.has(address.toString())) return "metadata";
  const range = address.range();
  if (address.kind() === "ipv4" || range !== "unicast") return range;
  // Global unicast is 2000::/3; the library calls whatever it does not know unicast, such as fec0::/10 and ::/96.
  return address.match(ipaddr.parseCIDR("2000::/3")) ? range : "reserved";
}

function hostAllowed(url: URL, { hosts }: Allowed): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return hosts.has(`${url.hostname}:${port}`);
}

/** The address that stands in the URL itself; URLs have turned 0x7f.1 and 2130706433 into 127.0.0.1 already. */
function addressIn({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return isIP(bare) ? bare : undefined;
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await systemLookup(host, { all: true })).map(({ address }) => address);
}
