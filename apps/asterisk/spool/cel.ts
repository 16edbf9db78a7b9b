/**
 * CEL, both sides of the file: what we ask Asterisk to write and how we read it.
 *
 * A stranger chooses some of the text: `sip:79%0a…@host` puts a newline into the caller's number or the
 * extension, display names hold quotes and commas. So every field is quoted by Asterisk (its quotes are doubled)
 * and only lines of that exact shape are believed: between two fields stand lone quotes, which no stranger
 * can write, and `celLines` joins the lines of a record that has newlines inside.
 */
import type { MultiLine } from "./splitter.ts";

/** Every event of main/cel.c, Asterisk 22. */
const eventTypes = [
  ...["CHAN_START", "CHAN_END", "ANSWER", "HANGUP", "BRIDGE_ENTER", "BRIDGE_EXIT", "LINKEDID_END"],
  ...["BLINDTRANSFER", "ATTENDEDTRANSFER", "PICKUP", "FORWARD", "USER_DEFINED", "APP_START", "APP_END"],
  ...[
    "PARK_START",
    "PARK_END",
    "LOCAL_OPTIMIZE",
    "LOCAL_OPTIMIZE_BEGIN",
    "STREAM_BEGIN",
    "STREAM_END",
    "DTMF",
  ],
] as const;

/** The name of a CEL event. */
export type CelEventType = (typeof eventTypes)[number];

/** One record. Texts are empty where Asterisk has nothing to say. */
export interface CelEvent {
  readonly eventType: CelEventType;
  /** Milliseconds since the epoch, with microseconds as the fraction. */
  readonly at: number;
  readonly channel: string;
  readonly uniqueId: string;
  /** The `uniqueId` of the call's first channel: what the legs of one call have in common. */
  readonly linkedId: string;
  readonly exten: string;
  readonly context: string;
  readonly application: string;
  readonly callerNumber: string;
  readonly callerName: string;
  /** The number that was dialled to reach us, as the trunk gave it. */
  readonly dialled: string;
  readonly accountCode: string;
  readonly peerAccount: string;
  readonly userField: string;
  /** The channel on the other side of the bridge. */
  readonly peer: string;
  /** The name given to CELGenUserEvent; empty for all other events. */
  readonly userEvent: string;
  /**
   * What belongs to the event: HANGUP has `hangupcause`, `hangupsource`, `dialstatus`; BRIDGE_* `bridge_id`;
   * USER_DEFINED the JSON object given to CELGenUserEvent, or `{extra: text}` when it is something else.
   */
  readonly extra: Readonly<Record<string, unknown>>;
}

const columns = [
  ...["eventenum", "eventtime", "CHANNEL(channame)", "CHANNEL(uniqueid)", "CHANNEL(linkedid)"],
  ...["CHANNEL(exten)", "CHANNEL(context)", "CHANNEL(appname)", "CALLERID(num)", "CALLERID(name)"],
  ...["CALLERID(dnid)", "CHANNEL(accountcode)", "CHANNEL(peeraccount)", "CHANNEL(userfield)"],
  ...["BRIDGEPEER", "userdeftype", "eventextra"],
];

/** The name of the file, under `cel-custom/` in Asterisk's log folder. */
export const celFile = "cel.csv";

/**
 * The text of cel_custom.conf.
 * Only CSV_QUOTE, CALLERID, CHANNEL and the special variables: newer versions turn exactly this into their fast
 * format ("Logging legacy CEL records as advanced"), older ones evaluate it, and both write the same bytes.
 */
export const celCustomMapping = [
  "; What happened on the wire. The order of the fields is read by apps/asterisk/spool/cel.ts: change both.",
  "[mappings]",
  `${celFile} => ${columns.map((column) => `\${CSV_QUOTE(\${${column}})}`).join(",")}`,
  "",
].join("\n");

/** What happens on a channel; nothing is learnt from CHAN_END, which follows every HANGUP. */
const recorded = eventTypes.slice(0, 12).filter((type) => type !== "CHAN_END");

/** The text of cel.conf. No dateformat: the default is seconds.microseconds, in UTC by nature. */
export const celConf = [
  "; Channel event logging: the record that reports are made from (law L5).",
  "[general]",
  "enable = yes",
  `events = ${recorded.join(",")}`,
  "",
].join("\n");

// A quote after a comma begins a field and one after a quote is doubled: a stranger may have written what follows.
const startInside = /(?<![",])"[A-Z_]+","\d+\.\d{6}","/;

/** How the spool reader tells CEL records apart. */
export const celLines: MultiLine = {
  toggles(line) {
    let odd = false;
    for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) odd = !odd;
    return odd;
  },
  starts: (line) => /^"[A-Z_]+","\d+\.\d{6}","/.test(line),
};

/**
 * Reads one record.
 * @returns undefined for anything that is not a whole record in our mapping's format, such as the half record of
 *   an Asterisk that was killed while writing. A whole record that follows such a half on the same line is read.
 */
export function parseCel(line: string): CelEvent | undefined {
  const fields = quotedFields(line, 0) ?? quotedFields(line, line.slice(1).search(startInside) + 1);
  if (fields?.length !== columns.length) return undefined;
  const [type, time, channel, uniqueId, linkedId, exten, context, application, ...more] = fields as Tuple;
  const [callerNumber, callerName, dialled, accountCode, peerAccount, userField, peer, userEvent, extra] =
    more;
  const eventType = eventTypes.find((known) => known === type);
  const at = /^(\d{1,11})\.(\d{6})$/.exec(time);
  if (!eventType || !at) return undefined;
  return {
    eventType,
    at: Number(at[1]) * 1000 + Number(at[2]) / 1000,
    ...{ channel, uniqueId, linkedId, exten, context, application, callerNumber, callerName, dialled },
    ...{ accountCode, peerAccount, userField, peer, userEvent },
    extra: parseExtra(extra, eventType),
  };
}

type Eight = [string, string, string, string, string, string, string, string];
type Tuple = [...Eight, ...Eight, string];

/** Fields that are all quoted, quotes inside doubled, nothing between but one comma; undefined otherwise. */
function quotedFields(line: string, from: number): string[] | undefined {
  const fields: string[] = [];
  for (let at = from; ; at++) {
    if (line[at] !== '"') return undefined;
    let end = line.indexOf('"', at + 1);
    while (end >= 0 && line[end + 1] === '"') end = line.indexOf('"', end + 2);
    if (end < 0) return undefined;
    fields.push(line.slice(at + 1, end).replaceAll('""', '"'));
    at = end + 1;
    if (at === line.length) return fields;
    if (line[at] !== ",") return undefined;
  }
}

function parseExtra(text: string, eventType: CelEventType): Record<string, unknown> {
  const outer = parseObject(text);
  if (!outer) return text === "" ? {} : { extra: text };
  if (eventType !== "USER_DEFINED" || typeof outer.extra !== "string") return outer;
  return parseObject(outer.extra) ?? outer;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
