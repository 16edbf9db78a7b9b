/** Trunks: carriers, known by the addresses that they call from. */
import { BlockList, isIP, isIPv6 } from "node:net";
import { isSafe } from "../confgen/safe.ts";
import type { Db } from "../store/database.ts";
import { nextKey } from "../store/writes/keys.ts";
import { requireNoCampaign } from "./campaign-uses.ts";
import { type Context, checkName, isId, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem, type TrunkFields } from "./port.ts";
import type { TrunkState } from "./routing-fields.ts";
import { logged } from "./settings.ts";

export function trunkCommands({
  configure,
  applier,
  db,
}: Context): Pick<Handlers, "trunk.create" | "trunk.change" | "trunk.delete" | "trunk.states"> {
  return {
    "trunk.states": async () => {
      const endpoints = await applier.endpoints().catch(() => new Map<string, string>());
      const rows = await db.selectFrom("trunk").select(["id", "key"]).where("host", "is not", null).execute();
      return { states: Object.fromEntries(rows.map(({ id, key }) => [id, stateOf(endpoints.get(key))])) };
    },
    "trunk.create": (fields) =>
      configure(async (trx) => {
        await check(trx, fields);
        const key = await nextKey(trx, "trunk");
        const { id } = await trx
          .insertInto("trunk")
          .values({ key, ...columns(fields) })
          .returning("id")
          .executeTakeFirstOrThrow();
        return { result: { id }, focus: { trunk: key } };
      }),
    "trunk.change": ({ id, change }, by) =>
      configure(async (trx) => {
        const before = await trunkRow(trx, id);
        const fields = { ...before, ...change };
        await check(trx, fields, id);
        await logged(
          { trx, by, command: "trunk.change", fields: Object.keys(change), secret: ["password"] },
          async () => [{ ...(await trunkRow(trx, id)) }],
          () => trx.updateTable("trunk").set(columns(fields)).where("id", "=", id).execute(),
        );
        return { result: {}, focus: { trunk: before.key } };
      }),
    "trunk.delete": ({ id }) =>
      configure(async (trx) => {
        await trunkRow(trx, id);
        await requireNoCampaign(trx, "trunk", id);
        await trx.deleteFrom("trunk").where("id", "=", id).execute();
        return { result: {}, focus: { nothing: true } };
      }),
  };
}

/** A trunk's address is asked every 30 s (`qualify_frequency`); whatever it answers, it is there. */
function stateOf(endpoint: string | undefined): TrunkState {
  if (endpoint === "online") return "reachable";
  return endpoint === "offline" ? "unreachable" : "unknown";
}

function columns({ name, addresses, host, port, username, password, ...fields }: TrunkFields) {
  return {
    ...{ name, addresses, host, port, username, password },
    number_format: fields.numberFormat ?? "e164",
    max_lines: fields.maxLines ?? null,
    calls_per_second: fields.callsPerSecond ?? null,
  };
}

async function check(trx: Db, fields: TrunkFields, self?: string): Promise<void> {
  checkName(fields.name);
  if (fields.addresses.length === 0)
    throw new CommandProblem(
      422,
      "no-address",
      "name at least one address that the carrier calls from",
      "addresses",
    );
  await checkAddresses(trx, fields.addresses, self);
  checkRegistration(fields);
}

/** Addresses that make sense and that no other trunk has. @throws CommandProblem */
export async function checkAddresses(trx: Db, addresses: readonly string[], self?: string): Promise<void> {
  addresses.forEach(checkAddress);
  const rows = await trx.selectFrom("trunk").select(["id", "name", "addresses"]).execute();
  for (const other of rows.filter((row) => row.id !== self))
    addresses.forEach((address, index) => {
      if (other.addresses.some((theirs) => overlap(address, theirs)))
        throw new CommandProblem(
          409,
          "taken",
          `the trunk «${other.name}» has this address`,
          `addresses.${index}`,
        );
    });
}

function checkRegistration({ host, port, username, password }: TrunkFields): void {
  const wrong = (field: string, message: string) => new CommandProblem(422, "trunk", message, field);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw wrong("port", "must be between 1 and 65535");
  if (host !== null && !isSafe("host", host)) throw wrong("host", "must be a name or an address");
  if (username !== null && host === null) throw wrong("host", "where do we register?");
  if (username !== null && !isSafe("account", username))
    throw wrong("username", "letters, digits and . _ + @ - only");
  if (username !== null && (password === null || !isSafe("secret", password)))
    throw wrong(
      "password",
      "1 to 120 printable ASCII characters without space, semicolon, quote and backslash",
    );
}

function checkAddress(address: string, index: number): void {
  const [ip = "", prefix] = address.split("/");
  const longest = isIPv6(ip) ? 128 : 32;
  const fits =
    prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 8 && Number(prefix) <= longest);
  if (isIP(ip) !== 0 && fits && isSafe("address", address)) return;
  const message = "must be an IP address, or a range of at least /8 such as 203.0.113.0/24";
  throw new CommandProblem(422, "not-an-address", message, `addresses.${index}`);
}

/** Two ranges overlap when one contains the other's first address. */
function overlap(a: string, b: string): boolean {
  return contains(a, b) || contains(b, a);
}

function contains(range: string, address: string): boolean {
  const [ip = "", prefix] = range.split("/");
  const [other = ""] = address.split("/");
  const family = (text: string) => (isIPv6(text) ? "ipv6" : "ipv4");
  const list = new BlockList();
  list.addSubnet(ip, Number(prefix ?? (isIPv6(ip) ? 128 : 32)), family(ip));
  return family(ip) === family(other) && list.check(other, family(other));
}

async function trunkRow(db: Db, id: string) {
  const query = db.selectFrom("trunk").selectAll().where("id", "=", id).where("kind", "=", "carrier");
  const {
    number_format: numberFormat,
    max_lines: maxLines,
    calls_per_second: callsPerSecond,
    ...row
  } = required(isId(id) ? await query.executeTakeFirst() : undefined, "trunk");
  return { ...row, numberFormat, maxLines, callsPerSecond };
}
