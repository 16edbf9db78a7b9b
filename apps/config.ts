/**
 * The one configuration: environment variables and an optional file, validated once, frozen.
 *
 * Every process of ours reads it through `loadConfig`; nothing else looks at `process.env`.
 * Names in the environment are `DOZVON_` + the key in capitals (`DOZVON_API_PORT`), except `DATABASE_URL`
 * and `ASTERISK_BIN`, which keep the names everybody knows. The optional file (`DOZVON_CONFIG`, or
 * `dozvon.json` beside package.json) holds the same keys in camelCase; the environment wins.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { GIVEN } from "./given-config.ts";
import { home } from "./home.ts";

const Port = (fallback: number, about: string) =>
  Type.Integer({ minimum: 1, maximum: 65535, default: fallback, description: about });
const Address = (fallback: string, about: string) =>
  Type.String({ pattern: "^[0-9A-Fa-f.:]+$", default: fallback, description: about });

/** host:port, an address, or a network (jobs/webhooks/address.ts reads them). */
const ALLOWED = `(${[
  "(\\[[0-9A-Fa-f:.]+\\]|[0-9A-Za-z._-]+):[0-9]{1,5}",
  "[0-9]+(\\.[0-9]+){3}(/[0-9]{1,2})?",
  "[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/[0-9]{1,3})?",
].join("|")})`;

const Settings = Type.Object(
  {
    dataDir: Type.String({
      default: ".data",
      description: "Everything this instance keeps: database, recordings, logs, secrets.",
    }),
    runtimeDir: Type.String({
      default: ".runtime",
      description: "Downloaded programs (Asterisk, SIPp); shared by instances, safe to delete.",
    }),
    apiHost: Address("127.0.0.1", "Where the API listens."),
    apiPort: Port(8080, "The API's port."),
    sipBind: Address("127.0.0.1", "Where Asterisk listens for SIP and RTP."),
    sipPort: Port(5060, "SIP over UDP and TCP."),
    publicAddress: Type.Optional(
      Type.String({
        pattern: "^[0-9A-Fa-f.:]+$",
        description: "The address that phones and trunks outside a NAT see.",
      }),
    ),
    wssHost: Address("127.0.0.1", "Where browser phones connect: SIP over secure WebSocket."),
    wssPort: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65535,
        description: "The port for browser phones; without it there are none.",
      }),
    ),
    wssUrl: Type.Optional(
      Type.String({
        pattern: "^wss://[A-Za-z0-9._\\[\\]:-]+(/[A-Za-z0-9._/-]*)?$",
        description:
          "What browsers are told to connect to; default: wss://<publicAddress or wssHost>:<wssPort>/ws.",
      }),
    ),
    tlsCert: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "The certificate (with its chain, PEM) for browser phones; without it a self-signed one.",
      }),
    ),
    tlsKey: Type.Optional(Type.String({ minLength: 1, description: "The certificate's key (PEM)." })),
    stun: Type.String({
      pattern: "^(stuns?:[A-Za-z0-9._\\[\\]:-]+(,stuns?:[A-Za-z0-9._\\[\\]:-]+)*)?$",
      default: "",
      description: "STUN servers that browser phones use, as stun:host:port with commas; default: none.",
    }),
    webrtcCodecs: Type.String({
      pattern: "^(opus|alaw|ulaw|g722)(,(opus|alaw|ulaw|g722))*$",
      default: "alaw,ulaw,g722",
      description:
        "Codecs of browser phones, the preferred first. opus costs transcoding in every call and needs codec_opus_open_source.so.",
    }),
    rtpFrom: Port(10000, "First RTP port."),
    rtpTo: Port(11999, "Last RTP port."),
    ariPort: Port(8088, "Asterisk's HTTP port for ARI, loopback only."),
    amiPort: Port(5038, "Asterisk's manager port, loopback only."),
    agiPort: Port(4573, "The AGI app that answers who owns a number, loopback only."),
    databasePort: Port(5433, "The embedded PostgreSQL's port, loopback only; unused with DATABASE_URL."),
    databaseUrl: Type.Optional(
      Type.String({
        minLength: 1,
        description: "An existing PostgreSQL; without it one is started under dataDir.",
      }),
    ),
    asteriskBin: Type.Optional(
      Type.String({ minLength: 1, description: "An Asterisk of your own (22.5 or newer)." }),
    ),
    ariDriver: Type.Union([Type.Literal("native"), Type.Literal("ari-client")], { default: "native" }),
    logLevel: Type.Union(
      ["trace", "debug", "info", "warn", "error"].map((level) => Type.Literal(level)),
      { default: "info" },
    ),
    country: Type.String({
      pattern: "^[A-Z]{2}$",
      default: "RU",
      description: "How numbers without a country code are read.",
    }),
    decisionMs: Type.Integer({
      minimum: 200,
      maximum: 10_000,
      default: 1500,
      description: "How long a call waits for the engine's decision before the dialplan goes on without it.",
    }),
    menuSeconds: Type.Integer({
      minimum: 10,
      maximum: 86_400,
      default: 900,
      description: "The longest time that a call spends in voice menus, whatever their repeats.",
    }),
    dialAllow: Type.Optional(
      Type.String({
        pattern: "^\\+[0-9]{1,14}(,\\+[0-9]{1,14})*$",
        description:
          "Prefixes of numbers outside that may be called, such as +7,+375; default: the country's.",
      }),
    ),
    recordingEncryption: Type.Union([Type.Literal("on"), Type.Literal("off")], {
      default: "on",
      description:
        "Whether new recordings are encrypted on the disk. What is encrypted can be heard either way.",
    }),
    recordingKeyDays: Type.Integer({
      minimum: 0,
      maximum: 3650,
      default: 90,
      description: "The recordings' master key is replaced when it is this old; 0: only when asked.",
    }),
    spoolMaxMb: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 512,
      description: "Size of an un-ingested spool that raises an alarm.",
    }),
    webhookAllow: Type.String({
      pattern: `^ *(${ALLOWED}( *, *${ALLOWED})* *,? *)?$`,
      default: "",
      description:
        "host:port, addresses or networks of the intranet that webhooks may lead to, with commas: `crm.local:443, 10.1.0.0/16`; no URLs.",
    }),
    smtpUrl: Type.Optional(
      Type.String({ pattern: "^smtps?://", description: "The SMTP server; without it mails are only kept." }),
    ),
    mailFrom: Type.String({
      pattern: "^[^@\\s]+@[^@\\s]+$",
      default: "dozvon@localhost",
      description: "The sender of e-mails.",
    }),
    smsDriver: Type.Union([Type.Literal("log"), Type.Literal("http")], { default: "log" }),
    smsUrl: Type.Optional(Type.String({ pattern: "^https?://", description: "The SMS gateway's address." })),
    smsToken: Type.Optional(Type.String({ description: "The SMS gateway's bearer token." })),
    metricsOpen: Type.Union([Type.Literal("false"), Type.Literal("true")], {
      default: "false",
      description: "true: GET /metrics needs no key from this machine's loopback addresses.",
    }),
  },
  { additionalProperties: false },
);

