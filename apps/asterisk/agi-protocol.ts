/**
 * The lines of AGI, read and written.
 *
 * Asterisk opens with `agi_name: value` lines and an empty one, then answers each command with
 * `200 result=1 (data)`, or `520-…` to `520 End …` over several lines, and says `HANGUP` when the caller left.
 */

/** Why a command did not go through. */
export class AgiError extends Error {
  readonly kind: "invalid" | "refused" | "hangup" | "timeout" | "closed";
  constructor(kind: AgiError["kind"], message: string) {
    super(message);
    this.name = "AgiError";
    this.kind = kind;
  }
}

/** `200 result=1 (speech)`: result `1`, data `speech`. */
export interface AgiReply {
  readonly result: string;
  readonly data: string | undefined;
}

/** Asterisk reads commands into 8192 bytes. */
const MAX_COMMAND_BYTES = 8000;
/** `NAME`, `__NAME` and functions: `CALLERID(name)`. */
const VARIABLE = /^_{0,2}[A-Za-z][A-Za-z0-9_]*(\([^\s"\\()]*\))?$/;

/** Splits a stream into lines and keeps what is not a line yet. Bytes, because a chunk may end inside a letter. */
export class Lines {
  readonly #maxBytes: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws RangeError if a line is longer than allowed. */
  take(chunk: Buffer): string[] {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const end = all.lastIndexOf(10);
    this.#rest = all.subarray(end + 1);
    if (this.#rest.length > this.#maxBytes) throw new RangeError("a line is too long");
    if (end < 0) return [];
    return all
      .toString("utf8", 0, end)
      .split("\n")
      .map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  }
}

/** `agi_request: agi://host/owner` → `["agi_request", "agi://host/owner"]`: only the first colon counts. */
export function parseVariable(line: string): readonly [string, string] | undefined {
  const colon = line.indexOf(":");
  return colon > 0 ? [line.slice(0, colon), line.slice(colon + 1).trim()] : undefined;
}

/** What an answer's line means: an answer, a refusal, or one of several lines of a refusal still going on. */
export function parseReply(line: string): AgiReply | AgiError | "more" {
  const parts = /^(\d{3})([ -])(.*)$/.exec(line);
  if (!parts) return "more";
  const [, code = "", separator, text = ""] = parts;
  if (code.startsWith("1") || separator === "-") return "more";
  const result = /^result=(\S*)(?: \((.*)\))?/.exec(text);
  if (code !== "200" || !result) return new AgiError("refused", line);
  return { result: result[1] ?? "", data: result[2] };
}

/**
 * A command as one line for the wire.
 * @throws AgiError invalid if it would be more than one line, or longer than Asterisk reads.
 */
export function encodeCommand(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new AgiError("invalid", "a command must not hold a line break or NUL");
  if (text.trim() === "") throw new AgiError("invalid", "an empty command");
  if (Buffer.byteLength(text) > MAX_COMMAND_BYTES)
    throw new AgiError("invalid", `a command is longer than ${MAX_COMMAND_BYTES} bytes`);
  return `${text}\n`;
}

/** A value in quotes, the way Asterisk's parse_args (res_agi.c) takes them off again. */
export function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/** @throws AgiError invalid if the name is not a variable's or a function's. */
export function encodeSetVariable(name: string, value: string): string {
  if (!VARIABLE.test(name)) throw new AgiError("invalid", `${JSON.stringify(name)} is not a variable's name`);
  return `SET VARIABLE ${name} ${quote(value)}`;
}
