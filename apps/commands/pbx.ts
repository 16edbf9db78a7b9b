/** The company's own PBX: a trunk of its own kind, of which there is one (LINE-06..09). */
import { isIP } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { isSafe } from "../confgen/safe.ts";
import { toE164 } from "../phone/number.ts";
import type { Db } from "../store/database.ts";
import { nextKey } from "../store/writes/keys.ts";
import { type Context, required } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { CommandProblem, type PbxFields, type PbxState } from "./port.ts";
import { logged } from "./settings.ts";
import { checkAddresses } from "./trunks.ts";

/** How long an answer waits for the PBX to take the registration; then it says that there was none yet. */
const REGISTERED_WITHIN_MS = 6000;
const LOOK_AGAIN_MS = 200;

type PbxCommand = "pbx.connect" | "pbx.change" | "pbx.disconnect" | "pbx.state";

export function pbxCommands(context: Context): Pick<Handlers, PbxCommand> {
  const { configure, config, applier, db } = context;
  return {
    "pbx.connect": async (fields) => {
      let key = "";
      const done = await configure(async (trx) => {
        const others = trx.selectFrom("trunk").select("id").where("kind", "=", "pbx");
        if (await others.executeTakeFirst())
          throw new CommandProblem(
            409,
            "connected",
            "a PBX is connected already; change it, or disconnect it",
          );
        const row = columns(fields, config.country);
        await checkAddresses(trx, row.addresses);
        key = await nextKey(trx, "trunk");
        const { id } = await trx
          .insertInto("trunk")
          .values({ key, kind: "pbx", name: `PBX ${row.number}`, ...row })
          .returning("id")
          .executeTakeFirstOrThrow();
        return { result: { id }, focus: { trunk: key } };
      });
      return { ...done, ...(await settled(applier, key)) };
    },
    "pbx.change": async ({ change }, by) => {
      let key = "";
      const done = await configure(async (trx) => {
        const before = await pbxRow(trx);
        // Another key makes another registration: Asterisk would keep a refused one although the password is new.
        key = await nextKey(trx, "trunk");
        const row = columns({ ...asFields(before), ...change }, config.country);
        await checkAddresses(trx, row.addresses, before.id);
        const set = { key, name: `PBX ${row.number}`, ...row };
        await logged(
          { trx, by, command: "pbx.change", fields: Object.keys(change), secret: ["password"] },
          async () => [await pbxRow(trx)].map((now) => ({ id: now.id, name: now.name, ...asFields(now) })),
          () => trx.updateTable("trunk").set(set).where("id", "=", before.id).execute(),
        );
        return { result: {}, focus: { trunk: key } };
      });
      return { ...done, ...(await settled(applier, key)) };
    },
    "pbx.disconnect": () =>
      configure(async (trx) => {
        const { id, number } = await pbxRow(trx);
        await trx.deleteFrom("trunk").where("id", "=", id).execute();
        return { result: { number: number ?? "" }, focus: { nothing: true } };
      }),
    "pbx.state": async () => stateOf(applier, (await pbxRow(db)).key),
  };
}

async function pbxRow(db: Db) {
  const query = db.selectFrom("trunk").selectAll().where("kind", "=", "pbx");
  return required(await query.executeTakeFirst(), "PBX");
}

function asFields(row: Awaited<ReturnType<typeof pbxRow>>): PbxFields {
  const { number, host, port, username, domain, password } = row;
  return {
    number: number ?? "",
    server: `${host}:${port}`,
    login: username ?? "",
    domain,
    password: password ?? "",
  };
}

/** LINE-07: what was typed, as columns. @throws CommandProblem 422 naming the field */
function columns({ number, server, login, domain, password }: PbxFields, country: string) {
  const wrong = (field: string, message: string) => new CommandProblem(422, "pbx", message, field);
  const own = toE164(number, country);
  if (own === undefined) throw wrong("number", `«${number}» is not a phone number`);
  const [, host = "", port = "5060"] = /^(\[[0-9A-Fa-f:.]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(server) ?? [];
  if (!isSafe("host", host) || Number(port) < 1 || Number(port) > 65535)
    throw wrong("server", "must be host:port, such as pbx.example.ru:1122");
  if (!isSafe("account", login)) throw wrong("login", "letters, digits and . _ + @ - only");
  if (domain !== null && !isSafe("host", domain)) throw wrong("domain", "must be a name or an address");
  if (!isSafe("secret", password))
    throw wrong(
      "password",
      "1 to 120 printable ASCII characters without space, semicolon, quote and backslash",
    );
  // A PBX known by its address may call us as well; one with a name is only called.
  const addresses = isIP(host) === 0 ? [] : [host];
  return { number: own, host, port: Number(port), username: login, domain, password, addresses };
}

/** What Asterisk says once it has an answer from the PBX, or when none came. */
async function settled(applier: Context["applier"], trunk: string): Promise<PbxState> {
  const until = Date.now() + REGISTERED_WITHIN_MS;
  for (;;) {
    const state = await stateOf(applier, trunk);
    if (state.registered || state.reason === REFUSED || Date.now() > until) return state;
    await pause(LOOK_AGAIN_MS);
  }
}

const REFUSED = "the PBX refuses the registration: login, password or domain are wrong";

async function stateOf(applier: Context["applier"], trunk: string): Promise<PbxState> {
  const state = await applier.registration(trunk);
  if (state === "Registered") return { registered: true, reason: null };
  if (state === "Rejected") return { registered: false, reason: REFUSED };
  return { registered: false, reason: "the PBX has not answered yet; Asterisk goes on trying" };
}