/** All settings, with absolute paths, plus the checkout's own place. */
export type Config = Readonly<Static<typeof Settings> & { home: string }>;

/** A setting that is missing, misspelt or out of range; `message` names the field. */
export class ConfigError extends Error {}

/**
 * Reads and validates the configuration.
 * @throws ConfigError with the field's name and what is wrong with it.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const raw: Record<string, unknown> = { ...fromFile(env) };
  const known = new Set([...Object.keys(Settings.properties).map(environmentName), GIVEN, "DOZVON_CONFIG"]);
  const stranger = Object.keys(env).find((name) => name.startsWith("DOZVON_") && !known.has(name));
  if (stranger) throw new ConfigError(`${stranger}: no such setting`);
  for (const [key, schema] of Object.entries(Settings.properties)) {
    const text = env[environmentName(key)];
    if (text === undefined || text === "") continue;
    raw[key] = (schema as { type?: string }).type === "integer" && /^-?\d+$/.test(text) ? Number(text) : text;
  }
  const filled = Value.Default(Settings, raw);
  const problem = [...Value.Errors(Settings, filled)][0];
  if (problem) throw new ConfigError(describe(problem, raw));
  const settings = filled as Static<typeof Settings>;
  if (settings.rtpTo - settings.rtpFrom < 20)
    throw new ConfigError("rtpTo (DOZVON_RTP_TO): must be at least 20 above rtpFrom (DOZVON_RTP_FROM)");
  if (settings.smsDriver === "http" && !settings.smsUrl)
    throw new ConfigError("smsUrl (DOZVON_SMS_URL): needed with smsDriver http");
  if ((settings.tlsCert === undefined) !== (settings.tlsKey === undefined))
    throw new ConfigError("tlsKey (DOZVON_TLS_KEY): needed together with tlsCert (DOZVON_TLS_CERT)");
  return Object.freeze({
    ...settings,
    ...(settings.tlsCert && { tlsCert: resolve(home, settings.tlsCert) }),
    ...(settings.tlsKey && { tlsKey: resolve(home, settings.tlsKey) }),
    home,
    dataDir: resolve(home, settings.dataDir),
    runtimeDir: resolve(home, settings.runtimeDir),
  });
}

/** The name of a setting in the environment: `apiPort` → `DOZVON_API_PORT`. */
export function environmentName(key: string): string {
  if (key === "databaseUrl") return "DATABASE_URL";
  if (key === "asteriskBin") return "ASTERISK_BIN";
  return `DOZVON_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** The same settings as environment variables, to hand to a child process: by name, and as they are. */
export function asEnvironment(config: Config): Record<string, string> {
  const pairs = Object.entries(config).filter(([key, value]) => key !== "home" && value !== undefined);
  const named = Object.fromEntries(pairs.map(([key, value]) => [environmentName(key), String(value)]));
  const { databaseUrl: _, ...given } = config;
  return { ...named, [GIVEN]: JSON.stringify(given) };
}

function fromFile(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const named = env.DOZVON_CONFIG;
  const path = resolve(home, named ?? "dozvon.json");
  if (!existsSync(path)) {
    if (named) throw new ConfigError(`DOZVON_CONFIG: no such file: ${path}`);
    return {};
  }
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed))
      throw new Error("not an object");
    return parsed as Record<string, unknown>;
  } catch (error) {
    throw new ConfigError(`${path}: ${(error as Error).message}`);
  }
}

function describe(
  problem: { keyword: string; instancePath: string; message: string; params?: unknown },
  raw: Record<string, unknown>,
): string {
  const extra = (problem.params as { additionalProperties?: string[] } | undefined)
    ?.additionalProperties?.[0];
  const key = extra ?? (problem.instancePath.split("/")[1] || Object.keys(raw)[0] || "configuration");
  if (extra) return `${key}: no such setting`;
  const setting = (
    Settings.properties as Record<string, { anyOf?: { const?: string }[]; description?: string }>
  )[key];
  const choices = setting?.anyOf;
  const form = problem.keyword === "pattern" ? setting?.description : undefined;
  const message = choices
    ? `must be one of ${choices.map((each) => each.const).join(", ")}`
    : form
      ? `is not in its form. ${form}`
      : problem.message;
  return `${key} (${environmentName(key)}): ${message}`;
}
